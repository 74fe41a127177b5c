import { execFile } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterEach, beforeAll, beforeEach, expect, test } from "@jest/globals";
import { parse } from "yaml";
import { z } from "zod";

import { ensureBuilt } from "../helpers/built.ts";
import { projectRoot } from "./sample-files.ts";

const place = ".github/actions/check";
const runStep = z.strictObject({
  name: z.string(),
  if: z.string().optional(),
  shell: z.literal("bash"),
  env: z.record(z.string(), z.string()).optional(),
  run: z.string(),
});
/** A composite action, as GitHub's metadata syntax has it. */
const schema = z.strictObject({
  name: z.string(),
  description: z.string(),
  inputs: z.record(z.string(), z.strictObject({ description: z.string(), default: z.string() })),
  runs: z.strictObject({
    using: z.literal("composite"),
    steps: z.array(
      z.union([
        z.strictObject({ uses: z.string(), with: z.record(z.string(), z.string()).optional() }),
        runStep,
      ]),
    ),
  }),
});
const action = schema.parse(parse(readFileSync(join(projectRoot, place, "action.yml"), "utf8")));
const guide = readFileSync(join(projectRoot, "docs/catalog.md"), "utf8");

let repository: string;
beforeAll(ensureBuilt);
beforeEach(async () => {
  repository = await mkdtemp(join(tmpdir(), "callboard-action-"));
});
afterEach(async () => await rm(repository, { recursive: true, force: true }));

const component = (owner: string): string =>
  `apiVersion: backstage.io/v1alpha1\nkind: Component\nmetadata: {name: pay}\nspec:\n  type: service\n${owner}  lifecycle: production\n`;

/** Runs a step as the runner does: in the repository, its inputs as environment. */
async function runStepNamed(
  name: string,
  inputs: Record<string, string> = {},
): Promise<{ exitCode: number; output: string }> {
  const step = action.runs.steps.find((each) => "name" in each && each.name === name);
  const { run, env = {} } = runStep.parse(step);
  const values = Object.entries(env).map(([key, expression]) => {
    const input = /^\$\{\{ inputs\.(\w+) \}\}$/.exec(expression)?.[1] ?? "";
    return [key, inputs[input] ?? action.inputs[input]?.default ?? "no such input"] as const;
  });
  return await new Promise((resolve) => {
    const variables = [...values, ["GITHUB_ACTION_PATH", join(projectRoot, place)]];
    execFile(
      "env",
      [
        ...variables.map(([key, value]) => `${key}=${value}`),
        "bash",
        "--noprofile",
        "--norc",
        "-eo",
        "pipefail",
        "-c",
        run,
      ],
      { cwd: repository },
      (error, stdout, stderr) => {
        const exitCode = error === null ? 0 : Number(error.code);
        resolve({ exitCode, output: stdout + stderr });
      },
    );
  });
}

test("what goes into a shell comes from the environment, never from an expression", () => {
  const scripts = action.runs.steps.flatMap((step) => ("run" in step ? [step.run] : []));

  expect(scripts).toHaveLength(3);
  for (const script of scripts) expect(script).not.toContain("${{");
});

test("the build step builds what the other steps start", () => {
  const { scripts } = z
    .object({ scripts: z.record(z.string(), z.string()) })
    .parse(JSON.parse(readFileSync(join(projectRoot, "package.json"), "utf8")));

  expect(scripts["build"]).toContain("tsc");
  expect(existsSync(join(projectRoot, place, "../../../dist/cli/main.js"))).toBe(true);
});

test("a fault is annotated at its line and fails the job", async () => {
  await writeFile(join(repository, "catalog-info.yaml"), component(""));

  const { exitCode, output } = await runStepNamed("Check");

  expect(exitCode).toBe(1);
  expect(output).toMatch(
    /^::error file=catalog-info.yaml,line=\d+,col=\d+,title=entity-owner-missing::/m,
  );
});

test("a warning is annotated and lets the job pass; the sample company does not stand in for one's own", async () => {
  await writeFile(join(repository, "catalog-info.yaml"), component("  owner: team-payments\n"));

  const { exitCode, output } = await runStepNamed("Check", { paths: "*.yaml" });

  expect(exitCode).toBe(0);
  expect(output).toContain("::warning file=catalog-info.yaml");
  expect(output).toContain("0 errors, 1 warning in 1 file with 1 entity");
});

test("findings are written as SARIF without failing before they can be read", async () => {
  await writeFile(join(repository, "catalog-info.yaml"), component(""));

  const { exitCode } = await runStepNamed("Write SARIF", { sarif: "catalog.sarif" });
  const log = JSON.parse(await readFile(join(repository, "catalog.sarif"), "utf8"));

  expect(exitCode).toBe(0);
  expect(log).toMatchObject({
    version: "2.1.0",
    runs: [{ results: [{ ruleId: "entity-owner-missing", level: "error" }] }],
  });
});

test("the workflow in the guide is YAML and uses the action with inputs that it has", () => {
  const block = /```yaml\n(name: catalog\n[^]*?)```/.exec(guide)?.[1] ?? "";
  const workflow = z
    .object({
      jobs: z.record(
        z.string(),
        z.object({
          steps: z.array(
            z.object({
              uses: z.string().optional(),
              with: z.record(z.string(), z.unknown()).optional(),
            }),
          ),
        }),
      ),
    })
    .parse(parse(block));
  const steps = Object.values(workflow.jobs).flatMap((job) => job.steps);
  const ours = steps.find(({ uses }) => uses?.includes(`/${place}@`) === true);

  expect(ours).toBeDefined();
  expect(Object.keys(action.inputs)).toEqual(expect.arrayContaining(Object.keys(ours?.with ?? {})));
});
