import { WebAPIPlatformError } from "@slack/web-api";

import { toError } from "../base/errors.ts";
import type { SlackContext } from "./context.ts";
import { slackErrorCode } from "./errors.ts";

/** Shows under a talk that its answer is being looked for. */
export interface LookingStatus {
  /** Gives what `work` gives; only when that takes longer than people notice, *Callboard is looking …* stands there meanwhile. */
  during<T>(place: { channel: string; threadTs: string }, work: Promise<T>): Promise<T>;
}

/** Most answers come sooner, and a line that only flickers up is worse than none. */
const quietMs = 500;

/** These are about the place; every other refusal means that this workspace does not offer it. */
const localRefusals = new Set(["channel_not_found", "invalid_thread_ts", "ratelimited"]);

/**
 * Creates it. Nothing depends on the status: what Slack refuses is not tried again, and no answer waits for it.
 * @see https://docs.slack.dev/reference/methods/assistant.threads.setStatus
 */
export function createLookingStatus({
  web,
  logger,
}: Pick<SlackContext, "web" | "logger">): LookingStatus {
  let isOffered = true;
  const say = async (
    { channel, threadTs }: { channel: string; threadTs: string },
    status: string,
  ): Promise<void> => {
    if (!isOffered) return;
    try {
      await web.assistant.threads.setStatus({ channel_id: channel, thread_ts: threadTs, status });
    } catch (thrown) {
      const code = slackErrorCode(thrown) ?? "";
      if (thrown instanceof WebAPIPlatformError && !localRefusals.has(code)) isOffered = false;
      logger.debug({ error: toError(thrown).message }, "slack shows no status here");
    }
  };
  return {
    async during(place, work) {
      let saying: Promise<void> | undefined;
      const timer = setTimeout(() => {
        saying = say(place, "is looking …");
      }, quietMs);
      try {
        return await work;
      } finally {
        clearTimeout(timer);
        // an answer in the same thread ends it by itself, one beside it does not
        void saying?.then(async () => await say(place, ""));
      }
    },
  };
}
