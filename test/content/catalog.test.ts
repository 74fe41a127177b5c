import {
  apiEntityV1alpha1Validator,
  componentEntityV1alpha1Validator,
  domainEntityV1alpha1Validator,
  type Entity,
  EntityPolicies,
  FieldFormatEntityPolicy,
  groupEntityV1alpha1Validator,
  type KindValidator,
  locationEntityV1alpha1Validator,
  NoForeignRootFieldsEntityPolicy,
  resourceEntityV1alpha1Validator,
  SchemaValidEntityPolicy,
  systemEntityV1alpha1Validator,
  userEntityV1alpha1Validator,
} from "@backstage/catalog-model";
import {
  mcpServerApiEntityValidator,
  skillAiResourceEntityV1alpha1Validator,
} from "@backstage/catalog-model/alpha";
import { expect, test } from "@jest/globals";
import { parseAllDocuments } from "yaml";

import { formatDiagnostic } from "../../src/base/diagnostics.ts";
import { buildCatalog } from "../../src/catalog/build.ts";
import type { CatalogEntity } from "../../src/catalog/model.ts";
import { createWellKnown } from "../../src/catalog/well-known.ts";
import { loadDocuments } from "../../src/usecases/documents/documents.ts";
import { projectRoot, sampleCatalogFiles, sampleFiles } from "./sample-files.ts";

const built = buildCatalog({
  sources: [{ id: "sample", readAtMs: 0, files: sampleCatalogFiles() }],
});
const entities = [...built.catalog.entities.values()];
const wellKnown = createWellKnown();

const validators: readonly KindValidator[] = [
  apiEntityV1alpha1Validator,
  mcpServerApiEntityValidator,
  componentEntityV1alpha1Validator,
  domainEntityV1alpha1Validator,
  groupEntityV1alpha1Validator,
  locationEntityV1alpha1Validator,
  resourceEntityV1alpha1Validator,
  skillAiResourceEntityV1alpha1Validator,
  systemEntityV1alpha1Validator,
  userEntityV1alpha1Validator,
];

const policy = EntityPolicies.allOf([
  new SchemaValidEntityPolicy(),
  new NoForeignRootFieldsEntityPolicy(),
  new FieldFormatEntityPolicy(),
]);

function isOfKind(kind: string): (entity: CatalogEntity) => boolean {
  return (entity) => entity.entity.kind === kind;
}

async function backstageVerdict(entity: Entity): Promise<string> {
  try {
    await policy.enforce(entity);
    const isMcp = entity.kind === "API" && entity.spec?.["type"] === "mcp-server";
    const fitting = validators.filter((v) => v !== apiEntityV1alpha1Validator || !isMcp);
    for (const validator of fitting) if (await validator.check(entity)) return "valid";
    return "no validator takes this kind";
  } catch (thrown) {
    return String(thrown);
  }
}

test("Backstage accepts every document of the sample catalog", async () => {
  const verdicts: string[] = [];
  for (const { file, text } of sampleFiles("catalog", /\.yaml$/)) {
    for (const document of parseAllDocuments(text)) {
      const entity: Entity = document.toJS();
      const verdict = await backstageVerdict(entity);
      if (verdict !== "valid") verdicts.push(`${file} ${entity.metadata?.name}: ${verdict}`);
    }
  }

  expect(verdicts).toEqual([]);
});

test("the sample catalog has no errors and no warnings", () => {
  expect(built.diagnostics.map(formatDiagnostic)).toEqual([]);
});

test("every relation of the sample catalog leads to an entity in it", () => {
  const dangling = entities.flatMap(({ ref, relations }) =>
    relations
      .filter(({ targetRef }) => !built.catalog.entities.has(targetRef))
      .map(({ type, targetRef }) => `${ref} ${type} ${targetRef}`),
  );

  expect(dangling).toEqual([]);
});

test("the sample company is large enough to try everything, with every kind in it", () => {
  const kinds = new Set(entities.map(({ entity }) => entity.kind));

  expect(entities.length).toBeGreaterThanOrEqual(100);
  expect([...kinds].toSorted()).toEqual([
    "API",
    "AiResource",
    "Component",
    "Domain",
    "Group",
    "Location",
    "Resource",
    "System",
    "Template",
    "User",
  ]);
});

test("every team of the sample company can be reached in Slack and called at night", () => {
  const teams = entities.filter(
    ({ entity }) => entity.kind === "Group" && entity.spec?.["type"] === "team",
  );

  expect(teams.length).toBeGreaterThanOrEqual(10);
  for (const team of teams) {
    expect([team.ref, wellKnown.slackChannel(team)]).toEqual([
      team.ref,
      expect.objectContaining({ name: expect.any(String), id: expect.any(String) }),
    ]);
    expect(wellKnown.onCall(team)[0]?.text).toMatch(/^@/);
  }
});

test("every person of the sample company is known to Slack and belongs to a team", () => {
  const people = entities.filter(isOfKind("User"));
  const slackIds = people.map((person) => wellKnown.slackUserId(person)?.id);

  expect(people.length).toBeGreaterThanOrEqual(20);
  expect(slackIds).not.toContain(undefined);
  expect(new Set(slackIds).size).toBe(people.length);
  for (const person of people) {
    expect(person.relations.some(({ type }) => type === "memberOf")).toBe(true);
  }
});

test("no name or alias of the sample catalog means two things of the same kind", () => {
  const seen = new Map<string, string>();
  const clashes: string[] = [];
  for (const entity of entities) {
    const { kind, metadata } = entity.entity;
    for (const name of [metadata.name, ...wellKnown.aliases(entity)]) {
      const key = `${kind} ${name.toLowerCase()}`;
      const holder = seen.get(key);
      if (holder !== undefined && holder !== entity.ref) clashes.push(`${key}: ${holder}`);
      seen.set(key, entity.ref);
    }
  }

  expect(clashes).toEqual([]);
});

test("every runbook of the sample company is tied to an entity of it", async () => {
  const loaded = await loadDocuments({
    catalog: built.catalog,
    sources: [{ path: "./catalog/runbooks" }],
    folder: projectRoot,
    nowMs: 0,
    signal: new AbortController().signal,
  });
  const runbooks = loaded.documents.filter(({ isRunbook }) => isRunbook);

  expect(loaded.diagnostics).toEqual([]);
  expect(runbooks.length).toBeGreaterThanOrEqual(20);
  expect(runbooks.filter(({ refs }) => refs.length === 0)).toEqual([]);
  expect(runbooks.filter(({ tie }) => !tie?.statement.startsWith("entity:")).length).toBe(3);
});

test("an alert name leads to one runbook of the sample company", () => {
  const names = sampleFiles("catalog/runbooks", /\.md$/).flatMap(({ file, text }) => {
    // the list in the front matter, in one line or one name a line
    const list = /^alerts:\s*(?:\[(.*)\]|((?:\n\s+- .*)+))$/m.exec(text);
    const alerts = (list?.[1] ?? list?.[2]?.replaceAll("\n  - ", ",") ?? "").split(",");
    return alerts
      .map((alert) => ({ alert: alert.trim(), file }))
      .filter(({ alert }) => alert !== "");
  });

  expect(names.length).toBeGreaterThanOrEqual(40);
  expect(new Set(names.map(({ alert }) => alert)).size).toBe(names.length);
});
