import type { Catalog } from "../../../src/catalog/model.ts";
import { parseDocument } from "../../../src/docs/parse-document.ts";
import type { Document } from "../../../src/usecases/documents/documents.ts";
import { type CatalogStore, createCatalogStore } from "../catalog-store.ts";
import { createRandom, type Random } from "../random.ts";
import type { Symptom } from "../symptoms.ts";
import { makeName, type MadeName } from "./make-name.ts";
import { troubles } from "./troubles.ts";
import {
  actions,
  areas,
  familyNames,
  fillers,
  type Fold,
  givenNames,
  half,
  jobs,
  kinds,
  nicknames,
  settings,
  things,
} from "./words.ts";

/** What a description says that no other says. */
interface Said {
  action: readonly [string, string, string];
  kind: string;
  thing: string;
  setting: string;
}

/** A component of the second kind of company. */
export interface SprawlComponent extends MadeName, Said {
  ref: string;
  aliases: string[];
  runbooks: { path: string; symptom: Symptom; alert: string }[];
}

/** A team with what it is called in Slack. */
export interface SprawlTeam {
  ref: string;
  name: string;
  title: string;
  channel: string;
}

/** A company that grew for twenty years: prefixes, regions, shards, versions, long descriptions with the same words. */
export interface Sprawl {
  catalog: Catalog;
  documents: Document[];
  components: SprawlComponent[];
  teams: SprawlTeam[];
  people: { ref: string; title: string; login: string }[];
  fold: Fold;
}

/** Makes a company of `size` components; the same seed and fold make the same one. */
export function generateSprawl(size: number, seed: number, fold: Fold): Sprawl {
  const random = createRandom(seed * 7919 + (fold === "tune" ? 1 : 2));
  const store = createCatalogStore();
  const people = makePeople(store, random, fold, Math.ceil(size / 7));
  const teams = makeTeams(store, random, fold, Math.max(8, Math.ceil(size / 40)), people);
  const systems = makeSystems(store, random, fold, Math.max(5, Math.ceil(size / 25)));
  const documents: Document[] = [];
  const components = makeComponents(store, random, { size, fold, teams, systems, documents });
  makeRelated(store, random, components);
  return { catalog: store.build(), documents, components, teams, people, fold };
}

function makePeople(
  store: CatalogStore,
  random: Random,
  fold: Fold,
  count: number,
): Sprawl["people"] {
  const [given, family] = [half(givenNames, fold), half(familyNames, fold)];
  const people: Sprawl["people"] = [];
  for (let attempt = 0; people.length < count && attempt < count * 8; attempt += 1) {
    const [first, last] = [random.pick(given), random.pick(family)];
    const login = `${ascii(first).charAt(0)}${ascii(last)}`.replaceAll(/[^a-z]/g, "");
    if (store.has("User", login)) continue;
    const profile = { displayName: `${first} ${last}`, email: `${login}@northwind.example` };
    people.push({
      ref: store.add("User", login, {}, { profile, memberOf: [] }),
      title: profile.displayName,
      login,
    });
  }
  return people;
}

/** As people without a fitting keyboard write it. */
export function ascii(text: string): string {
  const plain: Record<string, string> = { ø: "o", ł: "l", đ: "d", ı: "i", æ: "ae", ð: "d" };
  return text
    .toLowerCase()
    .normalize("NFKD")
    .replaceAll(/\p{M}/gu, "")
    .replaceAll(/[^\x20-\x7e]/g, (letter) => plain[letter] ?? "");
}

function makeTeams(
  store: CatalogStore,
  random: Random,
  fold: Fold,
  count: number,
  people: Sprawl["people"],
): SprawlTeam[] {
  const [names, fields] = [half(nicknames, fold), half(areas, fold)];
  const teams: SprawlTeam[] = [];
  for (let attempt = 0; teams.length < count && attempt < count * 40; attempt += 1) {
    const [one, other] = [random.pick(names), random.pick(fields)];
    const title = random.pick([
      `${upper(other)} Foundations`,
      `Squad ${upper(one)}`,
      `${upper(other)} & ${upper(random.pick(fields))}`,
      upper(one),
      `${upper(other)} Enablement`,
      `Chapter ${upper(other)}`,
    ]);
    const name = title.toLowerCase().replaceAll(/[^a-z]+/g, random.pick(["-", "_"]));
    if (store.has("Group", name) || teams.some((team) => team.title === title)) continue;
    const channel = `${random.pick(["team", "help", "ask"])}-${name.replaceAll("_", "-")}`;
    const ref = store.add(
      "Group",
      name,
      { annotations: { "slack.com/channel": `#${channel}` } },
      { type: "team", children: [], profile: { displayName: title } },
    );
    teams.push({ ref, name, title, channel });
  }
  for (const person of people)
    store.relate(person.ref, "memberOf", random.pick(teams).ref, "hasMember");
  return teams;
}

function makeSystems(store: CatalogStore, random: Random, fold: Fold, count: number): string[] {
  const fields = half(areas, fold);
  const systems: string[] = [];
  for (let attempt = 0; systems.length < count && attempt < count * 20; attempt += 1) {
    const name = `${random.pick(fields)}-${random.pick(["estate", "landscape", "programme", "value-stream", "capability"])}`;
    if (store.has("System", name)) continue;
    systems.push(
      store.add(
        "System",
        name,
        { title: name.split("-").map(upper).join(" "), description: random.pick(fillers) },
        {},
      ),
    );
  }
  return systems;
}

