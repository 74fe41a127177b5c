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
  const a = left.slice(0, maxCompared);
  const b = right.slice(0, maxCompared);
  if (Math.abs(a.length - b.length) > limit) return limit + 1;
  let beforePrevious: number[] = [];
  let previous = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let row = 1; row <= a.length; row += 1) {
    const current = [row];
    let smallest = row;
    for (let column = 1; column <= b.length; column += 1) {
      const value = cell(a, b, row, column, { current, previous, beforePrevious });
      current.push(value);
      if (value < smallest) smallest = value;
    }
    if (smallest > limit) return limit + 1;
    beforePrevious = previous;
    previous = current;
  }
  return Math.min(previous[b.length] ?? limit + 1, limit + 1);
}

interface Rows {
  current: number[];
  previous: number[];
  beforePrevious: number[];
}

function cell(a: string, b: string, row: number, column: number, rows: Rows): number {
  const far = Number.MAX_SAFE_INTEGER;
  const isSame = a.charCodeAt(row - 1) === b.charCodeAt(column - 1);
  let best = (rows.previous[column - 1] ?? far) + (isSame ? 0 : 1);
  best = Math.min(best, (rows.previous[column] ?? far) + 1, (rows.current[column - 1] ?? far) + 1);
  const isSwap =
    row > 1 &&
    column > 1 &&
    a.charCodeAt(row - 1) === b.charCodeAt(column - 2) &&
    a.charCodeAt(row - 2) === b.charCodeAt(column - 1);
  return isSwap ? Math.min(best, (rows.beforePrevious[column - 2] ?? far) + 1) : best;
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
