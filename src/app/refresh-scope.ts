/** Whether the next generation reads everything, or only what watches told of. */
export interface RefreshScope {
  /** The next one reads everything. */
  widen(): void;
  /** Asked once by each generation: true when what was told of is enough. */
  take(): boolean;
  /** Builds a generation; what was told of is lost with one that fails. */
  within<T>(build: () => Promise<T>): Promise<T>;
}

/** Creates a scope that is wide. */
export function createRefreshScope(): RefreshScope {
  let isWide = true;
  return {
    widen: () => void (isWide = true),
    take() {
      const isQuick = !isWide;
      isWide = false;
      return isQuick;
    },
    async within(build) {
      try {
        return await build();
      } catch (thrown) {
        isWide = true;
        throw thrown;
      }
    },
  };
}
