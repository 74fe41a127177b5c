import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

import { afterEach, beforeEach, expect, test } from "@jest/globals";

import { formatDiagnostic } from "../../../src/base/diagnostics.ts";
import { createFileSource } from "../../../src/catalog/sources/file.ts";
import { checkFiles, type CheckOptions } from "../../../src/usecases/catalog/check-files.ts";

const { signal } = new AbortController();
let baseDir: string;

beforeEach(async () => {
  baseDir = await mkdtemp(join(tmpdir(), "callboard-check-"));
});
afterEach(() => rm(baseDir, { recursive: true }));

async function write(path: string, text: string): Promise<void> {
  await mkdir(dirname(join(baseDir, path)), { recursive: true });
  await writeFile(join(baseDir, path), text);
}

async function check(paths: string[], options: Partial<CheckOptions> = {}) {
  const report = await checkFiles(paths, { baseDir, signal, nowMs: 0, ...options });
  return { ...report, diagnostics: report.diagnostics.map(formatDiagnostic) };
}

const component =
  "apiVersion: backstage.io/v1alpha1\nkind: Component\nmetadata: {name: pay}\nspec:\n  type: service\n  lifecycle: production\n  owner: team-paymets\n";
const team =
  "apiVersion: backstage.io/v1alpha1\nkind: Group\nmetadata: {name: team-payments}\nspec: {type: team, children: []}\n";

test("counts files and entities, sound or not, and leaves out YAML of other kinds", async () => {
  await write("catalog/a.yaml", `${component}---\nkind: [\n---\n${team}`);
  await write("catalog/values.yaml", "replicas: 2\n");

  const report = await check(["catalog"]);

  expect(report.files).toBe(1);
  expect(report.entities).toBe(3);
  expect(report.diagnostics).toEqual([
    expect.stringContaining(
      "catalog/a.yaml:7:10: warning: spec.owner names group:default/team-paymets",
    ),
    expect.stringContaining("catalog/a.yaml:10:1: error: invalid YAML"),
    expect.stringContaining("[group-unused]"),
  ]);
});

test("is content with a file in which there is nothing wrong", async () => {
  await write("a.yaml", component.replace("paymets", "payments"));
  await write("team.yaml", team);

  expect(await check(["a.yaml", "team.yaml"])).toEqual({ files: 2, entities: 2, diagnostics: [] });
});

test("knows references into the rest of the catalog without reporting about it", async () => {
  await write("a.yaml", component);
  await write("catalog/team.yaml", `${team}---\nkind: [\n`);
  const context = [createFileSource({ path: "catalog", baseDir })];

  const report = await check(["a.yaml"], { context });

  expect(report.diagnostics).toEqual([
    "a.yaml:7:10: warning: spec.owner names group:default/team-paymets, which is not in the catalog (did you mean team-payments?) [owner-unknown]",
  ]);
});

test("reports a path that does not exist and goes on with the others", async () => {
  await write("team.yaml", team.replace("[]", "[x]"));

  const report = await check(["nothing.yaml", "team.yaml"]);

  expect(report.entities).toBe(1);
  expect(report.diagnostics[0]).toBe(
    "nothing.yaml:1:1: error: nothing.yaml does not exist [source-missing]",
  );
});

test("asks for further findings about each template, and only of the files it checks", async () => {
  const template =
    "apiVersion: scaffolder.backstage.io/v1beta3\nkind: Template\nmetadata: {name: t}\nspec: {type: service, steps: []}\n";
  await write("t.yaml", template);
  await write("other.yaml", template.replace("name: t", "name: other"));

  const report = await check(["t.yaml"], {
    context: [createFileSource({ path: "other.yaml", baseDir })],
    checkTemplate: (entity) => [
      {
        file: entity.origin.file,
        ...entity.locate(["spec", "steps"]),
        severity: "warning",
        code: "template-no-steps",
        message: "no steps",
      },
    ],
  });

  expect(report.diagnostics).toEqual(["t.yaml:4:30: warning: no steps [template-no-steps]"]);
});
