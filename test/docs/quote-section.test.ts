import { expect, test } from "@jest/globals";

import { parseDocument } from "../../src/docs/parse-document.ts";
import { quoteSection } from "../../src/docs/quote-section.ts";

const { sections } = parseDocument(
  "# Lag\n\nIntro.\n\n## Mitigation\n\n### Poison event\n\nPark it.\n\n### Slow database\n\nWait.\n\n## Impact\n\nNone.\n",
);

test("a heading that only opens others is quoted with them", () => {
  expect(quoteSection(sections, "mitigation")).toEqual({
    markdown: "**Poison event**\n\nPark it.\n\n**Slow database**\n\nWait.",
    isCut: false,
  });
});

test("the title is quoted without the rest of the document", () => {
  expect(quoteSection(sections, "lag").markdown).toBe("Intro.");
});

test("what does not fit is cut", () => {
  const { markdown, isCut } = quoteSection(sections, "mitigation", 30);

  expect(isCut).toBe(true);
  expect(markdown).toBe("**Poison event**\n\nPark it.");
});

test("an unknown section quotes nothing", () => {
  expect(quoteSection(sections, "nowhere")).toEqual({ markdown: "", isCut: false });
});
