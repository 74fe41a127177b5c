import { toError } from "./errors.ts";

/** Collects what has to be closed; `releaseAll` closes in reverse order, all of it, and rethrows the first failure. */
export interface Releaser {
  /** Registers a close. Whoever opens something calls this in the next line. */
  add(name: string, release: () => unknown): void;
  releaseAll(): Promise<void>;
}

/** Creates an empty releaser. A second `releaseAll` finds nothing left to do. */
export function createReleaser(): Releaser {
  const releases: { name: string; release: () => unknown }[] = [];
  return {
    add: (name, release) => void releases.push({ name, release }),
    async releaseAll() {
      let firstFailure: Error | undefined;
      for (let entry = releases.pop(); entry !== undefined; entry = releases.pop()) {
        try {
          await entry.release();
        } catch (thrown) {
          firstFailure ??= new Error(`closing ${entry.name} failed: ${toError(thrown).message}`, {
            cause: thrown,
          });
        }
      }
      if (firstFailure !== undefined) throw firstFailure;
    },
  };
}
