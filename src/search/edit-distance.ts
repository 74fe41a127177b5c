/** Typing slips that are forgiven in a word of this length: none up to 3 letters, one up to 7, two from 8. */
export function allowedEdits(length: number): number {
  if (length <= 3) return 0;
  return length <= 7 ? 1 : 2;
}

/** Longer words are compared by their beginning only. */
const maxCompared = 64;

/**
 * Typing slips between two words: letters added, left out, replaced, or two neighbours swapped (which counts once,
 * unlike in plain Levenshtein distance). Gives `limit + 1` as soon as the distance must be larger than `limit`.
 */
export function editDistance(left: string, right: string, limit: number): number {
  if (left === right) return 0;
  const [a, b] = unlike(left.slice(0, maxCompared), right.slice(0, maxCompared));
  if (Math.abs(a.length - b.length) > limit) return limit + 1;
  if (a === "" || b === "") return Math.min(a.length + b.length, limit + 1);
  // three rows of the table that take turns, because a swap looks two rows back
  const width = b.length + 1;
  const rows = new Uint8Array(width * 3);
  for (let column = 0; column < width; column += 1) rows[column] = column;
  for (let row = 1; row <= a.length; row += 1)
    if (fillRow(a, b, row, rows, width) > limit) return limit + 1;
  return Math.min(rows[(a.length % 3) * width + b.length] ?? limit + 1, limit + 1);
}

/** What is left of two words without the beginning and end that they share: mostly a few letters. */
function unlike(left: string, right: string): [string, string] {
  const shorter = Math.min(left.length, right.length);
  let from = 0;
  while (from < shorter && left.charCodeAt(from) === right.charCodeAt(from)) from += 1;
  let cut = 0;
  while (
    cut < shorter - from &&
    left.charCodeAt(left.length - 1 - cut) === right.charCodeAt(right.length - 1 - cut)
  )
    cut += 1;
  return [left.slice(from, left.length - cut), right.slice(from, right.length - cut)];
}

/** Fills one row of the table and gives its smallest value. */
function fillRow(a: string, b: string, row: number, rows: Uint8Array, width: number): number {
  const current = (row % 3) * width;
  const previous = ((row + 2) % 3) * width;
  const beforePrevious = ((row + 1) % 3) * width;
  const letter = a.charCodeAt(row - 1);
  const letterBefore = row > 1 ? a.charCodeAt(row - 2) : -1;
  let smallest = row;
  rows[current] = row;
  for (let column = 1; column < width; column += 1) {
    const other = b.charCodeAt(column - 1);
    let best = (rows[previous + column - 1] ?? 0) + (letter === other ? 0 : 1);
    best = Math.min(
      best,
      (rows[previous + column] ?? 0) + 1,
      (rows[current + column - 1] ?? 0) + 1,
    );
    if (column > 1 && letterBefore === other && letter === b.charCodeAt(column - 2))
      best = Math.min(best, (rows[beforePrevious + column - 2] ?? 0) + 1);
    rows[current + column] = best;
    if (best < smallest) smallest = best;
  }
  return smallest;
}

/** The slips between two words when they are few enough to be the same word, else undefined. */
export function slipsBetween(typed: string, written: string): number | undefined {
  const limit = Math.min(allowedEdits(typed.length), allowedEdits(written.length));
  if (limit === 0) return typed === written ? 0 : undefined;
  // in a short word the first letter carries too much of the meaning to be a slip
  if (typed.length <= 5 && typed.charCodeAt(0) !== written.charCodeAt(0)) return undefined;
  const distance = editDistance(typed, written, limit);
  return distance <= limit ? distance : undefined;
}
