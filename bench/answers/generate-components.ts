import { parseDocument } from "../../src/docs/parse-document.ts";
import type { Document } from "../../src/usecases/documents/documents.ts";
import type { CatalogStore } from "./catalog-store.ts";
import type { Random } from "./random.ts";
import { symptoms, type Symptom } from "./symptoms.ts";
import { circumstances, codenames, qualities, subjects, suffixes, tags, verbs } from "./words.ts";

/** A made-up component with what questions about it need to know. */
export interface MadeComponent {
  ref: string;
  name: string;
  /** The words its name was made of, before they were joined in some style. */
  words: string[];
  aliases: string[];
  description: string;
  verb: string;
  object: string;
  circumstance: string;
  type: string;
  owner: string;
  runbooks: { path: string; symptom: Symptom; alert: string }[];
}

interface Team {
  ref: string;
  title: string;
}

/** The words one company uses: real catalogs are made from few, and so their names resemble each other. */
export interface Jargon {
  subjects: readonly string[];
  roles: readonly string[];
  codenames: readonly string[];
  /** Some words are in many names and most in few, as in public catalogs; else all are equally common. */
  isSkewed: boolean;
}

const styles: readonly ((words: readonly string[]) => string)[] = [
  (words) => words.join("-"),
  (words) => words.join("-"),
  (words) => words.join("-"),
  (words) => words.join("_"),
  (words) => words.join("."),
  (words) => words.map(capital).join(""),
  (words) => words.map((word, at) => (at === 0 ? word : capital(word))).join(""),
];

/** With its first letter in upper case. */
export function capital(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1);
}

function nameWords(random: Random, jargon: Jargon): string[] {
  const kind = random.next();
  const word = (from: "subjects" | "roles"): string =>
    jargon.isSkewed ? random.pickByRank(jargon[from]) : random.pick(jargon[from]);
  if (kind < 0.06) return [random.pick(jargon.codenames)];
  if (kind < 0.2) return [random.pick(jargon.codenames), word("roles")];
  if (kind < 0.3) return [word("subjects"), "service"];
  if (kind < 0.45) return [word("subjects"), word("subjects"), "service"];
  if (kind < 0.65) return [word("subjects"), word("roles")];
  if (kind < 0.8) return [word("subjects"), word("subjects"), word("roles")];
  return [word("subjects"), word("roles"), random.pick(suffixes)];
}

function describeIt(
  random: Random,
  what: string,
  type: string,
  team: string,
  system: string,
): string {
  const lower = what.charAt(0).toLowerCase() + what.slice(1);
  return random.pick([
    `${what}.`,
    `Service that ${lower}.`,
    `The ${type} of the ${team} team that ${lower}.`,
    `${what}. Part of the ${system} system and owned by the ${team} team.`,
    `Internal ${type} for other teams: ${lower}.`,
  ]);
}

/** Makes components with different names; what is written about them goes to `documents`. */
export function makeComponents(
  store: CatalogStore,
  random: Random,
  given: {
    size: number;
    jargon: Jargon;
    teams: readonly Team[];
    systems: readonly string[];
    documents: Document[];
  },
): MadeComponent[] {
  const { size, jargon, teams, systems, documents } = given;
  const components: MadeComponent[] = [];
  const aliases = new Set<string>();
  while (components.length < size) {
    const words = nameWords(random, jargon);
    if (new Set(words).size < words.length) continue;
    const name = random.pick(styles)(words);
    if (store.has("Component", name) || name.length > 63) continue;
    const made = makeComponent(store, random, { name, words, teams, systems, aliases });
    if (random.chance(0.2)) addRunbooks(random, made, documents);
    components.push(made);
  }
  for (const component of components)
    for (let edge = random.below(4); edge > 0; edge -= 1) {
      const target = random.pick(components);
      if (target !== component)
        store.relate(component.ref, "dependsOn", target.ref, "dependencyOf");
    }
  return components;
}

function makeComponent(
  store: CatalogStore,
  random: Random,
  given: {
    name: string;
    words: string[];
    teams: readonly Team[];
    systems: readonly string[];
    aliases: Set<string>;
  },
): MadeComponent {
  const { name, words, teams, systems } = given;
  const aliases = random.chance(0.3) ? [makeAlias(random, given.aliases)] : [];
  const verb = random.pick(verbs);
  const circumstance = random.pick(circumstances);
  const object = `${random.pick(qualities)} ${random.pick(subjects)}s`;
  const type = random.pick(["service", "service", "service", "library", "website", "job"]);
  const team = random.pick(teams);
  const system = random.pick(systems);
  const description = describeIt(
    random,
    `${verb} ${object} ${circumstance}`,
    type,
    team.title,
    system.slice(system.indexOf("/") + 1).replace("-", " "),
  );
  const ref = store.add(
    "Component",
    name,
    {
      ...(random.chance(0.6) ? { title: words.map(capital).join(" ") } : {}),
      description,
      tags: random.sample(tags, random.below(4)),
      annotations: {
        "github.com/project-slug": `acme/${name}`,
        ...(aliases.length === 0 ? {} : { "callboard.dev/aliases": aliases.join(", ") }),
      },
    },
    { type, lifecycle: random.pick(["production", "production", "experimental", "deprecated"]) },
  );
  const owner = team.ref;
  store.relate(ref, "ownedBy", owner, "ownerOf");
  store.relate(ref, "partOf", system, "hasPart");
  return {
    ref,
    name,
    words,
    aliases,
    description,
    verb,
    object,
    circumstance,
    type,
    owner,
    runbooks: [],
  };
}

/** A name that nobody else carries: a codename with a number or a second codename. */
function makeAlias(random: Random, taken: Set<string>): string {
  for (;;) {
    const alias = random.chance(0.5)
      ? `${random.pick(codenames)} ${random.pick(codenames)}`
      : `${random.pick(codenames)}${random.below(90) + 10}`;
    if (taken.has(alias)) continue;
    taken.add(alias);
    return alias;
  }
}

function addRunbooks(random: Random, component: MadeComponent, documents: Document[]): void {
  for (const symptom of random.sample(symptoms, 1 + random.below(4))) {
    const alert = component.words.map(capital).join("") + symptom.alert;
    const path = `runbooks/${component.name}/${symptom.alert}.md`;
    const markdown = `# ${symptom.title}\n\nRunbook of the ${component.words.join(" ")} ${component.type}.\n\n## Meaning\n\n${symptom.meaning}\n\n## Impact\n\nCustomers of the service notice it within minutes, other teams a little later.\n\n## Mitigation\n\n${symptom.mitigation} If that does not help, page the team that owns the service.\n`;
    documents.push({
      path,
      title: symptom.title,
      refs: [component.ref],
      isRunbook: true,
      alerts: [alert],
      sections: parseDocument(markdown).sections,
      markdown,
      changedAtMs: 0,
      readAtMs: 0,
    });
    component.runbooks.push({ path, symptom, alert });
  }
}
