import type { Catalog } from "../../src/catalog/model.ts";
import { parseDocument } from "../../src/docs/parse-document.ts";
import type { Document } from "../../src/usecases/documents.ts";
import { type CatalogStore, createCatalogStore } from "./catalog-store.ts";
import { createRandom, type Random } from "./random.ts";
import { symptoms, type Symptom } from "./symptoms.ts";
import {
  circumstances,
  codenames,
  familyNames,
  givenNames,
  qualities,
  roles,
  subjects,
  suffixes,
  tags,
  verbs,
} from "./words.ts";

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

/** A made-up company. */
export interface MadeCatalog {
  catalog: Catalog;
  documents: Document[];
  components: MadeComponent[];
  teams: { ref: string; name: string; title: string }[];
  people: { ref: string; title: string }[];
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

function capital(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1);
}

/** Makes a company of `size` components; the same seed makes the same one. */
export function generateCatalog(size: number, seed: number): MadeCatalog {
  const random = createRandom(seed);
  const store = createCatalogStore();
  const people = makePeople(store, random, Math.ceil(size / 8));
  const teams = makeTeams(store, random, Math.max(8, Math.ceil(size / 45)), people);
  const systems = makeSystems(store, random, Math.max(5, Math.ceil(size / 30)), teams);
  const documents: Document[] = [];
  const components = makeComponents(store, random, size, teams, systems, documents);
  makeApis(store, random, components);
  return { catalog: store.build(), documents, components, teams, people };
}

function makePeople(store: CatalogStore, random: Random, count: number): MadeCatalog["people"] {
  const people: MadeCatalog["people"] = [];
  while (people.length < count) {
    const [given, family] = [random.pick(givenNames), random.pick(familyNames)];
    const name = `${given}.${family}`.toLowerCase();
    if (store.has("User", name)) {
      // the made-up company has run out of names
      if (random.chance(0.02)) break;
      continue;
    }
    const profile = { displayName: `${given} ${family}`, email: `${name}@bench.example` };
    people.push({
      ref: store.add("User", name, {}, { profile, memberOf: [] }),
      title: profile.displayName,
    });
  }
  return people;
}

function makeTeams(
  store: CatalogStore,
  random: Random,
  count: number,
  people: MadeCatalog["people"],
): MadeCatalog["teams"] {
  const teams: MadeCatalog["teams"] = [];
  for (let attempt = 0; teams.length < count && attempt < count * 40; attempt += 1) {
    const words = random.chance(0.4)
      ? [random.pick(codenames)]
      : [
          random.pick(subjects),
          random.pick([
            "platform",
            "experience",
            "operations",
            "core",
            "growth",
            "tools",
            "data",
            "insights",
          ]),
        ];
    const name = random.chance(0.3) ? `team-${words.join("-")}` : words.join("-");
    if (store.has("Group", name)) continue;
    const title = words.map(capital).join(" ");
    const ref = store.add(
      "Group",
      name,
      {},
      { type: "team", children: [], profile: { displayName: title } },
    );
    teams.push({ ref, name, title });
  }
  for (const person of people) {
    const team = random.pick(teams);
    store.relate(person.ref, "memberOf", team.ref, "hasMember");
  }
  return teams;
}

function makeSystems(
  store: CatalogStore,
  random: Random,
  count: number,
  teams: MadeCatalog["teams"],
): string[] {
  const systems: string[] = [];
  for (let attempt = 0; systems.length < count && attempt < count * 40; attempt += 1) {
    const name = `${random.pick(subjects)}-${random.pick(["platform", "suite", "domain", "system", "stack"])}`;
    if (store.has("System", name)) continue;
    const ref = store.add(
      "System",
      name,
      { description: `Everything about ${name.split("-")[0]}s.` },
      {},
    );
    store.relate(ref, "ownedBy", random.pick(teams).ref, "ownerOf");
    systems.push(ref);
  }
  return systems;
}

function nameWords(random: Random): string[] {
  const kind = random.next();
  if (kind < 0.12) return [random.pick(codenames)];
  if (kind < 0.24) return [random.pick(codenames), random.pick(roles)];
  if (kind < 0.62) return [random.pick(subjects), random.pick(roles)];
  if (kind < 0.85) return [random.pick(subjects), random.pick(subjects), random.pick(roles)];
  return [random.pick(subjects), random.pick(roles), random.pick(suffixes)];
}

function makeComponents(
  store: CatalogStore,
  random: Random,
  size: number,
  teams: MadeCatalog["teams"],
  systems: readonly string[],
  documents: Document[],
): MadeComponent[] {
  const components: MadeComponent[] = [];
  const aliases = new Set<string>();
  while (components.length < size) {
    const words = nameWords(random);
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
    teams: MadeCatalog["teams"];
    systems: readonly string[];
    aliases: Set<string>;
  },
): MadeComponent {
  const { name, words, teams, systems } = given;
  const aliases = random.chance(0.3) ? [makeAlias(random, given.aliases)] : [];
  const [verb, quality, subject] = [
    random.pick(verbs),
    random.pick(qualities),
    random.pick(subjects),
  ];
  const circumstance = random.pick(circumstances);
  const object = `${quality} ${subject}s`;
  const description = `${verb} ${object} ${circumstance}.`;
  const type = random.pick(["service", "service", "service", "library", "website", "job"]);
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
  const owner = random.pick(teams).ref;
  store.relate(ref, "ownedBy", owner, "ownerOf");
  store.relate(ref, "partOf", random.pick(systems), "hasPart");
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
    const markdown = `# ${symptom.title}\n\n## Meaning\n\n${symptom.meaning}\n\n## Impact\n\nCustomers of ${component.words.join(" ")} notice it within minutes.\n\n## Mitigation\n\n${symptom.mitigation}\n`;
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

function makeApis(store: CatalogStore, random: Random, components: readonly MadeComponent[]): void {
  for (const component of components) {
    if (!random.chance(0.15)) continue;
    const name = `${component.name}-api`;
    if (name.length > 63 || store.has("API", name)) continue;
    const ref = store.add(
      "API",
      name,
      { description: `How to call ${component.words.join(" ")}.` },
      { type: "openapi" },
    );
    store.relate(component.ref, "providesApi", ref, "apiProvidedBy");
    store.relate(ref, "ownedBy", component.owner, "ownerOf");
    for (const consumer of random.sample(components.slice(0, 500), random.below(3)))
      store.relate(consumer.ref, "consumesApi", ref, "apiConsumedBy");
  }
}
