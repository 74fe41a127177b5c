import { readFileSync } from "node:fs";
import { mkdir, readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { describe, expect, test } from "@jest/globals";

import { builtinActions } from "../../../src/scaffold/actions/builtin-actions.ts";
import { localPublisher } from "../../../src/scaffold/publishers/local/local-publisher.ts";
import { createWorkerRenderer } from "../../../src/scaffold/rendering/worker-renderer.ts";
import { conformance, type TemplateConformance } from "../../../src/usecases/runs/conformance.ts";
import { withFolder } from "../../helpers/scaffold.ts";
import { sharedPath } from "../../helpers/shared.ts";

async function conform(folder: string): Promise<TemplateConformance[]> {
  const renderer = createWorkerRenderer();
  try {
    return await withFolder(async (dataDir) => {
      const { templates } = await conformance(folder, {
        actions: builtinActions,
        renderer,
        publisher: localPublisher({ dataDir }),
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
    await writeFile(
      join(folder, "deployment.yaml"),
      "kind: Deployment\napiVersion: apps/v1\nmetadata: {name: x}\n",
    );
    await writeFile(join(folder, "chart.yaml"), "{{- if .Values.x }}\nkind: Template\n");

    const templates = await conform(folder);

    expect(templates.map(({ file, loaded, dryRun }) => [file, loaded, dryRun])).toEqual([
      ["a.yaml", true, "skipped"],
      ["b.yaml", false, "skipped"],
      [join("sub", "c.yaml"), true, "failed"],
      [join("sub", "d.yaml"), true, "skipped"],
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

    const templates = await conform(corpus ?? "");

    expect(templates.length).toBeGreaterThan(90);
    expect(
      templates
        .filter((one) => !one.loaded)
        .map((one) => one.file)
        .toSorted(),
    ).toEqual(refused.toSorted());
    const tried = templates.filter((one) => one.dryRun !== "skipped");
    const failed = tried.filter((one) => one.dryRun === "failed");
    // Expressions that the engine cannot run: a step that needs one fails instead of passing raw text on.
    expect(failed.filter((one) => one.error?.includes("cannot be rendered") !== true)).toEqual([]);
    expect(failed.length / tried.length).toBeLessThan(0.2);
  }, 180_000);
});
