/** Letters and digits have codes 1–36, everything else shares the rest up to 39; 0 is the edge of a name. */
const alphabet = 40;

/** Numbers of groups of three letters are below this. */
export const trigramCount = alphabet ** 3;

/** Groups of three letters of a joined form, its beginning and end counted as letters of their own. */
export function trigrams(joined: string): number[] {
  const length = Math.min(joined.length, 64);
  const grams: number[] = [];
  let before = 0;
  let middle = letterCode(joined.charCodeAt(0));
  for (let at = 1; at <= length; at += 1) {
    const after = at === length ? 0 : letterCode(joined.charCodeAt(at));
    grams.push((before * alphabet + middle) * alphabet + after);
    before = middle;
    middle = after;
  }
  return grams;
}

function letterCode(code: number): number {
  if (code >= 97 && code <= 122) return code - 96;
  if (code >= 48 && code <= 57) return code - 48 + 27;
  return 37 + (code % 3);
}
