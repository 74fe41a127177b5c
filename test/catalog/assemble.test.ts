import { expect, test } from "@jest/globals";

import {
  assembleCatalog,
  type BuiltCatalog,
  createAssemblyMemory,
  type SourceReading,
} from "../../src/catalog/assemble.ts";
import { checkFile, type FileReading, parseCatalogFile } from "../../src/catalog/read-file.ts";
import { createEntityRules } from "../../src/catalog/rules.ts";
import { fc } from "../helpers/properties.ts";

const rules = createEntityRules();

function run(steps: Generator<undefined, BuiltCatalog>): BuiltCatalog {
  for (;;) {
    const step = steps.next();
    if (step.done === true) return step.value;
  }
}

function read(file: string, text: string): FileReading {
  const source = { file, base: `/${file}`, text };
  const reading = checkFile(parseCatalogFile(source), rules, { originBase: "", readAtMs: 0 });
  // some of them are what a file said before it broke
  const isKept = file.endsWith("kept.yaml");
  return isKept
    ? { ...reading, documents: reading.documents.map((each) => ({ ...each, isKept: true })) }
    : reading;
}

const names = ["a", "b", "c", "d", "e"];
const anyName = fc.constantFrom(...names, "nobody");
const component = fc
  .record({ name: fc.constantFrom(...names), owner: anyName, uses: fc.array(anyName) })
  .map(
    ({ name, owner, uses }) =>
      `apiVersion: backstage.io/v1alpha1\nkind: Component\nmetadata: {name: ${name}}\nspec: {type: x, lifecycle: y, owner: ${owner}, dependsOn: [${uses.map((each) => `"component:${each}"`).join(", ")}]}\n`,
  );
const group = fc
  .record({ name: fc.constantFrom(...names), parent: anyName })
  .map(
    ({ name, parent }) =>
      `apiVersion: backstage.io/v1alpha1\nkind: Group\nmetadata: {name: ${name}}\nspec: {type: x, parent: ${parent}, children: []}\n`,
  );
const fileText = fc
  .array(fc.oneof(component, group), { maxLength: 3 })
  .map((documents) => documents.join("---\n"));
const fileName = fc.constantFrom("1.yaml", "2.yaml", "3.yaml", "4.kept.yaml", "5.yaml");
const edits = fc.array(fc.tuple(fileName, fc.option(fileText)), { minLength: 1, maxLength: 12 });

/** What people see of a catalog, in its order. */
function shown({ catalog, diagnostics }: BuiltCatalog): unknown {
  const entities = [...catalog.entities.values()].map((each) => ({
    ref: each.ref,
    entity: each.entity,
    origin: each.origin,
    relations: each.relations,
  }));
  return { entities, diagnostics };
}

test("a catalog put together from what has changed is the one put together anew", () => {
  fc.assert(
    fc.property(edits, (steps) => {
      const files = new Map<string, FileReading>();
      const memory = createAssemblyMemory();
      for (const [name, text] of steps) {
        if (text === null) files.delete(name);
        else files.set(name, read(name, text));
        const readings = [...files.keys()].toSorted().flatMap((each) => files.get(each) ?? []);
        const given: SourceReading[] = [{ id: "x", readings }];

        const changed = run(assembleCatalog(given, memory));

        expect(shown(changed)).toEqual(shown(run(assembleCatalog(given))));
      }
    }),
    { numRuns: 150 },
  );
});

const one = read(
  "1.yaml",
  "apiVersion: backstage.io/v1alpha1\nkind: Component\nmetadata: {name: a}\nspec: {type: x, lifecycle: y, owner: group:g}\n",
);
const owner = (title: string): FileReading =>
  read(
    "2.yaml",
    `apiVersion: backstage.io/v1alpha1\nkind: Group\nmetadata: {name: g, title: ${title}}\nspec: {type: x, children: []}\n`,
  );

test("entities that have not changed are the same objects, and an earlier catalog stays as it was", () => {
  const memory = createAssemblyMemory();
  const before = run(assembleCatalog([{ id: "x", readings: [one, owner("One")] }], memory));
  const after = run(assembleCatalog([{ id: "x", readings: [one, owner("Two")] }], memory));
  const without = run(assembleCatalog([{ id: "x", readings: [owner("Two")] }], memory));

  const [a, g] = ["component:default/a", "group:default/g"];
  expect(after.catalog.entities.get(a)).toBe(before.catalog.entities.get(a));
  expect(after.catalog.entities.get(g)?.entity.metadata.title).toBe("Two");
  expect(before.catalog.entities.get(g)?.entity.metadata.title).toBe("One");
  expect(after.catalog.entities.get(g)?.relations).toHaveLength(1);
  expect(without.catalog.entities.get(g)?.relations).toEqual([]);
});

test("an assembly that was given up does not spoil the next", () => {
  const memory = createAssemblyMemory();
  assembleCatalog([{ id: "x", readings: [one] }], memory).next();

  const after = run(assembleCatalog([{ id: "x", readings: [one, owner("One")] }], memory));

  expect(after.catalog.entities.get("group:default/g")?.relations).toHaveLength(1);
});
