import { spawnSync } from "node:child_process";
import { mkdtemp, readdir, readFile, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, relative, sep } from "node:path";
import { pathToFileURL } from "node:url";

import type { JsonObject } from "../../src/base/json.ts";
import { buildCatalog } from "../../src/catalog/build.ts";
import { builtinActions } from "../../src/scaffold/actions/builtin-actions.ts";
import { buildForm } from "../../src/scaffold/build-form.ts";
import { createFileFetch } from "../../src/scaffold/fetching/file-fetch.ts";
import type { Template } from "../../src/scaffold/model.ts";
import { parseTemplate } from "../../src/scaffold/parse-template.ts";
import { localPublisher } from "../../src/scaffold/publishers/local/local-publisher.ts";
import { createWorkerRenderer } from "../../src/scaffold/rendering/worker-renderer.ts";
import { type LocalRunReport, runTemplateLocally } from "../../src/usecases/runs/run-template.ts";
import { projectRoot, sampleCatalogFiles } from "./sample-files.ts";

const sample = buildCatalog({
  sources: [{ id: "sample", readAtMs: 0, files: sampleCatalogFiles() }],
}).catalog;
const startedAtMs = Date.UTC(2026, 0, 15, 9);

/** Runs templates of ours against git repositories in a temporary folder. */
export interface TemplateRunner {
  run(template: string, values: JsonObject): Promise<LocalRunReport>;
  /** Makes a repository with the files of a folder of this project. */
  seed(slug: string, folder: string): Promise<void>;
  /** A checkout of a repository that was made, as a person would clone it. */
  clone(slug: string, branch?: string): Promise<string>;
  close(): Promise<void>;
}

/** Creates a runner with a folder of its own. */
export async function createTemplateRunner(): Promise<TemplateRunner> {
  const folder = await mkdtemp(join(tmpdir(), "callboard-content-"));
  const publisher = localPublisher({ dataDir: folder });
  const renderer = createWorkerRenderer();
  const { signal } = new AbortController();
  let clones = 0;
  return {
    run: (name, values) => {
      const template = templateOf(name);
      return runTemplateLocally({
        template,
        values,
        publisher,
        renderer,
        signal,
        form: buildForm(template),
        isDryRun: false,
        user: { ref: "user:default/dario.costa", name: "Dario Costa" },
        actions: builtinActions,
        fetch: createFileFetch(),
        catalog: { get: (ref) => sample.entities.get(ref), register: registerText },
        clock: () => startedAtMs,
      });
    },
    async seed(slug, from) {
      const [owner = "", repo = ""] = slug.split("/");
      await publisher.createRepository(
        {
          runId: `seed-${slug}`,
          host: "github.com",
          owner,
          repo,
          description: "",
          defaultBranch: "main",
          visibility: "private",
          commitMessage: "begin",
          author: { name: "A Person", email: "person@footlight.example" },
          committedAtMs: startedAtMs,
          files: await filesBelow(join(projectRoot, from)),
          settings: {},
        },
        {
          signal,
          log: () => undefined,
          assertCurrent: async () => undefined,
          notes: { get: async () => undefined, set: async () => undefined },
        },
      );
    },
    async clone(slug, branch = "main") {
      clones += 1;
      const into = join(folder, `clone-${clones}`);
      const url = pathToFileURL(join(folder, "git", `${slug}.git`)).href;
      const cloned = verdict(folder, "git", ["clone", "--quiet", "--branch", branch, url, into]);
      const checked = cloned === "passed" ? verdict(into, "git", ["fsck", "--strict"]) : cloned;
      if (checked !== "passed") throw new Error(checked);
      return into;
    },
    async close() {
      await renderer.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

function templateOf(name: string): Template {
  const entity = sample.entities.get(`template:default/${name}`);
  const template =
    entity === undefined ? undefined : parseTemplate(entity, { actions: builtinActions }).template;
  if (template === undefined) throw new Error(`there is no template ${name}`);
  return template;
}

/** What the catalog says to a file that a run registers: refused when a finding is an error. */
async function registerText(url: string, text: string): Promise<string[]> {
  const file = { file: url, base: url, text };
  const { catalog, diagnostics } = buildCatalog({
    sources: [{ id: "registered", readAtMs: 0, files: [file] }],
  });
  const errors = diagnostics.filter(({ severity }) => severity === "error");
  if (errors.length > 0) throw new Error(errors.map(({ message }) => message).join("; "));
  return [...catalog.entities.keys()];
}

/**
 * Runs a program as a person would. Gives what it printed on standard output; when it did not end with 0, why, and everything that it printed.
 */
export function command(folder: string, program: string, args: readonly string[]): string {
  const done = spawnSync(program, args, {
    cwd: folder,
    encoding: "utf8",
    timeout: 60_000,
  });
  if (done.status === 0) return done.stdout;
  return `${program} ended with ${done.status ?? done.error?.message}: ${done.stdout}${done.stderr}`;
}

/** {@link command} where only success counts: “passed”, or why not. */
export function verdict(folder: string, program: string, args: readonly string[]): string {
  const printed = command(folder, program, args);
  return printed.startsWith(`${program} ended with `) ? printed : "passed";
}

/** True when the program can be started. */
export function isInstalled(program: string): boolean {
  return spawnSync(program, ["--version"]).status === 0;
}

/** Every file of a checkout, without git's own. */
export async function filesBelow(
  folder: string,
): Promise<{ path: string; content: Buffer; isExecutable: boolean }[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const paths = entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((path) => !path.includes(`${sep}.git${sep}`))
    .toSorted();
  return Promise.all(
    paths.map(async (path) => ({
      path: relative(folder, path).split(sep).join("/"),
      content: await readFile(path),
      isExecutable: ((await stat(path)).mode & 0o100) !== 0,
    })),
  );
}
