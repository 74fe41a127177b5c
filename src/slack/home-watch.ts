import { setTimeout as sleep } from "node:timers/promises";

import { toError } from "../base/errors.ts";
import type { Logger } from "../base/logger.ts";

export interface HomeWatchOptions {
  /** Draws somebody's Home tab; equal texts mean that nothing on it has changed. */
  fingerprint(slackUserId: string): Promise<string>;
  publish(slackUserId: string): Promise<void>;
  logger: Logger;
  /** Between two looks. */
  everyMs?: number;
  /** So long after it was opened a tab counts as open: Slack does not say when one is closed. */
  openForMs?: number;
  /** Ends all watching. */
  stopping: AbortSignal;
}

/** Keeps open Home tabs true: they are drawn again when what they show has changed, by whichever process. */
export interface HomeWatch {
  /** Somebody opened their tab, which shows what has this fingerprint. */
  opened(slackUserId: string, fingerprint: string): void;
}

/** Bounds the work: of more tabs than this the oldest are left as they are until they are opened again. */
const mostTabs = 200;

/** Creates it. The work for each tab goes on in the context (the workspace) that `opened` was called in. */
export function createHomeWatch(options: HomeWatchOptions): HomeWatch {
  const { logger, everyMs = 10_000, openForMs = 15 * 60_000, stopping } = options;
  const tabs = new Map<string, AbortController>();
  const watch = async (slackUserId: string, seen: string, signal: AbortSignal): Promise<void> => {
    let shown = seen;
    for (let waitedMs = 0; waitedMs < openForMs; waitedMs += everyMs) {
      await sleep(everyMs, undefined, { signal, ref: false });
      try {
        const present = await options.fingerprint(slackUserId);
        if (present === shown) continue;
        await options.publish(slackUserId);
        shown = present;
      } catch (thrown) {
        logger.debug({ error: toError(thrown).message }, "a Home tab could not be drawn again");
      }
    }
  };
  return {
    opened(slackUserId, fingerprint) {
      tabs.get(slackUserId)?.abort();
      tabs.delete(slackUserId);
      const [oldest] = tabs.keys();
      if (tabs.size >= mostTabs && oldest !== undefined) {
        tabs.get(oldest)?.abort();
        tabs.delete(oldest);
      }
      const tab = new AbortController();
      tabs.set(slackUserId, tab);
      watch(slackUserId, fingerprint, AbortSignal.any([tab.signal, stopping]))
        // aborted: opened anew, crowded out, or stopped
        .catch(() => undefined)
        .finally(() => {
          if (tabs.get(slackUserId) === tab) tabs.delete(slackUserId);
        });
    },
  };
}
