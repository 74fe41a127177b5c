/** Sums by number over one question, without making objects; used again for the next question. */
export interface Accumulator {
  has(number: number): boolean;
  add(number: number, amount: number): void;
  /** The numbers with the largest sums, largest first, smaller numbers first among equals; empties the accumulator. */
  takeTop(count: number): { number: number; sum: number }[];
}

/** Creates an accumulator for numbers below `size`. */
export function createAccumulator(size: number): Accumulator {
  const sums = new Float32Array(size);
  const touched: number[] = [];
  return {
    has: (number) => sums[number] !== 0,
    add(number, amount) {
      const before = sums[number];
      // out of range: not a number of ours
      if (before === undefined) return;
      if (before === 0) touched.push(number);
      sums[number] = before + amount;
    },
    takeTop(count) {
      const top: { number: number; sum: number }[] = [];
      for (const number of touched) {
        insert(top, { number, sum: sums[number] ?? 0 }, count);
        sums[number] = 0;
      }
      touched.length = 0;
      return top;
    },
  };
}

/** Keeps the list sorted and no longer than `count`; most numbers fail the first comparison. */
function insert(
  top: { number: number; sum: number }[],
  entry: { number: number; sum: number },
  count: number,
): void {
  const last = top.at(-1);
  if (top.length >= count && last !== undefined && !isBefore(entry, last)) return;
  let at = top.length;
  for (let above = top[at - 1]; above !== undefined && isBefore(entry, above); above = top[at - 1])
    at -= 1;
  top.splice(at, 0, entry);
  if (top.length > count) top.pop();
}

function isBefore(a: { number: number; sum: number }, b: { number: number; sum: number }): boolean {
  return a.sum > b.sum || (a.sum === b.sum && a.number < b.number);
}
