/** Sums by number over one question, without making objects; used again for the next question. */
export interface Accumulator {
  has(number: number): boolean;
  add(number: number, amount: number): void;
  /** Whether so many numbers have a sum above this one. */
  hasAbove(sum: number, count: number): boolean;
  /** The numbers with the largest sums, largest first, smaller numbers first among equals; none below `least`; empties the accumulator. */
  takeTop(count: number, least?: number): number[];
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
    hasAbove(sum, count) {
      if (touched.length < count) return false;
      let above = 0;
      for (const number of touched) if ((sums[number] ?? 0) > sum) above += 1;
      return above >= count;
    },
    takeTop(count, fewest = -Infinity) {
      const top: number[] = [];
      // most numbers fail this one comparison
      let least = fewest;
      for (const number of touched) {
        const sum = sums[number] ?? 0;
        if (sum < least) continue;
        place(top, sums, number, sum);
        if (top.length <= count) continue;
        top.pop();
        least = sums[top[count - 1] ?? 0] ?? 0;
      }
      for (const number of touched) sums[number] = 0;
      touched.length = 0;
      return top;
    },
  };
}

/** Puts a number where its sum belongs. */
function place(top: number[], sums: Float32Array, number: number, sum: number): void {
  let at = top.length;
  top.push(number);
  while (at > 0) {
    const above = top[at - 1] ?? 0;
    const aboveSum = sums[above] ?? 0;
    if (aboveSum > sum || (aboveSum === sum && above < number)) break;
    top[at] = above;
    at -= 1;
  }
  top[at] = number;
}
