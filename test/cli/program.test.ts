import { mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Writable } from "node:stream";

import { afterAll, beforeAll, expect, test } from "@jest/globals";

import { exitCodeOf, failureText } from "../../src/cli/exit-code.ts";
import { createProgram } from "../../src/cli/program.ts";
import { newDataDir } from "../helpers/embedded.ts";

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "callboard-cli-"));
});

afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
});

interface Printed {
  code: number;
  out: string;
  err: string;
}

/** Runs a command line as `main.ts` does, in a folder of its own unless told otherwise. */
async function callboard(
  argv: string[],
  env: Record<string, string> = {},
  cwd = folder,
): Promise<Printed> {
  const printed: Printed = { code: 0, out: "", err: "" };
  const into = (stream: "out" | "err"): Writable =>
    new Writable({
      write(chunk: Buffer, _encoding, done) {
        printed[stream] += chunk.toString();
        done();
      },
    });
  const context = {
    env: { CALLBOARD_DATA_DIR: join(folder, "data"), ...env },
    cwd,
    stdout: into("out"),
    stderr: into("err"),
  };
  try {
    printed.code = await createProgram(context)(argv);
  } catch (thrown) {
    printed.err += failureText(thrown);
    printed.code = exitCodeOf(thrown);
  }
  return printed;
}

test("ask answers in text with its evidence, from the sample company when there is no configuration", async () => {
  const { code, out } = await callboard(["ask", "who", "owns", "checkout"]);

  expect(code).toBe(0);
  expect(out).toMatch(/Checkout team/);
  expect(out).toMatch(/catalog\/ticketing\/checkout\.yaml:\d+/);
});

test("ask --json has the documented shape, and 1 tells that nothing was found", async () => {
  const found = await callboard(["ask", "--json", "who owns checkout"]);
  const unknown = await callboard(["ask", "--json", "who owns the flux capacitor"]);

  expect(Object.keys(JSON.parse(found.out))).toEqual([
    "question",
    "intent",
    "status",
    "entities",
    "documents",
    "text",
    "evidence",
  ]);
  expect(JSON.parse(found.out)).toMatchObject({
    intent: "owner",
    status: "answered",
    entities: [
      { ref: "component:default/checkout", score: 1 },
      { ref: "group:default/team-checkout" },
    ],
  });
  expect([unknown.code, JSON.parse(unknown.out).status]).toEqual([1, "unknown"]);
});

test("ask --batch answers a question a line in one process", async () => {
  const file = join(folder, "questions.txt");
  await writeFile(file, "who owns checkout\n\nrunbook for ledger\nwho owns the flux capacitor\n");

  const { code, out } = await callboard(["ask", "--batch", file, "--json"]);

  const lines = out
    .trim()
    .split("\n")
    .map((line): { status: string } => JSON.parse(line));
  expect(lines.map((line) => line.status)).toEqual(["answered", "answered", "unknown"]);
  expect(code).toBe(0);
});

test("ask --batch answers a thousand questions, each on its line", async () => {
  const asked = [
    "who owns checkout",
    "ledger lag",
    "what breaks if kafka is down",
    "flux capacitor",
  ];
  const questions = Array.from({ length: 1_000 }, (_, at) => `${asked[at % asked.length]} ${at}`);
  const file = join(folder, "thousand.txt");
  await writeFile(file, questions.join("\n"));

  const { code, out } = await callboard(["ask", "--batch", file, "--json"]);

  const answers = out
    .trim()
    .split("\n")
    .map((line): { question: string } => JSON.parse(line));
  expect(answers.map(({ question }) => question)).toEqual(questions);
  expect(code).toBe(0);
});

test("ask without a question is bad input with an example", async () => {
  const { code, err } = await callboard(["ask"]);

  expect(code).toBe(2);
  expect(err).toContain("question-missing");
  expect(err).toContain("who owns checkout");
});

test("search ranks entities and documents", async () => {
  const { code, out } = await callboard(["search", "ledger", "--json", "--limit", "5"]);
  const onlyGroups = await callboard(["search", "ledger", "--kind", "Group", "--json"]);

  const {
    results,
  }: {
    results: { ref?: string; title: string; score: number }[];
  } = JSON.parse(out);
  expect(code).toBe(0);
  expect(results[0]).toMatchObject({ ref: "component:default/ledger", title: "Ledger" });
  expect(results.length).toBeLessThanOrEqual(5);
  expect(JSON.parse(onlyGroups.out).results[0].ref).toBe("group:default/team-ledger");
});

test("check is quiet about the sample company and names file, line and column of a fault", async () => {
  const file = join(folder, "broken.yaml");
  await writeFile(
    file,
    "apiVersion: backstage.io/v1alpha1\nkind: Component\nmetadata: { name: a b }\nspec: { type: service, lifecycle: production, owner: x }\n",
  );

  const clean = await callboard(["check"]);
  const broken = await callboard(["check", "broken.yaml"]);
  const json = await callboard(["check", "broken.yaml", "--json"]);

  expect([clean.code, clean.out]).toEqual([0, expect.stringMatching(/^0 errors, 0 warnings/)]);
  expect([broken.code, broken.out]).toEqual([
    1,
    expect.stringContaining("broken.yaml:3:19: error: metadata.name"),
  ]);
  expect(JSON.parse(json.out)).toMatchObject({
    files: 1,
    entities: 1,
    diagnostics: [{ line: 3, severity: "error", code: "entity-name-invalid" }],
  });
});

