import type { WebClient } from "@slack/web-api";

import { queryIntents } from "../ask/query.ts";
import { toError } from "../base/errors.ts";
import { isRecord } from "../base/json.ts";
import { canonicalRef } from "../catalog/ref.ts";
import type { Answer, Previous } from "../usecases/answers/answer.ts";
import { followUpOf } from "../usecases/answers/follow-up.ts";
import type { SlackContext } from "./context.ts";
import type { MessageMarker } from "./own-messages.ts";
import { within } from "./within.ts";

const eventType = "callboard_answer";

/**
 * What an answer's message carries, so that it is found again after a crash and further questions are understood: ids only,
 * because any app in the channel may read it.
 */
export function answerMarker(eventId: string, answer?: Answer): MessageMarker {
  const previous = answer === undefined ? undefined : followUpOf(answer);
  return {
    event_type: eventType,
    event_payload: {
      event_id: eventId,
      ...(previous === undefined ? {} : { ref: previous.ref, intent: previous.intent }),
    },
  };
}

/** A question and where it stands. */
export interface AskedMessage {
  channel: string;
  ts: string;
  /** Absent outside of threads. */
  threadTs?: string;
  isDirect: boolean;
}

/** An answer does not wait longer to know what was said before. */
const lookLimitMs = 1500;
/** Slack gives a thread from its beginning; in a longer one the latest answer is not looked for. */
const pageSize = 200;
const mostPages = 5;
/** In a direct message without threads the talk of this long ago is over. */
const talkMs = 30 * 60_000;
const talkMessages = 10;

/**
 * What the last answer of ours before a question was about: in its thread; in a direct message also in the talk around it.
 * It is read from Slack, so that it outlives this process. Undefined when there is none, or Slack does not say in time.
 */
export async function findEarlierAnswer(
  context: Pick<SlackContext, "web" | "logger" | "identity">,
  asked: AskedMessage,
): Promise<Previous | undefined> {
  const { web, logger } = context;
  const { botUserId } = context.identity();
  try {
    if (asked.threadTs !== undefined) {
      const looking = lastInThread(web, { ...asked, threadTs: asked.threadTs }, botUserId);
      return await within(looking, lookLimitMs);
    }
    if (!asked.isDirect) return undefined;
    return await within(lastInTalk(web, asked, botUserId), lookLimitMs);
  } catch (thrown) {
    // the question is answered all the same, as if nothing had been said before
    logger.warn({ error: toError(thrown).message }, "earlier answer not readable");
    return undefined;
  }
}

async function lastInThread(
  web: WebClient,
  asked: AskedMessage & { threadTs: string },
  botUserId: string,
): Promise<Previous | undefined> {
  let last: Previous | undefined;
  let cursor: { cursor?: string } = {};
  for (let page = 0; page < mostPages; page += 1) {
    const { messages = [], response_metadata: more } = await web.conversations.replies({
      channel: asked.channel,
      ts: asked.threadTs,
      latest: asked.ts,
      limit: pageSize,
      include_all_metadata: true,
      ...cursor,
    });
    for (const message of messages) last = previousOf(message, botUserId) ?? last;
    const next = more?.next_cursor;
    if (next === undefined || next === "") return last;
    cursor = { cursor: next };
  }
  return undefined;
}

/** Newest first, as Slack gives a channel. */
async function lastInTalk(
  web: WebClient,
  asked: AskedMessage,
  botUserId: string,
): Promise<Previous | undefined> {
  const { messages = [] } = await web.conversations.history({
    channel: asked.channel,
    latest: asked.ts,
    oldest: String(Math.max(0, Number(asked.ts) - talkMs / 1000)),
    limit: talkMessages,
    include_all_metadata: true,
  });
  for (const message of messages) {
    const previous = previousOf(message, botUserId);
    if (previous !== undefined) return previous;
  }
  return undefined;
}

/** What a message of ours says it is about; what other apps wrote into theirs counts for nothing. */
function previousOf(message: unknown, botUserId: string): Previous | undefined {
  if (!isRecord(message) || message["user"] !== botUserId) return undefined;
  const { metadata } = message;
  if (!isRecord(metadata) || metadata["event_type"] !== eventType) return undefined;
  const payload = metadata["event_payload"];
  if (!isRecord(payload)) return undefined;
  const { ref, intent } = payload;
  const canonical = typeof ref === "string" ? canonicalRef(ref) : undefined;
  const known = queryIntents.find((each) => each === intent);
  return canonical === undefined || known === undefined
    ? undefined
    : { ref: canonical, intent: known };
}
