import { expect, test } from "@jest/globals";

import { buildCatalog } from "../../../src/catalog/build.ts";
import { parseDocument } from "../../../src/docs/parse-document.ts";
import type { Document } from "../../../src/usecases/documents/documents.ts";
import { wholeDocument } from "../../../src/usecases/documents/whole-document.ts";

function documentOf(markdown: string, more: Partial<Document> = {}): Document {
  const { sections } = parseDocument(markdown);
  const refs = ["component:default/ledger"];
  const rest = { title: "Lag", alerts: [], readAtMs: 0, isRunbook: true };
  return { path: "lag.md", refs, sections, markdown, ...rest, ...more };
}

const text = `apiVersion: backstage.io/v1alpha1
kind: Component
metadata: { name: ledger }
spec: { type: service, lifecycle: production, owner: team-a }
`;
const { catalog } = buildCatalog({
  sources: [{ id: "file:.", readAtMs: 0, files: [{ file: "a.yaml", base: "/a.yaml", text }] }],
});
const ledger = catalog.entities.get("component:default/ledger");

test("a whole runbook has its placeholders filled from its entity, and the steps of its checklist counted", () => {
  const found = wholeDocument(documentOf("# Lag\n\n1. Look at <service>\n2. Wait\n"), ledger);

  expect(found.markdown).toContain("1. Look at ledger\n");
  expect(found).toMatchObject({ steps: 2, filled: [{ placeholder: "<service>", isFilled: true }] });
});

test.each([
  ["a document that is no runbook", documentOf("1. a\n2. b\n", { isRunbook: false })],
  ["a collection of runbooks", documentOf(Array(50).fill("1. step\n").join("\n## Next\n\n"))],
])("%s has no checklist as a whole", (_name, document) => {
  expect(wholeDocument(document, undefined)).not.toHaveProperty("steps");
});
