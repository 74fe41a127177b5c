import type { WebClient } from "@slack/web-api";

import { isRecord } from "../base/json.ts";
import type { Logger } from "../base/logger.ts";
import { slackErrorCode } from "./errors.ts";

/** Where a message stands. */
export interface SentMessage {
  channel: string;
  ts: string;
}

/** What a message of ours carries in its metadata; any app in the channel may read it, so it holds ids only. */
export interface MessageMarker {
  /** Such as `callboard_run`. */
  event_type: string;
  event_payload: Record<string, string>;
}

/** A page of messages as long as Slack gives one. */
const pageSize = 200;
/** Beyond this many pages a channel is too busy to be searched; the run's own message is younger than its run. */
const mostPages = 10;
/** Clocks of ours and Slack's differ by less. */
const skewMs = 60_000;

interface Page {
  messages?: unknown[];
  response_metadata?: { next_cursor?: string };
}

/** Our parent message of a run in a channel; undefined when it is not there. @throws what Slack answers, save a missing scope. */
export async function findOwnMessage(
  web: WebClient,
  place: { channel: string; marker: MessageMarker; sinceMs: number },
  logger: Logger,
): Promise<SentMessage | undefined> {
  const oldest = String(Math.max(0, place.sinceMs - skewMs) / 1000);
  return await search(place.channel, place.marker, logger, async (cursor) => {
    const page: Page = await web.conversations.history({
      channel: place.channel,
      oldest,
      limit: pageSize,
      include_all_metadata: true,
      ...cursor,
    });
    return page;
  });
}

/** Our reply in a thread; undefined when it is not there. */
export async function findOwnReply(
  web: WebClient,
  place: { channel: string; threadTs: string; marker: MessageMarker },
  logger: Logger,
): Promise<SentMessage | undefined> {
  return await search(place.channel, place.marker, logger, async (cursor) => {
    const page: Page = await web.conversations.replies({
      channel: place.channel,
      ts: place.threadTs,
      limit: pageSize,
      include_all_metadata: true,
      ...cursor,
    });
    return page;
  });
}

async function search(
  channel: string,
  marker: MessageMarker,
  logger: Logger,
  read: (cursor: { cursor?: string }) => Promise<Page>,
): Promise<SentMessage | undefined> {
  let cursor: { cursor?: string } = {};
  for (let page = 0; page < mostPages; page += 1) {
    const answer = await read(cursor).catch((thrown: unknown): Page => {
      // without the right to read there is nothing to be found; sending twice is better than not at all
      if (slackErrorCode(thrown) !== "missing_scope") throw thrown;
      logger.warn({ channel }, "slack history cannot be read: a history scope is missing");
      return {};
    });
    const ts = (answer.messages ?? [])
      .map((message) => markedTs(message, marker))
      .find((found) => found !== undefined);
    if (ts !== undefined) return { channel, ts };
    const next = answer.response_metadata?.next_cursor;
    if (next === undefined || next === "") return undefined;
    cursor = { cursor: next };
  }
  return undefined;
}

/** The message's time stamp when it carries the marker. */
function markedTs(message: unknown, marker: MessageMarker): string | undefined {
  if (!isRecord(message) || !isRecord(message["metadata"])) return undefined;
  const { event_type: eventType, event_payload: payload } = message["metadata"];
  if (eventType !== marker.event_type || !isRecord(payload)) return undefined;
  const isSame = Object.entries(marker.event_payload).every(([key, id]) => payload[key] === id);
  return isSame && typeof message["ts"] === "string" ? message["ts"] : undefined;
}
