import { toError } from "../../base/errors.ts";
import type { Logger } from "../../base/logger.ts";

export interface RefresherOptions<T> {
  /** Reads everything anew; `previous` is what is shown now. */
  build(previous: T | undefined, signal: AbortSignal): Promise<T>;
  /** Called after each switch. */
  onSwitch?(next: T): void;
  logger: Logger;
}

/** Holds one value that is rebuilt beside the present one and then switched. */
export interface Refresher<T> {
  /** @throws Error before the first build has finished. */
  current(): T;
  /**
   * Resolves with a value whose building began after this call, so that what was written before is in it.
   * Calls during a build share the next one. Rejects when building failed; the present value stays.
   */
  refresh(): Promise<T>;
  /** Asks for a refresh and logs its failure instead of throwing; for watchers and timers. */
  refreshSoon(): void;
  close(): Promise<void>;
}

/** Creates a refresher that has nothing yet: call `refresh` once before use. */
export function createRefresher<T>(options: RefresherOptions<T>): Refresher<T> {
  const abort = new AbortController();
  let value: { present: T } | undefined;
  let running: Promise<T> | undefined;
  let next: Promise<T> | undefined;

  async function build(): Promise<T> {
    const built = await options.build(value?.present, abort.signal);
    value = { present: built };
    options.onSwitch?.(built);
    return built;
  }

  function start(): Promise<T> {
    const building = build().finally(() => {
      if (running === building) running = undefined;
    });
    running = building;
    return building;
  }

  function refresh(): Promise<T> {
    if (running === undefined) return start();
    next ??= running
      .catch(() => undefined)
      .then(() => {
        next = undefined;
        return start();
      });
    return next;
  }

  return {
    current() {
      if (value === undefined) throw new Error("nothing has been built yet");
      return value.present;
    },
    refresh,
    refreshSoon() {
      refresh().catch((thrown: unknown) => {
        if (!abort.signal.aborted)
          options.logger.error({ error: toError(thrown).message }, "refresh failed");
      });
    },
    async close() {
      abort.abort();
      await Promise.allSettled([running, next]);
    },
  };
}
