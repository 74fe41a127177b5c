/** How a host reads patterns; GitHub and GitLab differ in small ways. */
export type CodeownersDialect = "github" | "gitlab";

/** A pattern, taken apart once. */
export interface PathPattern {
  segments: readonly string[];
  /** Folders that match own everything below them. */
  coversBelow: boolean;
}

/**
 * Takes a pattern apart. On GitHub one with a slash inside is anchored at the root, on GitLab only one that begins with a slash;
 * a trailing slash means all below.
 * @returns undefined for what the host refuses: `!`, character ranges, `***`, or nothing at all.
 */
export function parsePattern(text: string, dialect: CodeownersDialect): PathPattern | undefined {
  if (isRefused(text, dialect)) return undefined;
  const segments = text.split("/").filter((segment) => segment !== "");
  const floats = !text.startsWith("/") && (dialect === "gitlab" || segments.length === 1);
  if (floats && segments[0] !== "**") segments.unshift("**");
  if (text.endsWith("/") && segments.at(-1) !== "**") segments.push("**");
  const last = segments.at(-1);
  const isOpen = last !== "*" && last !== "**";
  return { segments, coversBelow: dialect === "github" ? isOpen : text === "*" };
}

function isRefused(text: string, dialect: CodeownersDialect): boolean {
  if (text === "" || text === "/" || text.includes("***")) return true;
  return dialect === "github" && /^!|[[\]]/.test(text);
}

/** True when the pattern owns the path, `docs/intro.md`. Takes time in proportion to pattern times path at most. */
export function matchesPath(pattern: PathPattern, path: string): boolean {
  const parts = path.split("/").filter((part) => part !== "");
  const { segments, coversBelow } = pattern;
  // reached[i]: the segments so far match the first i parts.
  let reached = new Set([0]);
  for (const [index, segment] of segments.entries()) {
    const next = new Set<number>();
    if (segment === "**") {
      const from = Math.min(...reached);
      // At the end it stands for at least one part, elsewhere for none too.
      const first = index === segments.length - 1 ? from + 1 : from;
      for (let at = first; at <= parts.length; at += 1) next.add(at);
    } else {
      for (const at of reached) {
        const part = parts[at];
        if (part !== undefined && matchesSegment(segment, part)) next.add(at + 1);
      }
    }
    if (next.size === 0) return false;
    reached = next;
  }
  return coversBelow ? reached.size > 0 : reached.has(parts.length);
}

/** Matches `*` and `?` inside one path segment, going back at most to the last star: never exponential. */
function matchesSegment(pattern: string, text: string): boolean {
  let at = 0;
  let read = 0;
  let star = -1;
  let starText = 0;
  while (read < text.length) {
    const char = pattern[at];
    if (char === "*") {
      star = at;
      starText = read;
      at += 1;
    } else if (char === "?" || (char !== undefined && char === text[read])) {
      at += 1;
      read += 1;
    } else if (star >= 0) {
      starText += 1;
      at = star + 1;
      read = starText;
    } else return false;
  }
  while (pattern[at] === "*") at += 1;
  return at === pattern.length;
}
