import type { Token } from "marked";

import type { Section } from "./document.ts";
import { lexBlocks } from "./parse-document.ts";
import { plainMarkdown } from "./plain-markdown.ts";

/** One thing to do. */
export interface ChecklistStep {
  /** Heading that it stands under. */
  heading: string;
  /** Plain text on one line. */
  title: string;
  /** What belongs to it, as Markdown: commands, notes, lists below it. Empty when there is nothing more. */
  details: string;
}

/** Nobody ticks off more; the rest stays in the document. */
const mostSteps = 200;
const longestTitle = 300;
const longestDetails = 2_000;

/** Headings that inform and ask for nothing. */
const informing =
  /^(?:meaning|impact|symptoms?|background|overview|context|about|links?|see also|references?|contacts?|related|resources|additional resources|further reading|owners?|history|glossary)\b/i;

/**
 * The steps of a document, or of one section with those below it: each item of a list is one, with the code and text behind it;
 * a section without a list is one step by its heading. Sections that only inform are left out, unless there is nothing else.
 */
export function checklistSteps(sections: readonly Section[], anchor?: string): ChecklistStep[] {
  const scope = anchor === undefined ? sections : withThoseBelow(sections, anchor);
  const asked = scope.filter(
    ({ heading, parents }) => ![heading, ...parents].some((each) => informing.test(each.trim())),
  );
  const steps = asked.flatMap(stepsOf);
  const all = steps.length > 0 ? steps : scope.flatMap(stepsOf);
  return all.slice(0, mostSteps);
}

function withThoseBelow(sections: readonly Section[], anchor: string): Section[] {
  const at = sections.findIndex((section) => section.anchor === anchor);
  const top = sections[at];
  if (top === undefined) return [];
  const end = sections.findIndex(({ level }, index) => index > at && level <= top.level);
  return sections.slice(at, end < 0 ? undefined : end);
}

function stepsOf({ heading, level, markdown }: Section): ChecklistStep[] {
  const steps: ChecklistStep[] = [];
  const opening: string[] = [];
  let hasCode = false;
  for (const token of lexBlocks(markdown)) {
    const raw = token.raw.trim();
    if (raw === "" || token.type === "hr") continue;
    if (isList(token)) {
      steps.push(...token.items.map((item) => stepOfItem(heading, item)));
      continue;
    }
    hasCode ||= token.type === "code";
    const last = steps.at(-1);
    if (last === undefined) opening.push(raw);
    else last.details = joined([last.details, raw]);
  }
  const before = joined(opening);
  const [first] = steps;
  if (first !== undefined) {
    first.details = joined([before, first.details]);
    return steps;
  }
  // the words below the title introduce the document
  if (before === "" || (level <= 1 && !hasCode)) return [];
  return [{ heading, title: titleOf(heading), details: before.slice(0, longestDetails) }];
}

type ListToken = Token & { items: Item[] };

interface Item {
  text: string;
  tokens: Token[];
}

function isList(token: Token): token is ListToken {
  return token.type === "list" && "items" in token && Array.isArray(token["items"]);
}

function stepOfItem(heading: string, item: Item): ChecklistStep {
  const [first, ...rest] = item.tokens.filter(
    ({ type }) => type !== "space" && type !== "checkbox",
  );
  const isLine = first?.type === "text" || first?.type === "paragraph";
  const line = isLine ? first.raw : "";
  const details = isLine ? rest : item.tokens;
  return {
    heading,
    title: titleOf(line),
    details: joined(details.map(({ raw }) => raw.trim())),
  };
}

function titleOf(markdown: string): string {
  // a box of a task list
  const text = plainMarkdown(markdown.replace(/^\s*\[[ xX]\]\s+/, ""))
    .replaceAll(/\s+/g, " ")
    .trim();
  if (text === "") return "Step";
  return text.length <= longestTitle ? text : `${text.slice(0, longestTitle - 1).trimEnd()}…`;
}

/** Blocks with a line between them; code is kept whole or named, never cut. */
function joined(parts: readonly string[]): string {
  const kept: string[] = [];
  let room = longestDetails;
  for (const part of parts.filter((each) => each !== "")) {
    if (part.length > room) {
      kept.push("_(more in the document)_");
      break;
    }
    kept.push(part);
    room -= part.length + 2;
  }
  return kept.join("\n\n");
}
