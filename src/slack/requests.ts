import { allowedEdits, editDistance } from "../search/edit-distance.ts";
import type { Subcommand } from "./subcommands/subcommand.ts";

/** What somebody wants, after a command or in a message: a command of ours, else a question. */
export type Request =
  | { type: "command"; command: Subcommand; rest: string }
  /** `meant`: the command that the first words may be a slip of. */
  | { type: "question"; question: string; meant?: Subcommand };

/** Much longer texts are pasted by mistake; the answer needs the beginning only. */
const longestQuestion = 4000;
const longestWord = 40;

/** Reads what follows `/callboard`, a mention or nothing at all in a direct message; no text at all asks for help. */
export function parseRequest(text: string, commands: readonly Subcommand[]): Request {
  const question = shortened(text);
  const split = createSplitting(question === "" ? "help" : question);
  // of two names that fit, the longer says more: `catalog accept` is not `catalog`
  const byLength = commands.toSorted((a, b) => b.name.length - a.name.length);
  const takers = byLength.filter((command) => takes(command, split(command.name).rest));
  const command = takers.find(({ name }) => split(name).words === name);
  if (command !== undefined) return { type: "command", command, rest: split(command.name).rest };
  const meant = takers.find(({ name }) => isSlipOf(split(name).words, name));
  return { type: "question", question, ...(meant === undefined ? {} : { meant }) };
}

/** `text` without blanks around it, cut where nobody types any more. */
export function shortened(text: string): string {
  return text.trim().slice(0, longestQuestion);
}

function takes(command: Subcommand, rest: string): boolean {
  return command.takes?.(rest) ?? rest === "";
}

interface Split {
  words: string;
  rest: string;
}

/** Splits `text` after as many words as a name has; once for all names of so many words. */
function createSplitting(text: string): (name: string) => Split {
  const known: (Split | undefined)[] = [];
  return (name) => {
    let count = 1;
    for (let at = name.indexOf(" "); at >= 0; at = name.indexOf(" ", at + 1)) count += 1;
    return (known[count] ??= splitAfter(text, count));
  };
}

/** So many words from the beginning of `text`, without a slash before and signs behind them, and the rest. */
function splitAfter(text: string, count: number): Split {
  const parts = text.split(/\s+/, count);
  // what is longer is no word of ours, and slow to look through
  const words = parts.map((part) =>
    part
      .slice(0, longestWord)
      .toLowerCase()
      .replace(/[?!.]+$/, ""),
  );
  let rest = text;
  for (const part of parts) rest = rest.slice(part.length).trimStart();
  return { words: words.join(" ").replace(/^\//, ""), rest };
}

/** Typing slips are forgiven as in names of the catalog; a number of words that differs is none. */
function isSlipOf(words: string, name: string): boolean {
  const edits = allowedEdits(Math.min(words.length, name.length));
  return edits > 0 && editDistance(words, name, edits) <= edits;
}

/** A message as a person sees it: Slack's links and mentions by their names, its entities as characters, without our own mention. */
export function plainFromSlack(text: string, botUserId: string): string {
  return text
    .replaceAll(`<@${botUserId}>`, " ")
    .replace(/<([^<>|\s][^<>|]*)(?:\|([^<>]*))?>/g, (_whole, target: string, label?: string) =>
      plainLink(target, label),
    )
    .replaceAll("&lt;", "<")
    .replaceAll("&gt;", ">")
    .replaceAll("&amp;", "&")
    .trim();
}

function plainLink(target: string, label: string | undefined): string {
  const id = target.slice(1);
  if (target.startsWith("@")) return `@${label?.replace(/^@/, "") ?? id}`;
  if (target.startsWith("#")) return `#${label ?? id}`;
  if (target.startsWith("!")) return label ?? `@${id.split("^")[0]}`;
  return target.replace(/^(?:mailto|tel):/, "");
}
