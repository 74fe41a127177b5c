/** What somebody wants, after a command or in a message: a word of ours, else a question. */
export type Request =
  | { type: "help" }
  | { type: "status" }
  | { type: "new"; template: string }
  | { type: "check" }
  | { type: "question"; question: string };

/** Much longer texts are pasted by mistake; the answer needs the beginning only. */
const longestQuestion = 4000;

/** Our words, in any case; what they make of the text behind them. */
const verbs: Record<string, (rest: string) => Request | undefined> = {
  help: (rest) => (rest === "" ? { type: "help" } : undefined),
  status: (rest) => (rest === "" ? { type: "status" } : undefined),
  check: (rest) => (rest === "" ? { type: "check" } : undefined),
  newservice: (rest) => ({ type: "new", template: rest }),
  new: (rest) => ({ type: "new", template: rest.replace(/^service\b\s*/i, "") }),
  whoowns: (rest) => questionOf("who owns", rest),
  runbook: (rest) => questionOf("runbook for", rest.replace(/^for\s+/i, "")),
};

/** Reads what follows `/callboard`, a mention or nothing at all in a direct message. */
export function parseRequest(text: string): Request {
  const plainText = text.trim().slice(0, longestQuestion);
  if (plainText === "") return { type: "help" };
  // the first word, without a slash before it and signs behind it, and the rest
  const words = /^\/?([a-z]+)[?!.]*(?:\s+(.*))?$/is.exec(plainText);
  const verb = words?.[1]?.toLowerCase() ?? "";
  const request = Object.hasOwn(verbs, verb) ? verbs[verb]?.((words?.[2] ?? "").trim()) : undefined;
  return request ?? { type: "question", question: plainText };
}

/** What follows `/whoowns` and `/runbook`; nothing means that somebody wants to know how to use it. */
export function questionOf(verb: "who owns" | "runbook for", rest: string): Request {
  const words = rest.trim().slice(0, longestQuestion);
  if (words === "" || words.toLowerCase() === "help") return { type: "help" };
  return { type: "question", question: `${verb} ${words}` };
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
