const call = ".replaceAll(";

/**
 * Writes `x.replaceAll(a, b)` as `x.split(a).join(b)`: the engine lacks this one method, which skeletons written for the
 * Nunjucks of older Backstages use. Undefined when there is none, or one with other than two arguments or a regular expression.
 */
export function withoutReplaceAll(source: string): string | undefined {
  let text = source;
  for (let at = text.indexOf(call); at >= 0; at = text.indexOf(call, at)) {
    const args = argumentsFrom(text, at + call.length);
    const [first, second] = args?.texts ?? [];
    if (args === undefined || first === undefined || second === undefined) return undefined;
    if (args.texts.length !== 2 || first.trim().startsWith("r/")) return undefined;
    text = `${text.slice(0, at)}.split(${first}).join(${second})${text.slice(args.end)}`;
  }
  return text === source ? undefined : text;
}

const opening = new Set(["(", "[", "{"]);
const closing = new Set([")", "]", "}"]);

/** The arguments of a call whose first one begins at `start`, and where the call ends; undefined when it never does. */
function argumentsFrom(text: string, start: number): { texts: string[]; end: number } | undefined {
  const texts: string[] = [];
  let begin = start;
  let depth = 0;
  for (let at = start; at < text.length; at += 1) {
    const sign = text[at] ?? "";
    if (sign === '"' || sign === "'") at = endOfText(text, at);
    else if (opening.has(sign)) depth += 1;
    else if (depth > 0 && closing.has(sign)) depth -= 1;
    else if (depth === 0 && (sign === "," || sign === ")")) {
      texts.push(text.slice(begin, at));
      begin = at + 1;
      if (sign === ")") return { texts, end: at + 1 };
    }
  }
  return undefined;
}

/** Where the quoted text that begins at `start` ends. */
function endOfText(text: string, start: number): number {
  for (let at = start + 1; at < text.length; at += 1) {
    if (text[at] === "\\") at += 1;
    else if (text[at] === text[start]) return at;
  }
  return text.length;
}
