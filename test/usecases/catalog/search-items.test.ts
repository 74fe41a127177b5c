import { expect, test } from "@jest/globals";

import { parseDocument } from "../../../src/docs/parse-document.ts";
import { buildSearchIndex } from "../../../src/search/search-index.ts";
import { sectionItems } from "../../../src/usecases/catalog/search-items.ts";

test("a document is found by its title and by what else it is called", () => {
  const items = sectionItems({
    path: "docs/a.md",
    title: "Restart safely",
    aliases: ["How we bounce pods", "Operations Restart safely"],
    refs: [],
    isRunbook: false,
    alerts: [],
    sections: parseDocument("# How we bounce pods\n\nSlowly.\n").sections,
    markdown: "",
    readAtMs: 0,
  });
  const index = buildSearchIndex(items);

  for (const text of ["restart safely", "how we bounce pods", "operations restart safely"]) {
    const [best] = index.search({ text });
    expect(best?.id).toMatch(/^docs\/a\.md#/);
    expect(best?.score).toBeGreaterThan(0.9);
  }
});
