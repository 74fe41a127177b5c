import { readFileSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";

import { expect, test } from "@jest/globals";

import { createFileSource } from "../../src/catalog/sources/file.ts";
import { builtinActions } from "../../src/scaffold/actions/builtin-actions.ts";
import { buildForm } from "../../src/scaffold/build-form.ts";
import { createFileFetch } from "../../src/scaffold/fetching/file-fetch.ts";
import { knownFieldNames } from "../../src/scaffold/field-kinds.ts";
import { ownFilterNames } from "../../src/scaffold/filters.ts";
import { parseTemplate } from "../../src/scaffold/parse-template.ts";
import { localPublisher } from "../../src/scaffold/publishers/local/local-publisher.ts";
import { inProcessRenderer } from "../../src/scaffold/renderer.ts";
import { loadCatalog } from "../../src/usecases/catalog/load-catalog.ts";
import { runTemplateLocally } from "../../src/usecases/runs/run-template.ts";
import { memoryCatalog, withFolder } from "../helpers/scaffold.ts";

const page = readFileSync("docs/templates.md", "utf8");

test("the template of docs/templates.md has no findings and runs", async () => {
  const yaml = /```yaml\n([\s\S]*?)```/.exec(page)?.[1] ?? "";

  await withFolder(async (folder) => {
    await mkdir(join(folder, "skeleton"));
    await writeFile(join(folder, "template.yaml"), yaml);
    await writeFile(
      join(folder, "skeleton", "catalog-info.yaml"),
      "kind: Component\nmetadata: { name: ${{ values.name }} }\n",
    );
    const source = createFileSource({ path: "template.yaml", baseDir: folder });
    const { catalog, diagnostics } = await loadCatalog([source], {
      signal: new AbortController().signal,
      nowMs: 0,
    });
    const entity = catalog.entities.get("template:default/node-service");
    if (entity === undefined) throw new Error(JSON.stringify(diagnostics));
    const { template, diagnostics: findings } = parseTemplate(entity, { actions: builtinActions });
    expect(findings).toEqual([]);
    if (template === undefined) throw new Error("not parsed");

    const report = await runTemplateLocally({
      template,
      form: buildForm(template),
      values: {
        name: "ledger",
        owner: "group:default/team-a",
        repoUrl: "github.com?owner=acme&repo=ledger",
      },
      isDryRun: false,
      user: { name: "Robin" },
      actions: builtinActions,
      renderer: inProcessRenderer(),
      fetch: createFileFetch(),
      publisher: localPublisher({ dataDir: folder }),
      catalog: memoryCatalog(),
      clock: () => Date.UTC(2026, 0, 1),
      signal: new AbortController().signal,
    });

    expect(report.steps.map((step) => step.status)).toEqual([
      "completed",
      "completed",
      "completed",
    ]);
    expect(report.output.links).toEqual([
      { title: "Repository", url: expect.stringMatching(/^file:.*ledger\.git$/) },
      { title: "In the catalog", entityRef: "component:default/ledger" },
    ]);
  });
});

test("docs/templates.md names every picker and every filter of our own", () => {
  const named = [...knownFieldNames, ...ownFilterNames];

  expect(named.filter((name) => !page.includes(`\`${name}\``))).toEqual([]);
});

test("docs/templates.md explains every finding", () => {
  const sources = ["check-template", "parse-template"]
    .map((name) => readFileSync(`src/scaffold/${name}.ts`, "utf8"))
    .join("\n");
  const codes = new Set(sources.match(/"template-[a-z-]+"/g)?.map((code) => code.slice(1, -1)));

  expect(codes.size).toBeGreaterThan(5);
  expect([...codes].filter((code) => !page.includes(`\`${code}\``))).toEqual([]);
});
