/** A stream of random numbers that is the same for the same seed. */
export interface Random {
  /** From 0 to below 1. */
  next(): number;
  /** From 0 to below `end`, whole. */
  below(end: number): number;
  pick<T>(values: readonly T[]): T;
  /** Picks by Zipf's law: the second half as often as the first, the third a third as often. */
  pickByRank<T>(values: readonly T[]): T;
  /** True with this probability. */
  chance(probability: number): boolean;
  /** `count` different values, or all of them. */
  sample<T>(values: readonly T[], count: number): T[];
}

/** Creates the stream (mulberry32, public domain). */
export function createRandom(seed: number): Random {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const below = (end: number): number => Math.floor(next() * end);
  return {
    next,
    below,
    pick: (values) => at(values, below(values.length)),
    pickByRank(values) {
      const rank = Math.floor(Math.exp(next() * Math.log(values.length + 1)));
      return at(values, Math.min(rank, values.length) - 1);
    },
    chance: (probability) => next() < probability,
    sample(values, count) {
      const left = [...values];
      const taken = [];
      while (taken.length < count && left.length > 0)
        taken.push(...left.splice(below(left.length), 1));
      return taken;
    },
  };
}

function at<T>(values: readonly T[], index: number): T {
  const value = values[index];
  if (value === undefined) throw new Error("there is nothing to pick from");
  return value;
}
