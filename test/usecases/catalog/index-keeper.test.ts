import { expect, test } from "@jest/globals";

import { silentLogger } from "../../../src/base/logger.ts";
import { assembleCatalog, createAssemblyMemory } from "../../../src/catalog/assemble.ts";
import type { Catalog } from "../../../src/catalog/model.ts";
import { checkFile, type FileReading, parseCatalogFile } from "../../../src/catalog/read-file.ts";
import { createEntityRules } from "../../../src/catalog/rules.ts";
import { createWellKnown } from "../../../src/catalog/well-known.ts";
import type { SearchIndex } from "../../../src/search/search-index.ts";
import { createIndexKeeper } from "../../../src/usecases/catalog/index-keeper.ts";
import { buildSnapshot } from "../../../src/usecases/catalog/snapshot.ts";
import { waitFor } from "../../helpers/wait.ts";

const rules = createEntityRules();
const wellKnown = createWellKnown();
const signal = new AbortController().signal;

const animals = "badger falcon heron lynx marten otter puffin raven stoat walrus".split(" ");
const roles = "gateway ledger scheduler mailer importer exporter billing search".split(" ");

function read(file: string, kind: string, name: string, more: string): FileReading {
  const text = `apiVersion: backstage.io/v1alpha1\nkind: ${kind}\n${more.replace("NAME", name)}`;
  const parsed = parseCatalogFile({ file, base: `/${file}`, text });
  const reading = checkFile(parsed, rules, { originBase: "", readAtMs: 0 });
  if (reading.documents.length === 0) throw new Error(JSON.stringify(reading.diagnostics));
  return reading;
}

const component = (file: string, name: string, description: string, owner = "otter"): FileReading =>
  read(
    file,
    "Component",
    name,
    `metadata: {name: NAME, description: "${description}"}\nspec: {type: service, lifecycle: production, owner: ${owner}}\n`,
  );
const team = (name: string, title: string): FileReading =>
  read(
    `team-${name}.yaml`,
    "Group",
    name,
    `metadata: {name: NAME, title: ${title}}\nspec: {type: team, children: []}\n`,
  );

/** More than an index that is built at once. */
function company(): Map<string, FileReading> {
  const files = new Map<string, FileReading>();
  for (const name of animals) files.set(`team-${name}.yaml`, team(name, `The ${name}s`));
  for (let at = 0; at < 2_100; at += 1) {
    const [animal, role] = [animals[at % 10], roles[Math.floor(at / 10) % 8]];
    const file = `c${at}.yaml`;
    files.set(file, component(file, `${animal}-${role}-${at}`, `Sends ${role} of number ${at}`));
  }
  return files;
}

/** Questions that people ask around the change. */
const questions = [
  ..."wombat-ledger|wombat ledger|wombatledger|womabt-ledger|wombat|ledger|otter-ledger-11".split(
    "|",
  ),
  ..."badger gateway 0|badger-gateway-0|the wombats|the otters|team otter|counts pebbles".split(
    "|",
  ),
  ..."sends billing|raven mailer|falcon-ledger-81|renamed badger|lynx|who|stoat exporter".split(
    "|",
  ),
  ..."sends ledger of number 11|pebbles|heron scheduler|no such thing".split("|"),
];

const found = (index: SearchIndex, text: string): unknown =>
  index.search({ text, limit: 5 }).map(({ id, way, score }) => [id, way, Math.round(score * 20)]);

test("the first answer is at once the one after indexing everything, which then follows", async () => {
  const files = company();
  const memory = createAssemblyMemory();
  const assemble = (): Catalog => {
    const steps = assembleCatalog([{ id: "x", readings: [...files.values()] }], memory);
    for (;;) {
      const step = steps.next();
      if (step.done === true) return step.value.catalog;
    }
  };
  let merged = 0;
  const onMerged = (): void => void (merged += 1);
  const keeper = createIndexKeeper({ wellKnown, logger: silentLogger, mergeMs: 1, onMerged });
  const documents: [] = [];
  await keeper.indexOf({ catalog: assemble(), documents }, signal);

  files.set("new.yaml", component("new.yaml", "wombat-ledger", "Counts pebbles", "wombat"));
  files.set("team-wombat.yaml", team("wombat", "The wombats"));
  files.set("c0.yaml", component("c0.yaml", "renamed-badger", "Sends nothing"));
  files.delete("c22.yaml");
  const catalog = assemble();
  const over = await keeper.indexOf({ catalog, documents }, signal);
  const whole = buildSnapshot({ version: 1, catalog, documents, diagnostics: [], readAtMs: 0 });
  await waitFor("the index over everything", () => merged > 0);
  const after = await keeper.indexOf({ catalog, documents }, signal);
  await keeper.close();

  const removed = "component:default/heron-scheduler-22";
  const hits = over.search({ text: "heron-scheduler-22", limit: 50 }).map(({ id }) => id);
  expect(hits).not.toContain(removed);
  expect(over.hasName("heron-scheduler-22")).toBe(false);
  const first = (index: SearchIndex): unknown[] =>
    questions.map((text) => [text, index.search({ text, limit: 1 })[0]?.id, index.hasName(text)]);
  expect(first(over)).toEqual(first(whole.index));
  expect(questions.map((text) => found(after, text))).toEqual(
    questions.map((text) => found(whole.index, text)),
  );
});
