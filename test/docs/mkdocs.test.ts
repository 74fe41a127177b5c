import { expect, test } from "@jest/globals";

import { parseMkdocs } from "../../src/docs/mkdocs.ts";
import { fc } from "../helpers/properties.ts";

test("gives the pages of a navigation in its order, with titles and the headings above them", () => {
  const text = `site_name: Payments
docs_dir: ./handbook/
nav:
  - Home: index.md
  - glossary.md
  - Operations:
      - Restart: ops/restart.md
      - Deep:
          - ops/./deep/lag.md
      - Dashboards: https://grafana.example.com/
  - Picture: pay.png
  - Status: //status.example.com/x.md
  - Empty:
`;

  expect(parseMkdocs(text)).toEqual({
    mkdocs: {
      docsDir: "handbook",
      pages: [
        { path: "index.md", title: "Home", above: [], line: 4 },
        { path: "glossary.md", above: [], line: 5 },
        { path: "ops/restart.md", title: "Restart", above: ["Operations"], line: 7 },
        { path: "ops/deep/lag.md", above: ["Operations", "Deep"], line: 9 },
      ],
    },
  });
});

test.each([
  ["", "docs"],
  ["site_name: Payments\n", "docs"],
  ["docs_dir: .\n", ""],
])("%j has its documents in %j and no navigation", (text, docsDir) => {
  expect(parseMkdocs(text)).toEqual({ mkdocs: { docsDir, pages: [] } });
});

test("tags of themes and of extensions do not cost the navigation, and run nothing", () => {
  const text = `nav: [index.md]
markdown_extensions:
  - pymdownx.emoji:
      emoji_index: !!python/name:material.extensions.emoji.twemoji
  - x: !!python/object/apply:os.system [touch /tmp/never]
site_url: !ENV SITE
`;

  expect(parseMkdocs(text)).toMatchObject({ mkdocs: { pages: [{ path: "index.md" }] } });
});

test.each([
  ["nav:\n  - a.md\n  - !!python/name:os.system b.md\n", 3, "tag !!python/name:os.system"],
  ["docs_dir: !ENV [DOCS, docs]\n", 1, "tag !ENV"],
  ["a: &a [x.md]\nnav: [*a]\n", 2, "alias *a"],
  ["nav:\n  - Out: ../../etc/passwd.md\n", 2, "leads out"],
  ["docs_dir: a/../../b\n", 1, "leads out"],
  ["docs_dir: /etc\n", 1, "leads out"],
  ["docs_dir: [a]\n", 1, "docs_dir must be a folder"],
  ["- a\n", 1, "must be a mapping"],
  ["nav: [\n", 2, "Flow sequence"],
  ["nav: " + "[".repeat(20_000), 1, "nested deeper"],
  ["x: " + "y".repeat(200_000), 1, "longer than"],
])("refuses what is broken or leads out, in words and with its line (%#)", (text, line, words) => {
  expect(parseMkdocs(text)).toEqual({
    problem: { line, message: expect.stringContaining(words) },
  });
});

test("whatever the text, it answers, and no path leads out", () => {
  const piece = fc.constantFrom(
    "nav:\n",
    "  - ",
    "docs_dir: ",
    "../",
    "a.md",
    ": ",
    "[",
    "{",
    "!",
    "&a ",
    "*a",
    "\0",
    "/",
  );
  const texts = fc.array(fc.oneof(piece, fc.string({ maxLength: 6 })), { maxLength: 30 });
  fc.assert(
    fc.property(texts, (parts) => {
      const found = parseMkdocs(parts.join(""));

      const paths =
        "problem" in found
          ? []
          : [found.mkdocs.docsDir, ...found.mkdocs.pages.map(({ path }) => path)];
      expect(paths.filter((path) => /^\/|^\.\.(?:\/|$)/.test(path))).toEqual([]);
    }),
  );
});
