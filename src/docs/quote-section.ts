import { cutSection, type Excerpt } from "./cut-section.ts";
import type { Section } from "./document.ts";

/**
 * What is quoted of a document for one of its sections: its text and, as far as there is room, the sections below it
 * with their headings, because a heading such as “Mitigation” often only opens several ways.
 */
export function quoteSection(
  sections: readonly Section[],
  anchor: string,
  maxLength = 1_200,
): Excerpt {
  const at = sections.findIndex((section) => section.anchor === anchor);
  const section = sections[at];
  if (section === undefined) return { markdown: "", isCut: false };
  // the title's section stands above all others, which are no part of what it says
  if (section.level <= 1) return cutSection(section.markdown, maxLength);
  const parts = [section.markdown];
  for (const below of sections.slice(at + 1)) {
    if (below.level <= section.level) break;
    parts.push(`**${below.heading}**`, below.markdown);
  }
  return cutSection(parts.filter((part) => part !== "").join("\n\n"), maxLength);
}
