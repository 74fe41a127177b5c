import { readFileSync } from "node:fs";
import { join } from "node:path";

import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { parseAllDocuments } from "yaml";

import { parseDocument } from "../../src/docs/parse-document.ts";
import { projectRoot } from "./sample-files.ts";
import { type TemplateCase, templateCases, typedExpression } from "./template-cases.ts";
import {
  command,
  createTemplateRunner,
  filesBelow,
  isInstalled,
  type TemplateRunner,
  verdict,
} from "./template-runner.ts";

let runner: TemplateRunner;

beforeAll(async () => {
  runner = await createTemplateRunner();
});
afterAll(() => runner.close());

const casesOf = (template: string): TemplateCase[] =>
  templateCases.filter((entry) => entry.template === template);

function textOf(entry: TemplateCase, key: string): string {
  const value = entry.values[key];
  return typeof value === "string" ? value : "";
}

/** `owner/repo` that a case's form names. */
function slugOf(entry: TemplateCase): string {
  const url = new URL(`https://${textOf(entry, "repoUrl")}`);
  return `${url.searchParams.get("owner")}/${url.searchParams.get("repo")}`;
}

/** Runs a case that makes a repository, and clones it. */
async function create(entry: TemplateCase): Promise<string> {
  const report = await runner.run(entry.template, entry.values);

  expect(report.steps.map(({ error }) => error)).toEqual([undefined, undefined, undefined]);
  expect(report.status).toBe("completed");
  expect(report.output.links).toEqual([
    expect.objectContaining({ url: expect.stringMatching(/\.git$/) }),
    expect.objectContaining({ entityRef: `component:default/${textOf(entry, "name")}` }),
  ]);
  expect(report.output.text[0]?.content).not.toContain("${{");
  return runner.clone(slugOf(entry));
}

