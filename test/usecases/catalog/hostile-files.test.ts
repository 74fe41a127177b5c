import { afterEach, describe, expect, test } from "@jest/globals";

import { createThreadChecker } from "../../../src/usecases/catalog/check-threads.ts";
import type { FileChecker } from "../../../src/usecases/catalog/file-checker.ts";
import { loadCatalog, type LoadedCatalog } from "../../../src/usecases/catalog/load-catalog.ts";
import { createMemorySource } from "../../helpers/memory-source.ts";

const opened: FileChecker[] = [];
afterEach(async () => {
  for (const checker of opened.splice(0)) await checker.close();
});

function open(limitMs = 60_000): FileChecker {
  const checker = createThreadChecker({ limitMs });
  opened.push(checker);
  return checker;
}

const good = `apiVersion: backstage.io/v1alpha1
kind: Component
metadata: {name: good}
spec: {type: service, lifecycle: production, owner: user:ada}
`;
const ada =
  "apiVersion: backstage.io/v1alpha1\nkind: User\nmetadata: {name: ada}\nspec: {memberOf: []}\n";

/** An entity with one more line. */
const withLine = (line: string): string => `${good.replace("name: good", "name: bad")}${line}\n`;

const group = (name: string, parent: string): string =>
  `apiVersion: backstage.io/v1alpha1\nkind: Group\nmetadata: {name: ${name}}\nspec: {type: team, parent: ${parent}, children: []}\n`;

/** Loads a hostile file between two sound ones; `turns` says how often the event loop went round meanwhile. */
async function loadHostile(
  text: string,
  checker?: FileChecker,
): Promise<{ loaded: LoadedCatalog; turns: number }> {
  const source = createMemorySource({ "a.yaml": good, "b.yaml": text, "c.yaml": ada });
  let turns = 0;
  let isOver = false;
  const turn = (): void => {
    turns += 1;
    if (!isOver) setTimeout(turn, 1);
  };
  setTimeout(turn, 1);
  const signal = new AbortController().signal;
  try {
    return { loaded: await loadCatalog([source], { signal, nowMs: 0, checker }), turns };
  } finally {
    isOver = true;
  }
}

const laughs = Array.from({ length: 12 }, (_, at) => {
  const before = Array.from({ length: 9 }, () => `*a${at}`).join(", ");
  return `a${at + 1}: &a${at + 1} [${before}]`;
});

/** What is written, and the finding that it ends in; the sound files beside it stay. */
const rows: [string, string, string | undefined][] = [
  ["an alias bomb", ["a0: &a0 [x]", ...laughs].join("\n"), "yaml-aliases"],
  ["an alias a hundred and one times", `a: &a x\nb:\n${"  - *a\n".repeat(101)}`, "yaml-aliases"],
  ["an alias inside itself", "a: &a [*a]\n", "yaml-cycle"],
  ["a merge of thousands", `a: &a {b: 1}\nc:\n  <<: [${"*a, ".repeat(3_000)}*a]\n`, "yaml-aliases"],
  ["nesting a thousand deep", `a: ${"[".repeat(1_000)}${"]".repeat(1_000)}`, "yaml-too-deep"],
  ["nesting a hundred thousand deep", "[".repeat(100_000), "yaml-too-deep"],
  ["two and a half megabytes", withLine(`# ${"x".repeat(2.5 * 2 ** 20)}`), "file-too-large"],
  ["a prototype key", withLine("__proto__: {polluted: 1}"), "yaml-key-reserved"],
  ["a merged prototype", withLine("<<: {__proto__: {polluted: 1}}"), "yaml-key-reserved"],
  ["a constructor's prototype", withLine("constructor: {prototype: {polluted: 1}}"), undefined],
  ["code as a tag", withLine('x: !!js/function "function(){}"'), "yaml-tag-unknown"],
  ["a NUL", withLine("x: \0"), undefined],
  ["a lone surrogate", withLine('x: "\\ud800"'), undefined],
  ["tabs for indentation", withLine("x:\n\t- a"), "yaml-syntax"],
  ["a key twice", withLine("kind: Component"), "yaml-duplicate-key"],
  ["nothing", "", undefined],
  ["null", "null\n", undefined],
  ["a list", "- a\n", "document-not-mapping"],
  ["a byte order mark and CRLF", `\ufeff${withLine("x: 1").replaceAll("\n", "\r\n")}`, undefined],
  ["YAML 1.1", `%YAML 1.1\n---\n${withLine("x: no")}`, undefined],
  ["a group that is its own parent", group("own", "own"), "relation-cycle"],
  [
    "groups in a circle",
    `${group("x", "y")}---\n${group("y", "z")}---\n${group("z", "x")}`,
    "relation-cycle",
  ],
  ["an owner nobody knows", withLine("").replace("user:ada", "user:nobody"), "owner-unknown"],
  ["a reference with two slashes", withLine("").replace("user:ada", "user:a/b/c"), "owner-unknown"],
];

