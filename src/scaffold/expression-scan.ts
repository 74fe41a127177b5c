import { mayHoldExpression } from "./expressions.ts";

/** What the expressions of a text refer to, found without running them. */
export interface ScannedText {
  /** Names of filters, each once. */
  filters: string[];
  /** Ids used as `steps.<id>` or `steps['<id>']`, each once. */
  steps: string[];
}

/** Code between delimiters; comments and raw regions are passed over. Lengths are bounded by the file's. */
const codeRegions =
  /\{#[\s\S]*?#\}|\{%-?\s*(?:raw|verbatim)\s*-?%\}[\s\S]*?\{%-?\s*end(?:raw|verbatim)\s*-?%\}|\$\{\{([\s\S]*?)\}\}|\{%([\s\S]*?)%\}/g;
/** A quoted text, a name, a number, or one sign. */
const tokens = /"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|[A-Za-z_$][\w$]*|\d+(?:\.\d+)?|\S/g;
const isName = (token: string | undefined): boolean => /^[A-Za-z_$]/.test(token ?? "");

/** Scans one text of a template for filters and step references. */
export function scanText(text: string): ScannedText {
  const filters = new Set<string>();
  const steps = new Set<string>();
  if (mayHoldExpression(text)) {
    for (const match of text.matchAll(codeRegions)) {
      const code = (match[1] ?? match[2])?.match(tokens);
      if (code === undefined || code === null) continue;
      scanCode(code, match[2] !== undefined, filters, steps);
    }
  }
  return { filters: [...filters], steps: [...steps] };
}

function scanCode(code: string[], isTag: boolean, filters: Set<string>, steps: Set<string>): void {
  code.forEach((token, index) => {
    const before = code[index - 1];
    const next = code[index + 1];
    if (token === "|" && before !== "|" && isName(next)) filters.add(filterName(code, index + 1));
    // {% filter upper %}…{% endfilter %}
    if (isTag && token === "filter" && isOpening(code, index) && isName(next)) {
      filters.add(filterName(code, index + 1));
    }
    if (token === "steps" && before !== "." && before !== "set") {
      const id = stepId(code, index + 1);
      if (id !== undefined) steps.add(id);
    }
  });
}

function isOpening(code: string[], index: number): boolean {
  return index === 0 || (index === 1 && (code[0] === "-" || code[0] === "+"));
}

/** Plug-ins may give filters names with dots. */
function filterName(code: string[], start: number): string {
  let name = code[start] ?? "";
  for (let at = start + 1; code[at] === "." && isName(code[at + 1]); at += 2) {
    name += `.${code[at + 1] ?? ""}`;
  }
  return name;
}

function stepId(code: string[], start: number): string | undefined {
  const sign = code[start];
  const name = code[start + 1];
  if (sign === "." && name !== undefined && isName(name)) return name;
  if (sign !== "[" || name === undefined || code[start + 2] !== "]") return undefined;
  return /^["']/.test(name) ? name.slice(1, -1) : undefined;
}
