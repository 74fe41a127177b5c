import { expect, test } from "@jest/globals";

import { arrangeRemote } from "../../../src/usecases/documents/arrange-remote.ts";

const repository = "https://github.com/acme/pay";
const pageOf = (path: string): string => `${repository}/blob/main/${path}`;
const documentAt = (path: string) => ({
  url: pageOf(path),
  repository,
  text: "# Text\n",
  readAtMs: 0,
});
const mkdocs = (text: string) => ({ url: pageOf("mkdocs.yml"), text });

test("pages that a navigation names come first, in its order and by its titles", () => {
  const documents = ["docs/a.md", "docs/c%2B%2B%20how%20to.md", "docs/ops/b.md"].map(documentAt);
  const nav = mkdocs("nav:\n  - Operations:\n      - Restart: ops/b.md\n  - c++ how to.md\n");

  const arranged = arrangeRemote(documents, [nav]);

  expect(arranged.diagnostics).toEqual([]);
  expect(arranged.documents.map(({ url, nav: place }) => [url, place])).toEqual([
    [pageOf("docs/ops/b.md"), { title: "Restart", above: ["Operations"] }],
    [pageOf("docs/c%2B%2B%20how%20to.md"), { above: [] }],
    [pageOf("docs/a.md"), undefined],
  ]);
});

test("a navigation arranges only its own repository, and only what was read", () => {
  const other = {
    ...documentAt("docs/a.md"),
    url: "https://github.com/acme/other/blob/main/docs/a.md",
  };

  const arranged = arrangeRemote([other], [mkdocs("nav: [a.md, not-there.md]\n")]);

  expect(arranged).toEqual({ documents: [other], diagnostics: [] });
});

test("a broken navigation is a warning with its line, and hides no document", () => {
  const documents = [documentAt("docs/a.md")];

  const arranged = arrangeRemote(documents, [
    mkdocs("docs_dir: docs\nnav:\n  - ../../etc/passwd.md\n"),
  ]);

  expect(arranged.documents).toEqual(documents);
  expect(arranged.diagnostics).toMatchObject([
    { file: pageOf("mkdocs.yml"), line: 3, severity: "warning", code: "document-mkdocs" },
  ]);
});
