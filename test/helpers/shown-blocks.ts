import { isRecord } from "../../src/base/json.ts";
import {
  charactersPerMessage,
  checkBlocks,
  countCharacters,
} from "../../src/playground/checks/blocks.ts";
import { formatProblem } from "../../src/playground/checks/check.ts";
import { checkView } from "../../src/playground/checks/views.ts";

/** What Slack would refuse about a message, and people named in one that names nobody (`isNameless`). */
export function messageProblems(
  content: { text: string; blocks: readonly unknown[] },
  { isNameless = false } = {},
): string[] {
  const problems = checkBlocks(content.blocks, "message").map(formatProblem);
  const characters = countCharacters(content.blocks);
  if (characters > charactersPerMessage) problems.push(`${characters} characters in all`);
  if (content.text === "" || content.text.length > 4000)
    problems.push(`text has ${content.text.length} characters`);
  const named = isNameless && mrkdwnTexts(content).some((text) => text.includes("<@"));
  return [...problems, ...textProblems(content), ...(named ? ["a person is named"] : [])];
}

function mrkdwnTexts(node: unknown): string[] {
  if (Array.isArray(node)) return node.flatMap(mrkdwnTexts);
  if (!isRecord(node)) return [];
  if (node["type"] === "mrkdwn") return [String(node["text"])];
  return Object.values(node).flatMap(mrkdwnTexts);
}

/** What Slack would refuse about a modal or Home tab. */
export function viewProblems(view: unknown, surface: "modal" | "home"): string[] {
  return [...checkView(view, surface).map(formatProblem), ...textProblems(view)];
}

/** What goes back and forth but is never shown. */
const unshown = new Set(["value", "block_id", "action_id", "private_metadata"]);

/**
 * Everything in mrkdwn that Slack would act on, other than links to http and https, the channel of a contact and the
 * person who asked: nothing of it may come from outside. Broken entities and halves of characters count too.
 */
function textProblems(node: unknown, isMrkdwn = false, key = ""): string[] {
  if (unshown.has(key)) return [];
  if (typeof node === "string") return stringProblems(node, isMrkdwn && key === "text");
  if (Array.isArray(node)) return node.flatMap((each) => textProblems(each));
  if (!isRecord(node)) return [];
  return objectProblems(node);
}

function objectProblems(node: Record<string, unknown>): string[] {
  const type = String(node["type"]);
  const isParsed = type === "mrkdwn" || (typeof node["text"] === "string" && "blocks" in node);
  if (type === "mrkdwn" && node["verbatim"] !== true) return ["mrkdwn that is not verbatim"];
  if (naming.has(type)) return [`a ${type} element`];
  return Object.entries(node).flatMap(([name, value]) => textProblems(value, isParsed, name));
}

/** Elements of rich text that name people or channels. */
const naming = new Set(["user", "usergroup", "broadcast", "channel"]);

function stringProblems(text: string, isMrkdwn: boolean): string[] {
  const problems = /\p{Surrogate}/u.test(text) ? ["half a character"] : [];
  return isMrkdwn ? [...problems, ...mrkdwnProblems(text)] : problems;
}

function mrkdwnProblems(text: string): string[] {
  const problems: string[] = [];
  // a control sequence as a whole, or a bracket that belongs to none
  for (const [found] of text.matchAll(/<[^<>]*>|[<>]/g)) {
    const isLink = /^<https?:\/\/[^|<>\s]+\|[^|<>]*>$/.test(found);
    const isChannel = /^<#[CG][A-Z0-9]{6,30}>$/.test(found);
    const isRequester = /^<@[UW][A-Z0-9]{2,30}>$/.test(found);
    const isMoment = /^<!date\^\d+\^[a-z_{} ]+\|[\w:. -]+>$/.test(found);
    if (!isLink && !isChannel && !isRequester && !isMoment)
      problems.push(`control sequence ${found}`);
  }
  // an ampersand that begins no entity
  if (/&(?!amp;|lt;|gt;)/.test(text)) problems.push("broken entity");
  if (/[\u202a-\u202e\u2066-\u2069]/.test(text)) problems.push("reordering or control character");
  return problems;
}
