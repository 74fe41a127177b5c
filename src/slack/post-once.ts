import { setTimeout as sleep } from "node:timers/promises";

import { UpstreamError } from "../base/errors.ts";
import { isOutcomeUnknown } from "./errors.ts";
import type { SentMessage } from "./own-messages.ts";

/** How often a message is looked for after a lost reply before it is taken as never sent. */
const lookups = 3;

/** Posts; when nobody knows whether that worked, looks for the message, and only sends again what is certainly not there. */
export async function postUnlessSent(
  post: () => Promise<SentMessage>,
  find: () => Promise<SentMessage | undefined>,
  signal: AbortSignal,
  { lookupPauseMs = 400 }: { lookupPauseMs?: number },
): Promise<SentMessage> {
  try {
    return await post();
  } catch (thrown) {
    if (!isOutcomeUnknown(thrown)) throw thrown;
    for (let tries = 0; tries < lookups; tries += 1) {
      await sleep(lookupPauseMs * 2 ** tries, undefined, { signal });
      const found = await find();
      if (found !== undefined) return found;
    }
    // the next attempt looks once more before it posts
    throw new UpstreamError("slack-unreachable", "Slack did not say whether it took a message", {
      isRetryable: true,
      cause: thrown,
    });
  }
}
