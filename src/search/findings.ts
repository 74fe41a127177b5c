/** What was found by key, to be used again while the same is looked for. */
export interface Findings<T> {
  /** What is known for the key; else what `find` gives, which is then known. */
  take(key: string, find: () => T): T;
  clear(): void;
}

/** Creates an empty memory, which grows until it is cleared. */
export function createFindings<T>(): Findings<T> {
  const known = new Map<string, { found: T }>();
  return {
    take(key, find) {
      const entry = known.get(key) ?? { found: find() };
      known.set(key, entry);
      return entry.found;
    },
    clear: () => {
      known.clear();
    },
  };
}
