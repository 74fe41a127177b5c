import { Lexer, type Token } from "marked";

import type { ParsedDocument, Section } from "./document.ts";
import { parseFrontMatter, splitFrontMatter } from "./front-matter.ts";
import { plainMarkdown } from "./plain-markdown.ts";

/** More sections than a person would ever write; the rest is joined to the last one. */
const maxSections = 500;

/**
 * Takes a Markdown text apart into front matter and sections. Never throws: text that the Markdown lexer refuses
 * becomes one section.
 */
export function parseDocument(text: string): ParsedDocument {
  // a byte order mark and Windows line ends would hide the front matter
  const clean = text
    .replace(/^\uFEFF/, "")
    .replaceAll("\r\n", "\n")
    .replaceAll("\r", "\n");
  const { yaml, bodyLine } = splitFrontMatter(clean);
  const { frontMatter, problem } = parseFrontMatter(yaml);
  const body = bodyLine === 0 ? clean : clean.split("\n").slice(bodyLine).join("\n");
  const sections = splitSections(lexBlocks(body), bodyLine + 1);
  const firstHeading = sections.find((section) => section.level > 0)?.heading;
  const title = frontMatter.title ?? firstHeading;
  return {
    title,
    frontMatter,
    sections: finishSections(sections, title),
    ...(problem === undefined ? {} : { problem }),
  };
}

/** Block structure only: inline markup is left as it is, which also spares the lexer's costly inline rules. */
export function lexBlocks(markdown: string): Token[] {
  const nested = isDeeplyNested(markdown);
  if (!nested) {
    try {
      return new Lexer().blockTokens(markdown.replaceAll("\t", "    "));
    } catch {
      // falls through: what the lexer cannot read is shown as it stands
    }
  }
  return markdown === "" ? [] : [{ type: "paragraph", raw: markdown, text: markdown }];
}

/** Quotes and lists inside each other dozens of levels deep make a recursive lexer slow, and no person writes them. */
function isDeeplyNested(markdown: string): boolean {
  // twenty or more quote or list marks at the beginning of a line
  return (
    /^(?:[ \t]{0,8}(?:>|[-*+]|\d{1,9}[.)])){20}/m.test(markdown) || /^[ \t]{400}/m.test(markdown)
  );
}

interface OpenSection {
  heading: string;
  level: number;
  parents: string[];
  raw: string[];
  line: number;
}

function splitSections(tokens: Token[], firstLine: number): OpenSection[] {
  let line = firstLine;
  let current: OpenSection = { heading: "", level: 0, parents: [], raw: [], line };
  const sections = [current];
  const above: { level: number; heading: string }[] = [];
  for (const token of tokens) {
    if (token.type === "heading" && sections.length < maxSections) {
      const level = headingDepth(token);
      const heading = plainMarkdown(String(token["text"])).slice(0, 200);
      while ((above.at(-1)?.level ?? 0) >= level) above.pop();
      current = { heading, level, parents: above.map((entry) => entry.heading), raw: [], line };
      above.push({ level, heading });
      sections.push(current);
    } else current.raw.push(token.raw);
    line += countLines(token.raw);
  }
  return sections;
}

function headingDepth(token: Token): number {
  const depth: unknown = "depth" in token ? token.depth : 1;
  return typeof depth === "number" ? depth : 1;
}

function countLines(raw: string): number {
  let lines = 0;
  for (let at = raw.indexOf("\n"); at >= 0; at = raw.indexOf("\n", at + 1)) lines += 1;
  return lines;
}

function finishSections(sections: OpenSection[], title: string | undefined): Section[] {
  const used = new Map<string, number>();
  const hasSeveral = sections.length > 1;
  return sections
    .map(({ raw, ...section }) => ({ ...section, markdown: raw.join("").trim() }))
    .filter((section) => section.level > 0 || section.markdown !== "" || !hasSeveral)
    .map((section) => ({
      anchor: section.level === 0 ? "" : uniqueAnchor(section.heading, used),
      heading: section.level === 0 ? (title ?? "") : section.heading,
      level: section.level,
      parents: section.parents.filter((parent) => parent !== title),
      markdown: section.markdown,
      line: section.line,
    }));
}

/** The anchor GitHub gives a heading: lower case, spaces to dashes, other signs dropped, repeated ones numbered. */
function uniqueAnchor(heading: string, used: Map<string, number>): string {
  const slug = heading
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}\s_-]/gu, "")
    .trim()
    .replaceAll(/\s/g, "-");
  const seen = used.get(slug) ?? 0;
  used.set(slug, seen + 1);
  return seen === 0 ? slug : `${slug}-${seen}`;
}