describe("a hostile file is a finding, and the files beside it are read", () => {
  test.each(rows)("%s", async (_what, text, code) => {
    const { loaded } = await loadHostile(text);

    const entities = loaded.catalog.entities;
    expect(entities.has("component:default/good") && entities.has("user:default/ada")).toBe(true);
    const codes = new Set(loaded.diagnostics.map((finding) => finding.code));
    expect(code === undefined || codes.has(code)).toBe(true);
    expect(Object.hasOwn(Object.prototype, "polluted")).toBe(false);
    expect(() => JSON.stringify([...entities.values()].map(({ entity }) => entity))).not.toThrow();
  });
});

test("relations by the ten thousand are read", async () => {
  const names = Array.from({ length: 10_000 }, (_, at) => `r${at}`);
  const text = `${withLine("")}  dependsOn: [${names.map((name) => `"resource:${name}"`).join(", ")}]\n`;

  const { loaded } = await loadHostile(
    text.replace(
      "spec: {type: service, lifecycle: production, owner: user:ada}\n\n",
      "spec:\n  type: service\n  lifecycle: production\n  owner: user:ada\n",
    ),
  );

  expect(loaded.catalog.entities.get("component:default/bad")?.relations).toHaveLength(10_001);
});

/** Seconds of computing within what a file may have. */
const costly = `a: [${",".repeat(250 * 1024)}]\n`;

test("a file that takes seconds is read in a thread: the event loop goes on", async () => {
  const { turns } = await loadHostile(costly, open());

  expect(turns).toBeGreaterThan(20);
});

test("a file that takes longer than the limit is refused, and the others are read by another thread", async () => {
  const { loaded } = await loadHostile(costly, open(200));

  expect(loaded.diagnostics).toEqual([
    expect.objectContaining({ file: "b.yaml", code: "file-too-costly", severity: "error" }),
  ]);
  expect(loaded.catalog.entities.size).toBe(2);
});

test("a file that becomes costly keeps what it said before", async () => {
  const source = createMemorySource({ "a.yaml": good, "b.yaml": ada });
  const signal = new AbortController().signal;
  const first = await loadCatalog([source], { signal, nowMs: 0 });
  source.files.set("a.yaml", `${good}---\n${costly}`);

  const checker = open(200);
  const second = await loadCatalog([source], { signal, nowMs: 1, lastGood: first, checker });

  expect(second.diagnostics.map(({ code }) => code)).toEqual(["file-too-costly"]);
  expect(second.catalog.entities.has("component:default/good")).toBe(true);
});

const plain = (loaded: LoadedCatalog): unknown =>
  [...loaded.catalog.entities.values()].map((each) => ({
    entity: each.entity,
    origin: each.origin,
    relations: each.relations,
    owner: each.locate(["spec", "owner"]),
  }));

test("what threads found is what is found at once", async () => {
  const texts = { "a.yaml": good, "b.yaml": `${withLine("x: 1")}---\n${ada}`, "c.yaml": "a: [" };
  const many = Object.fromEntries(
    Array.from({ length: 200 }, (_, at) => [
      `d${at}.yaml`,
      `${good.replace("good", `d${at}`)}# ${"x".repeat(2_000)}\n`,
    ]),
  );
  const source = createMemorySource({ ...texts, ...many });
  const signal = new AbortController().signal;

  const atOnce = await loadCatalog([source], { signal, nowMs: 0 });
  const inThreads = await loadCatalog([source], { signal, nowMs: 0, checker: open() });

  expect(plain(inThreads)).toEqual(plain(atOnce));
  expect(inThreads.diagnostics).toEqual(atOnce.diagnostics);
});
