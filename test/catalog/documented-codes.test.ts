import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

import { expect, test } from "@jest/globals";

const root = fileURLToPath(new URL("../..", import.meta.url));

/** Every code that a finding about catalog files can have, by how it is written in the sources. */
function codesInSources(): string[] {
  const files = readdirSync(`${root}/src/catalog`, { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".ts"))
    .map((file) => readFileSync(`${root}/src/catalog/${file}`, "utf8"));
  const usecases = [
    "load-catalog",
    "hold-back",
    "remote-source",
    "read-catalog-source",
    "check-files",
  ].map((name) => readFileSync(`${root}/src/usecases/catalog/${name}.ts`, "utf8"));
  const prefixes =
    "yaml|file|folder|path|source|document|entity|ref|owner|system|relation|group|placeholder|location|codeowners";
  // a literal that begins with the subject of a finding
  const literal = new RegExp(`"((?:${prefixes})-[a-z]+(?:-[a-z]+)*)"`, "g");
  const found = [...files, ...usecases].flatMap((text) =>
    [...text.matchAll(literal)].map(([, code]) => code ?? ""),
  );
  return [...new Set(found)].toSorted();
}

test("docs/catalog.md lists every finding, and none that does not exist", () => {
  const text = readFileSync(`${root}/docs/catalog.md`, "utf8");
  const documented = [...text.matchAll(/^\| `([a-z-]+)` \| (?:error|warning)/gm)].map(
    ([, code]) => code ?? "",
  );

  expect(documented.toSorted()).toEqual(codesInSources());
});

test("docs/catalog.md lists every annotation that is recognised", async () => {
  const text = readFileSync(`${root}/docs/catalog.md`, "utf8");
  const { wellKnownDefaults } = await import("../../src/catalog/well-known-defaults.ts");
  const keys = Object.entries(wellKnownDefaults)
    .filter(([name]) => name.endsWith("Annotations"))
    .flatMap(([, list]) =>
      list.map((each: string | { annotation: string }) =>
        typeof each === "string" ? each : each.annotation,
      ),
    );

  expect(keys.filter((key) => !text.includes(`\`${key}\``))).toEqual([]);
});