/** What is wrong with the files that a template of ours wrote. */
async function faultsOf(folder: string): Promise<string[]> {
  const files = await filesBelow(folder);
  return files.flatMap(({ path, content }) => {
    const text = content.toString("utf8").replaceAll(typedExpression, "");
    return [
      ...(/[{}]/.test(path) ? [`${path}: the name was not rendered`] : []),
      // GitHub's own expressions belong into workflows, and nothing else looks like one
      ...(text.match(/\$\{\{(?!\s*(?:github|matrix|secrets)\.)[^\n]*/g) ?? []),
      ...(/\.ya?ml$/.test(path) ? yamlFaults(path, text) : []),
      ...(path.endsWith(".json") ? jsonFaults(path, text) : []),
    ];
  });
}

function yamlFaults(path: string, text: string): string[] {
  return parseAllDocuments(text).flatMap(({ errors }) =>
    errors.map(({ message }) => `${path}: ${message}`),
  );
}

function jsonFaults(path: string, text: string): string[] {
  try {
    JSON.parse(text);
    return [];
  } catch (thrown) {
    return [`${path}: ${String(thrown)}`];
  }
}

const skeletonFile = (template: string, path: string): Buffer =>
  readFileSync(join(projectRoot, "templates", template, "skeleton", path));

describe("node-service", () => {
  test.each(casesOf("node-service"))("passes its own tests: $what", async (entry) => {
    const folder = await create(entry);

    expect(await faultsOf(folder)).toEqual([]);
    expect(verdict(folder, process.execPath, ["--test"])).toBe("passed");
  });

  test("keeps binaries, modes and GitHub's expressions as they were", async () => {
    const folder = await runner.clone("footlight-tickets/seat-upgrades");
    const files = new Map((await filesBelow(folder)).map((file) => [file.path, file]));

    expect(files.get("public/favicon.png")?.content).toEqual(
      skeletonFile("node-service", "public/favicon.png"),
    );
    expect(files.get(".github/workflows/ci.yml")?.content).toEqual(
      skeletonFile("node-service", ".github/workflows/ci.yml"),
    );
    expect(files.get(".github/workflows/image.yml")?.content.toString()).toContain(
      "ghcr.io/footlight-tickets/seat-upgrades:${{ github.sha }}",
    );
    expect([...files.values()].filter((file) => file.isExecutable).map(({ path }) => path)).toEqual(
      ["bin/smoke.js"],
    );
    expect(verdict(folder, "bin/smoke.js", [])).toBe("passed");
  });

  test("leaves out what was not asked for", async () => {
    const folder = await runner.clone("footlight-tickets/abc");
    const paths = (await filesBelow(folder)).map(({ path }) => path);
    const info = readFileSync(join(folder, "catalog-info.yaml"), "utf8");

    expect(paths).toContain("runbooks/abc.md");
    expect(paths).toContain(".gitignore");
    expect(paths).not.toContain("Dockerfile");
    expect(paths).not.toContain(".dockerignore");
    expect(paths).not.toContain(".github/workflows/image.yml");
    expect(parseAllDocuments(info)).toHaveLength(1);
    expect(info).not.toMatch(/system|providesApis|slack/);
  });

  test("carries a description with quotes, signs and line breaks unharmed", async () => {
    const [, , hostile] = casesOf("node-service");
    const folder = await runner.clone("footlight-tickets/Long.Name_1");
    const manifest: unknown = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
    const info = readFileSync(join(folder, "catalog-info.yaml"), "utf8");

    expect(manifest).toMatchObject({ description: hostile?.values["description"] });
    expect(parseAllDocuments(info)[0]?.getIn(["metadata", "description"])).toBe(
      hostile?.values["description"],
    );
    expect(parseAllDocuments(info)).toHaveLength(2);
  });

  test("refuses a name that is taken, and leaves the other repository alone", async () => {
    const [typical] = casesOf("node-service");
    const before = await runner.clone("footlight-tickets/seat-upgrades");

    const report = await runner.run("node-service", typical?.values ?? {});

    const after = await runner.clone("footlight-tickets/seat-upgrades");
    expect(report.status).toBe("failed");
    expect(report.steps[1]?.error?.code).toBe("repo-exists");
    expect(command(after, "git", ["rev-parse", "HEAD"])).toEqual(
      command(before, "git", ["rev-parse", "HEAD"]),
    );
  });
});

describe("python-job", () => {
  test.each(casesOf("python-job"))("is generated without a fault: $what", async (entry) => {
    const folder = await create(entry);

    expect(await faultsOf(folder)).toEqual([]);
  });

  test.each([
    ["unsold-seats", "7 0 * * *"],
    ["import", "7 * * * *"],
    ["email", "7 4 * * 0"],
    ["settle-2", "*/15 6-18 1,15 * 1-5"],
  ])("%s runs at %s", async (repo, schedule) => {
    const folder = await runner.clone(`footlight-tickets/${repo}`);
    const manifest = parseAllDocuments(readFileSync(join(folder, "deploy/cronjob.yaml"), "utf8"));

    expect(manifest[0]?.getIn(["spec", "schedule"])).toBe(schedule);
  });

  test("names in the catalog what the job reads", async () => {
    const folder = await runner.clone("footlight-tickets/unsold-seats");
    const info = parseAllDocuments(readFileSync(join(folder, "catalog-info.yaml"), "utf8"))[0];

    expect(info?.toJS()).toMatchObject({
      spec: { dependsOn: ["resource:default/warehouse", "resource:default/orders-db"] },
    });
  });
});

// Without Python the jobs are generated and checked all the same, only their own tests are skipped.
const describeWithPython = isInstalled("python3") ? describe : describe.skip;

describeWithPython("python-job, where python3 is installed", () => {
  test.each(casesOf("python-job"))("passes its own tests: $what", async (entry) => {
    const folder = await runner.clone(slugOf(entry));

    expect(verdict(folder, "python3", ["-m", "unittest"])).toBe("passed");
    expect(verdict(folder, "bin/run", ["--dry-run"])).toBe("passed");
  });
});

/** The branch of the pull request that a run opened; its description stands where the run says. */
async function propose(entry: TemplateCase): Promise<{ branch: string; text: string }> {
  const report = await runner.run(entry.template, entry.values);

  expect(report.steps.map(({ error }) => error)).toEqual([undefined, undefined]);
  const [link] = report.output.links;
  expect(link?.title).toBe("Pull request");
  const text = readFileSync(new URL(link?.url ?? ""), "utf8");
  return { text, branch: /^branch: (.+)$/m.exec(text)?.[1] ?? "" };
}

describe("access-request", () => {
  test.each(casesOf("access-request"))("passes the repository's checks: $what", async (entry) => {
    await runner
      .seed("footlight-tickets/requests", "templates/access-request/requests-repository")
      .catch(() => undefined);
    const { branch, text } = await propose(entry);
    const folder = await runner.clone("footlight-tickets/requests", branch);

    expect(await faultsOf(folder)).toEqual([]);
    expect(verdict(folder, process.execPath, ["--test"])).toBe("passed");
    expect(command(folder, process.execPath, ["checks/main.js"])).toBe("2 requests checked\n");
    expect(text).toContain(textOf(entry, "target"));
    expect(text).toContain(textOf(entry, "reason"));
  });

  test("says which repository is missing when there is none", async () => {
    const [typical] = casesOf("access-request");
    const elsewhere = await createTemplateRunner();

    const report = await elsewhere.run("access-request", typical?.values ?? {});
    await elsewhere.close();

    expect(report.status).toBe("failed");
    expect(report.steps[1]?.error?.message).toContain("footlight-tickets/requests");
  });
});

describe("add-runbook", () => {
  test.each(casesOf("add-runbook"))("proposes a runbook that is found: $what", async (entry) => {
    await runner.seed("footlight-tickets/runbooks", "catalog/runbooks").catch(() => undefined);
    const { branch } = await propose(entry);
    const folder = await runner.clone("footlight-tickets/runbooks", branch);
    const alert = textOf(entry, "alert");
    const name = textOf(entry, "component").replace("component:default/", "");
    const parsed = parseDocument(readFileSync(join(folder, name, `${alert}.md`), "utf8"));

    expect(parsed.problem).toBeUndefined();
    expect(parsed.frontMatter).toMatchObject({
      title: alert,
      entities: [textOf(entry, "component")],
      alerts: [alert],
    });
    expect(parsed.sections.map(({ heading }) => heading)).toEqual(
      expect.arrayContaining(["Meaning", "Impact", "Diagnosis", "Mitigation"]),
    );
    const diagnosis = parsed.sections.find(({ heading }) => heading === "Diagnosis")?.markdown;
    expect(diagnosis).toMatch(/^1\. /m);
    expect(diagnosis?.includes("dashboard](")).toBe(entry.values["hasDashboard"] === true);
  });
});
