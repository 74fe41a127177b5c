import { readFileSync } from "node:fs";
import { mkdir, readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { describe, expect, test } from "@jest/globals";
import { createTemplateRenderer } from "nunjitsu";
import { parseAllDocuments } from "yaml";

import { toError } from "../../../src/base/errors.ts";
import { builtinActions } from "../../../src/scaffold/actions/builtin-actions.ts";
import type { Publisher } from "../../../src/scaffold/publishers/contract.ts";
import { localPublisher } from "../../../src/scaffold/publishers/local/local-publisher.ts";
import { createWorkerRenderer } from "../../../src/scaffold/rendering/worker-renderer.ts";
import { conformance, type TemplateConformance } from "../../../src/usecases/runs/conformance.ts";
import { startGithubEmulator } from "../../emulators/github/emulator.ts";
import { publisherFor } from "../../emulators/github/harness.ts";
import { withFolder } from "../../helpers/scaffold.ts";
import { sharedPath } from "../../helpers/shared.ts";

async function conform(folder: string, publisher?: Publisher): Promise<TemplateConformance[]> {
  const renderer = createWorkerRenderer();
  try {
    return await withFolder(async (dataDir) => {
      const { templates } = await conformance(folder, {
        actions: builtinActions,
        renderer,
        publisher: publisher ?? localPublisher({ dataDir }),
        signal: new AbortController().signal,
        clock: Date.now,
      });
      expect(await readdir(dataDir)).toEqual([]);
      return templates;
    });
  } finally {
    await renderer.close();
  }
}

test("the templates that come with Callboard load, and dry-run to the end with sample values", async () => {
  const templates = await conform(fileURLToPath(new URL("../../../templates", import.meta.url)));

  expect(templates.length).toBeGreaterThanOrEqual(3);
  for (const template of templates) {
    expect(template).toMatchObject({
      loaded: true,
      unknownActions: [],
      dryRun: "completed",
      missingSources: [],
    });
  }
});

function head(name: string): string {
  return `apiVersion: scaffolder.backstage.io/v1beta3\nkind: Template\nmetadata: {name: ${name}}\n`;
}

/** A step with an unknown action that is reached for `true`. */
function conditional(flag: boolean): string {
  const steps = [
    `{action: "acme:x", if: "\${{ parameters.go }}"}`,
    `{action: "fetch:plain", input: {url: "https://github.com/acme/ledger"}}`,
    `{action: "fs:read", input: {path: catalog-info.yaml}}`,
  ];
  return `spec: {type: x, parameters: {properties: {go: {type: boolean, default: ${flag}}}}, steps: [${steps.join(", ")}]}\n`;
}

test("says why a template is refused, what it lacks, and what failed", async () => {
  await withFolder(async (folder) => {
    await mkdir(join(folder, "sub"));
    await writeFile(
      join(folder, "a.yaml"),
      `${head("a")}spec: {type: x, steps: [{action: "acme:x"}]}\n`,
    );
    await writeFile(
      join(folder, "b.yaml"),
      `${head("b")}spec: {type: x, steps: [{action: "debug:log", id: 3}]}\n`,
    );
    await writeFile(
      join(folder, "sub", "c.yaml"),
      `${head("c")}spec: {type: x, parameters: {required: [n], properties: {n: {type: string, ui:field: Odd}}}, steps: [{action: "debug:log", input: {message: "\${{ a ? b : c }}"}}]}\n`,
    );
    await writeFile(
      join(folder, "sub", "d.yaml"),
      `${head("d")}spec: {type: x, steps: [{action: "fetch:template", input: {url: ./nothing}}, {action: "fs:read", input: {path: x}}]}\n`,
    );
    await writeFile(join(folder, "sub", "e.yaml"), head("e") + conditional(false));
    await writeFile(join(folder, "sub", "f.yaml"), head("f") + conditional(true));
    await writeFile(
      join(folder, "deployment.yaml"),
      "kind: Deployment\napiVersion: apps/v1\nmetadata: {name: x}\n",
    );
    await writeFile(join(folder, "chart.yaml"), "{{- if .Values.x }}\nkind: Template\n");

    const templates = await conform(folder);

    expect(
      templates.map(({ file, loaded, dryRun, because }) => [file, loaded, dryRun, because]),
    ).toEqual([
      ["a.yaml", true, "skipped", "action-unknown"],
      ["b.yaml", false, "skipped", "refused"],
      [join("sub", "c.yaml"), true, "failed", "expression-invalid"],
      [join("sub", "d.yaml"), true, "skipped", "source-missing"],
      [join("sub", "e.yaml"), true, "completed", undefined],
      [join("sub", "f.yaml"), true, "skipped", "action-unknown"],
    ]);
    expect(templates[0]).toMatchObject({ ref: "template:default/a", unknownActions: ["acme:x"] });
    expect(templates[1]?.reason).toContain("id");
    expect(templates[2]).toMatchObject({
      form: { pages: 1, fields: 1, fallbacks: ["Odd"] },
      error: expect.stringContaining("cannot be rendered"),
    });
    expect(templates[3]).toMatchObject({ missingSources: ["./nothing"] });
  });
});

function textsIn(value: unknown): string[] {
  if (typeof value === "string") return [value];
  return typeof value === "object" && value !== null ? Object.values(value).flatMap(textsIn) : [];
}

/** What the engine by itself says of the inputs of the step that a dry run failed at. */
function engineSays(file: string, error: string): string[] {
  const engine = createTemplateRenderer({ allowRegexExecution: true });
  const name = /^Step “(.*?)”/.exec(error)?.[1];
  const steps = parseAllDocuments(readFileSync(file, "utf8")).flatMap((document) => {
    const { spec }: { spec?: { steps?: { name?: string; input?: unknown }[] } } = document.toJS();
    return spec?.steps ?? [];
  });
  const inputs = steps.filter((step) => step.name === name).flatMap(({ input }) => textsIn(input));
  return inputs.flatMap((text) => {
    try {
      engine.renderValue(text, { parameters: {}, steps: {}, user: {} });
      return [];
    } catch (thrown) {
      return [toError(thrown).message.replace(/^.*?column \d+: /, "")];
    }
  });
}

function writesToGithub(file: string): boolean {
  return /^\s+(?:- )?action: *["']?(?:publish:github|github:)/m.test(readFileSync(file, "utf8"));
}

const shippedFile = sharedPath("vectors/actions.json");
const shippedActions: { id: string }[] =
  shippedFile === undefined ? [] : JSON.parse(readFileSync(shippedFile, "utf8"));
const shipped = new Set(shippedActions.map(({ id }) => id));

function isShipped(file: string): boolean {
  const actions = readFileSync(file, "utf8").matchAll(/^\s+(?:- )?action: *["']?([\w:.-]+)/gm);
  return [...actions].every(([, id = ""]) => shipped.has(id));
}

interface Verdict {
  file: string;
  kind: string;
  valid: boolean;
}

const corpus = sharedPath("corpus/templates");

(corpus === undefined ? describe.skip : describe)("public templates", () => {
  test("load or are refused as Backstage does, and what we have actions for runs", async () => {
    const verdicts: Verdict[] = JSON.parse(
      readFileSync(join(corpus ?? "", "..", "oracle.json"), "utf8"),
    );
    const refused = verdicts
      .filter((one) => one.kind === "Template" && !one.valid)
      .map((one) => one.file.replace(/^entities\//, ""));

    const github = await startGithubEmulator();
    const templates = await conform(corpus ?? "", publisherFor(github));
    // a dry run writes nothing, whatever its steps are
    expect(github.journal.filter(({ method }) => method !== "GET")).toEqual([]);
    await github.close();

    expect(templates.length).toBeGreaterThan(90);
    expect(
      templates
        .filter((one) => !one.loaded)
        .map((one) => one.file)
        .toSorted(),
    ).toEqual(refused.toSorted());
    const able = templates.filter(
      ({ because = "" }) => !["refused", "action-unknown"].includes(because),
    );
    // What is not ours: expressions in other languages, of which the load has warned, and which the engine alone refuses.
    const foreign = able.filter(({ because }) => because === "expression-invalid");
    expect(foreign.length).toBeLessThan(6);
    for (const { file, error = "" } of foreign) {
      const said = engineSays(join(corpus ?? "", file), error);
      expect(said.filter((text) => /^(?:Expected|Unexpected character)/.test(text))).toHaveLength(
        1,
      );
      expect(error).toContain(said[0] ?? "the engine takes all of it");
    }
    // all that write to GitHub, and those that use nothing but what Backstage ships with
    expect(
      able
        .filter(({ file }) => writesToGithub(join(corpus ?? "", file)))
        .map(({ dryRun }) => dryRun),
    ).toEqual(Array.from({ length: 42 }, () => "completed"));
    expect(
      able.filter(({ file }) => isShipped(join(corpus ?? "", file))).map(({ dryRun }) => dryRun),
    ).toEqual(Array.from({ length: 39 }, () => "completed"));
    expect(
      able.filter(({ because }) => because !== "expression-invalid" && because !== undefined),
    ).toEqual([]);
    expect(able.length).toBeGreaterThan(50);
  }, 180_000);
});