const widget = (name: string): string =>
  `apiVersion: acme.example/v1\nkind: Widget\nmetadata: {name: ${name}, description: Turns violet at noon}\n`;

test("a kind of one's own is warned about once, found and read by everybody", async () => {
  const own = join(folder, "own");
  await mkdir(own);
  await writeFile(
    join(own, "callboard.yaml"),
    "catalog: {sources: [{type: file, path: ./w.yaml}]}",
  );
  await writeFile(join(own, "w.yaml"), `${widget("first")}---\n${widget("second")}`);

  const check = await callboard(["check"], {}, own);
  const search = await callboard(["search", "violet", "noon"], {}, own);
  const ask = await callboard(["ask", "what is first"], {}, own);

  expect(check).toMatchObject({ code: 0 });
  expect(check.out).toMatch(
    /^w.yaml:2:7: warning: the kind Widget is not known.*\n0 errors, 1 warning /,
  );
  expect(search.out).toContain("widget:default/second");
  expect(ask.out).toContain("Turns violet at noon");
});

test("template list and show print forms and steps", async () => {
  const list = await callboard(["template", "list", "--json"]);
  const show = await callboard(["template", "show", "node service"]);
  const unknown = await callboard(["template", "show", "nod servce"]);

  expect(JSON.parse(list.out).templates.map((each: { ref: string }) => each.ref)).toContain(
    "template:default/node-service",
  );
  expect(show.out).toMatch(/name\*: text {2}Name/);
  expect(show.out).toContain("publish:github");
  expect([unknown.code, unknown.err]).toEqual([
    1,
    expect.stringContaining("did you mean template:default/node-service"),
  ]);
});

test("template run --dry-run prints the documented shape and writes files only where --out says", async () => {
  const values = join(folder, "values.yaml");
  const out = join(folder, "out");
  await writeFile(
    values,
    "name: seat-upgrades\ndescription: Offers better seats to people.\nowner: group:default/team-checkout\nrepoUrl: github.com?owner=footlight-tickets&repo=seat-upgrades\n",
  );

  const { code, out: printed } = await callboard([
    "template",
    "run",
    "node-service",
    "--values",
    values,
    "--dry-run",
    "--out",
    out,
    "--json",
  ]);

  const report: {
    status: string;
    steps: { id: string; status: string }[];
    files: { path: string }[];
  } = JSON.parse(printed);
  expect([code, report.status]).toEqual([0, "completed"]);
  expect(report.files.map((file) => file.path)).toContain("package.json");
  expect(await readdir(out)).toContain("package.json");
  expect(await readdir(join(folder, "data")).catch(() => [])).not.toContain("git");
});

test("a dry run without values makes them up and says so; a real run wants them", async () => {
  const tried = await callboard(["template", "run", "node-service", "--dry-run", "--json"]);
  const wanted = await callboard(["template", "run", "node-service"]);

  expect(tried.code).toBe(0);
  expect(JSON.parse(tried.out)).toMatchObject({ status: "completed" });
  expect(tried.err).toMatch(/^values made up from the form: \{"name":/);
  expect(wanted.code).toBe(2);
  expect(wanted.err).toContain("--values");
});

test("template run refuses values that do not fit, with every fault", async () => {
  const values = join(folder, "bad-values.yaml");
  await writeFile(values, "name: Not A Name\n");

  const { code, err } = await callboard([
    "template",
    "run",
    "node-service",
    "--values",
    values,
    "--dry-run",
  ]);

  expect(code).toBe(2);
  expect(err).toMatch(/description: [\s\S]*owner: [\s\S]*name: “Not A Name”[\s\S]*repoUrl: /);
});

test("wrong configuration stops every command with all faults", async () => {
  const { code, err } = await callboard(["ask", "x"], { PORT: "no", LOG_LEVEL: "loud" });

  expect(code).toBe(2);
  expect(err).toContain("PORT: “no”: expected a port number");
  expect(err).toContain("LOG_LEVEL: “loud”");
});

test.each([
  [["bogus"], "unknown command"],
  [["search", "x", "--limit", "0"], "expected a whole number from 1 to 1000"],
  [["start", "--role", "king"], "Allowed choices are all, web, worker"],
])("callboard %j is misuse: 2, with what is wrong", async (argv, expected) => {
  const { code, err } = await callboard(argv);

  expect(code).toBe(2);
  expect(err).toContain(expected);
});

test("--help and --version print and succeed", async () => {
  const help = await callboard(["--help"]);
  const versionText = await callboard(["--version"]);

  expect([help.code, help.out]).toEqual([
    0,
    expect.stringContaining("ask [options] [question...]"),
  ]);
  expect(versionText.out).toMatch(/^\d+\.\d+\.\d+\n$/);
});

test("doctor looks at everything and says what to do next", async () => {
  const dataDir = await newDataDir();
  const { code, out } = await callboard(["doctor"], { CALLBOARD_DATA_DIR: dataDir });
  await rm(dataDir, { recursive: true, force: true });

  expect(code).toBe(0);
  expect(out).toMatch(/ok {7}catalog: \d+ entities/);
  expect(out).toContain("embedded storage can be written and read");
  expect(out).toContain("docs/slack.md");
  expect(out).toContain("docs/github.md");
});
