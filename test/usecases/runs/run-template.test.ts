import { mkdir, readdir, readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";

import { expect, test } from "@jest/globals";

import type { JsonObject } from "../../../src/base/json.ts";
import { builtinActions } from "../../../src/scaffold/actions/builtin-actions.ts";
import { buildForm } from "../../../src/scaffold/build-form.ts";
import { createFileFetch } from "../../../src/scaffold/fetching/file-fetch.ts";
import { parseTemplate } from "../../../src/scaffold/parse-template.ts";
import { localPublisher } from "../../../src/scaffold/publishers/local/local-publisher.ts";
import { inProcessRenderer } from "../../../src/scaffold/renderer.ts";
import {
  runTemplateLocally,
  type LocalRunReport,
  type LocalRunRequest,
} from "../../../src/usecases/runs/run-template.ts";
import { memoryCatalog, startedAtMs, templateEntity, withFolder } from "../../helpers/scaffold.ts";

const spec = {
  parameters: [
    {
      required: ["name"],
      properties: {
        name: { type: "string", pattern: "^[a-z]+$" },
        port: { type: "integer", default: 8080 },
      },
    },
  ],
  steps: [
    {
      id: "fetch",
      action: "fetch:template",
      input: {
        url: "./skeleton",
        values: { name: "${{ parameters.name }}", port: "${{ parameters.port }}" },
      },
    },
    {
      id: "publish",
      action: "publish:github",
      input: { repoUrl: "github.com?owner=acme&repo=${{ parameters.name }}" },
    },
    {
      id: "register",
      action: "catalog:register",
      input: { repoContentsUrl: "${{ steps.publish.output.repoContentsUrl }}" },
    },
    { id: "never", if: false, action: "debug:log" },
  ],
  output: { links: [{ title: "Code", url: "${{ steps.publish.output.remoteUrl }}" }] },
};

async function run(
  folder: string,
  values: JsonObject,
  over: Partial<LocalRunRequest> & { spec?: Record<string, unknown> } = {},
): Promise<LocalRunReport> {
  await mkdir(join(folder, "template", "skeleton"), { recursive: true });
  await writeFile(
    join(folder, "template", "skeleton", "${{ values.name }}.txt"),
    "port ${{ values.port }}\n",
  );
  await writeFile(join(folder, "template", "skeleton", "catalog-info.yaml"), "kind: Component\n");
  await writeFile(join(folder, "template", "skeleton", "run.sh"), "#!/bin/sh\n", { mode: 0o755 });
  const entity = templateEntity(over.spec ?? spec, join(folder, "template", "template.yaml"));
  const { template, diagnostics } = parseTemplate(entity, { actions: builtinActions });
  if (template === undefined) throw new Error(JSON.stringify(diagnostics));
  return runTemplateLocally({
    template,
    form: buildForm(template),
    values,
    isDryRun: false,
    user: { name: "Robin" },
    actions: builtinActions,
    renderer: inProcessRenderer(),
    fetch: createFileFetch(),
    publisher: localPublisher({ dataDir: join(folder, "data") }),
    catalog: memoryCatalog(),
    clock: () => startedAtMs,
    signal: new AbortController().signal,
    ...over,
  });
}

test("runs to the end and reports steps, output and files", async () => {
  await withFolder(async (folder) => {
    const out = join(folder, "out");

    const report = await run(folder, { name: "ledger" }, { outDir: out });

    expect(report).toEqual({
      status: "completed",
      steps: [
        { id: "fetch", name: "fetch:template", status: "completed", output: {} },
        {
          id: "publish",
          name: "publish:github",
          status: "completed",
          output: expect.objectContaining({ commitHash: expect.any(String) }),
        },
        {
          id: "register",
          name: "catalog:register",
          status: "completed",
          output: expect.objectContaining({ entityRef: "component:default/ledger" }),
        },
        { id: "never", name: "debug:log", status: "skipped" },
      ],
      output: {
        links: [{ title: "Code", url: expect.stringMatching(/^file:/) }],
        text: [],
        values: {},
      },
      files: [
        { path: "catalog-info.yaml", sizeBytes: 16, executable: false },
        { path: "ledger.txt", sizeBytes: 10, executable: false },
        { path: "run.sh", sizeBytes: 10, executable: true },
      ],
    });
    expect(await readFile(join(out, "ledger.txt"), "utf8")).toBe("port 8080\n");
    expect((await stat(join(out, "run.sh"))).mode & 0o100).toBe(0o100);
  });
});

test("a dry run writes nothing but the folder that was asked for", async () => {
  await withFolder(async (folder) => {
    const catalog = memoryCatalog();

    const report = await run(folder, { name: "ledger" }, { isDryRun: true, catalog });

    expect(report.status).toBe("completed");
    expect(report.output.links).toEqual([
      { title: "Code", url: "https://github.com/acme/ledger.git" },
    ]);
    expect(await readdir(folder)).toEqual(["template"]);
    expect(catalog.registered).toEqual([]);
  });
});

test("the same run makes the same commit", async () => {
  await withFolder(async (folder) => {
    const hashes = await Promise.all(
      ["one", "two"].map(async (name) => {
        const report = await run(join(folder, name), { name: "ledger" }, { runId: "run-1" });
        return report.steps[1]?.output?.["commitHash"];
      }),
    );

    expect(hashes[0]).toBe(hashes[1]);
  });
});

test("values that do not fit, and a folder that is not empty, are refused before anything runs", async () => {
  await withFolder(async (folder) => {
    await expect(run(folder, { name: "Ledger", port: "x" })).rejects.toMatchObject({
      code: "run-values-invalid",
      hint: "name: “Ledger” does not fit the pattern ^[a-z]+$; port: Give a whole number, not “x”.",
    });
    await expect(run(folder, {})).rejects.toMatchObject({ hint: "name: This is required." });
    await expect(
      run(folder, { name: "ledger" }, { outDir: join(folder, "template") }),
    ).rejects.toMatchObject({ code: "out-dir-not-empty" });
    expect(await readdir(folder)).toEqual(["template"]);
  });
});

test("a failure is reported with its step, and the files so far are there", async () => {
  await withFolder(async (folder) => {
    const failing = {
      ...spec,
      steps: [
        spec.steps[0],
        { id: "p", action: "publish:github", input: { repoUrl: "github.com?owner=acme&repo=.." } },
      ],
    };

    const report = await run(folder, { name: "ledger" }, { spec: failing });

    expect(report.status).toBe("failed");
    expect(report.steps[1]?.error).toMatchObject({ code: "repo-name-invalid" });
    expect(report.files).toHaveLength(3);
  });
});

test("secrets must fit their schema, and are named but never shown", async () => {
  await withFolder(async (folder) => {
    const secretive = {
      ...spec,
      secrets: {
        schema: { required: ["TOKEN"], properties: { TOKEN: { type: "string", minLength: 12 } } },
      },
    };
    const missing = run(folder, { name: "ledger" }, { spec: secretive });
    const short = run(
      folder,
      { name: "ledger" },
      { spec: secretive, secrets: { TOKEN: "hunter2" } },
    );

    await expect(missing).rejects.toMatchObject({
      code: "run-secrets-invalid",
      hint: "look at TOKEN",
    });
    await expect(short).rejects.toMatchObject({ hint: expect.not.stringContaining("hunter2") });
    const report = await run(
      folder,
      { name: "ledger" },
      { spec: secretive, secrets: { TOKEN: "a-long-enough-one" } },
    );
    expect(report.status).toBe("completed");
  });
});