function upper(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1);
}

interface Given {
  size: number;
  fold: Fold;
  teams: readonly SprawlTeam[];
  systems: readonly string[];
  documents: Document[];
}

function makeComponents(store: CatalogStore, random: Random, given: Given): SprawlComponent[] {
  const { size, fold, teams, systems, documents } = given;
  const lists = {
    areas: random.sample(half(areas, fold), 150),
    jobs: random.sample(half(jobs, fold), 80),
    nicknames: random.sample(half(nicknames, fold), 80),
  };
  const [verbs, qualities, objects, places] = [
    half(actions, fold),
    half(kinds, fold),
    half(things, fold),
    half(settings, fold),
  ];
  const components: SprawlComponent[] = [];
  const taken = new Set<string>();
  while (components.length < size) {
    const made = makeName(random, lists);
    if (store.has("Component", made.name)) continue;
    const said = {
      action: random.pick(verbs),
      kind: random.pick(qualities),
      thing: random.pick(objects),
      setting: random.pick(places),
    };
    const aliases = aliasesOf(random, made, lists.nicknames, taken);
    const ref = addComponent(store, random, made, said, aliases);
    store.relate(ref, "ownedBy", random.pick(teams).ref, "ownerOf");
    store.relate(ref, "partOf", random.pick(systems), "hasPart");
    const component: SprawlComponent = { ...made, ...said, ref, aliases, runbooks: [] };
    if (random.chance(0.15)) addRunbooks(random, component, documents);
    components.push(component);
  }
  return components;
}

function addComponent(
  store: CatalogStore,
  random: Random,
  made: MadeName,
  { action, kind, thing, setting }: Said,
  aliases: readonly string[],
): string {
  const metadata = {
    ...(random.chance(0.5) ? { title: made.words.map(upper).join(" ") } : {}),
    description: describe(random, `${upper(action[0])} ${kind} ${thing} ${setting}.`),
    tags: random.sample(labels, random.below(4)),
    annotations: {
      "github.com/project-slug": `northwind/${made.name}`,
      ...(aliases.length === 0 ? {} : { "callboard.dev/aliases": aliases.join(", ") }),
    },
  };
  const type = random.pick(["service", "service", "library", "website", "function"]);
  return store.add("Component", made.name, metadata, { type, lifecycle: "production" });
}

const labels = ["jvm", "node", "dotnet", "pii", "sox", "gold", "silver", "legacy", "cloud"];

/** Two to four sentences, of which the telling one stands anywhere. */
function describe(random: Random, telling: string): string {
  const others = random.sample(fillers, 1 + random.below(3));
  return others.toSpliced(random.below(others.length + 1), 0, telling).join(" ");
}

/** Initials with a number, a former nickname, or what the people of the team say. */
function aliasesOf(
  random: Random,
  made: MadeName,
  names: readonly string[],
  taken: Set<string>,
): string[] {
  if (!random.chance(0.3)) return [];
  for (;;) {
    const alias = random.pick([
      `${made.core
        .map((word) => word[0])
        .join("")
        .toUpperCase()}${random.below(80) + 10}`,
      `project ${random.pick(names)} ${random.below(30) + 1}`,
      `${random.pick(names)}-${random.pick(names)}`,
      `old ${random.pick(names)} ${random.pick(["box", "monster", "thing", "beast"])}`,
    ]);
    if (taken.has(alias.toLowerCase())) continue;
    taken.add(alias.toLowerCase());
    return [alias];
  }
}

function addRunbooks(random: Random, component: SprawlComponent, documents: Document[]): void {
  for (const symptom of random.sample(troubles, 1 + random.below(5))) {
    const alert = component.core.map(upper).join("") + symptom.alert;
    const path = `runbooks/${component.name}/${symptom.alert}.md`;
    const markdown = `---\nalerts: [${alert}]\n---\n\n# ${random.chance(0.5) ? symptom.title : alert}\n\n${random.pick(fillers)}\n\n## What it means\n\n${symptom.meaning} ${random.pick(fillers)}\n\n## What to do\n\n1. ${symptom.mitigation}\n2. ${random.pick(fillers)}\n3. Tell the people in the channel.\n\n## Afterwards\n\n${random.pick(fillers)} Write a short report.\n`;
    const parsed = parseDocument(markdown);
    documents.push({
      path,
      title: parsed.title ?? alert,
      refs: [component.ref],
      isRunbook: true,
      alerts: [alert],
      sections: parsed.sections,
      markdown,
      changedAtMs: 0,
      readAtMs: 0,
    });
    component.runbooks.push({ path, symptom, alert });
  }
}

function makeRelated(
  store: CatalogStore,
  random: Random,
  components: readonly SprawlComponent[],
): void {
  for (const component of components) {
    for (let edge = random.below(5); edge > 0; edge -= 1) {
      const target = random.pick(components);
      if (target !== component)
        store.relate(component.ref, "dependsOn", target.ref, "dependencyOf");
    }
    if (!random.chance(0.08)) continue;
    const name = `${component.name}-db`;
    if (name.length > 63 || store.has("Resource", name)) continue;
    const ref = store.add(
      "Resource",
      name,
      { description: random.pick(fillers) },
      { type: "database" },
    );
    store.relate(component.ref, "dependsOn", ref, "dependencyOf");
  }
}
