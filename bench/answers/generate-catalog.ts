import type { Catalog } from "../../src/catalog/model.ts";
import type { Document } from "../../src/usecases/documents/documents.ts";
import { type CatalogStore, createCatalogStore } from "./catalog-store.ts";
import { capital, type Jargon, type MadeComponent, makeComponents } from "./generate-components.ts";
import { createRandom, type Random } from "./random.ts";
import { codenames, familyNames, givenNames, roles, subjects } from "./words.ts";

/** A made-up company. */
export interface Company {
  catalog: Catalog;
  documents: Document[];
  components: MadeComponent[];
  teams: { ref: string; name: string; title: string }[];
  people: { ref: string; title: string }[];
}

/** Makes a company of `size` components; the same seed makes the same one. See {@link Jargon} about skewed words. */
export function generateCatalog(size: number, seed: number, isSkewed = false): Company {
  const random = createRandom(seed);
  const jargon: Jargon = {
    subjects: random.sample(subjects, 170),
    roles: random.sample(roles, 70),
    codenames: random.sample(codenames, 140),
    isSkewed,
  };
  const store = createCatalogStore();
  const people = makePeople(store, random, Math.ceil(size / 8));
  const teams = makeTeams(store, random, Math.max(8, Math.ceil(size / 45)), people);
  const systems = makeSystems(store, random, Math.max(5, Math.ceil(size / 30)), teams);
  const documents: Document[] = [];
  const components = makeComponents(store, random, { size, jargon, teams, systems, documents });
  makeApis(store, random, components);
  return { catalog: store.build(), documents, components, teams, people };
}

function makePeople(store: CatalogStore, random: Random, count: number): Company["people"] {
  const people: Company["people"] = [];
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
  people: Company["people"],
): Company["teams"] {
  const teams: Company["teams"] = [];
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
    const title = words.map(capital).join(" ");
    if (teams.some((team) => team.title === title)) continue;
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
  teams: Company["teams"],
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
