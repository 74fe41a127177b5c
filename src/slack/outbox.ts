import { setTimeout as sleep } from "node:timers/promises";

import {
  type ChatPostMessageArguments,
  type WebClient,
  WebAPIRateLimitedError,
} from "@slack/web-api";

import type { MessageMarker, SentMessage } from "./own-messages.ts";
import type { MessageContent } from "./views/blocks.ts";

/** A message to send, as Slack wants it, without what every message of ours has. */
export interface OutgoingMessage extends MessageContent {
  channel: string;
  /** Set for a reply in a thread. */
  threadTs?: string;
  metadata?: MessageMarker;
}

/** How a message is sent. */
export interface Sending {
  signal: AbortSignal;
  /** Called right before it goes out, after all waiting; what it throws is thrown, and nothing is sent. */
  assertCurrent?(): Promise<void>;
}

/** The only sender of messages: one at a time in each channel, as fast as Slack allows. */
export interface Outbox {
  /**
   * Sends once. A rate limit is waited for, since nothing was sent then; every other failure is thrown as it is, because
   * after a lost reply nobody knows whether the message arrived.
   */
  post(message: OutgoingMessage, sending?: Sending): Promise<SentMessage>;
  /** Lets what is being sent finish, drops what waits, and leaves no timer behind. */
  stop(): Promise<void>;
}

export interface OutboxOptions {
  /** A client that never repeats by itself. */
  client: WebClient;
  /** Between two messages in one channel; Slack allows one a second, with short bursts. */
  spacingMs?: number;
}

/** Messages that may follow each other at once in a channel before the spacing begins. */
const burst = 3;
/** Bounds memory: channels whose pace is remembered. */
const keptLanes = 1000;
const longestRateLimitWaitMs = 60_000;

interface Lane {
  tail: Promise<unknown>;
  waiting: number;
  /** When the last messages were sent, oldest first, at most `burst`. */
  sentAtMs: number[];
}

/** Creates the sender. */
export function createOutbox(options: OutboxOptions): Outbox {
  const spacingMs = options.spacingMs ?? 1000;
  const lanes = new Map<string, Lane>();
  const stopping = new AbortController();
  const inOrder = async <T>(channel: string, send: (lane: Lane) => Promise<T>): Promise<T> => {
    if (lanes.size >= keptLanes) dropIdleLanes(lanes, spacingMs);
    const lane = lanes.get(channel) ?? { tail: Promise.resolve(), waiting: 0, sentAtMs: [] };
    lanes.set(channel, lane);
    lane.waiting += 1;
    const sent = lane.tail.then(async () => await send(lane));
    lane.tail = sent.catch(() => undefined);
    try {
      return await sent;
    } finally {
      lane.waiting -= 1;
    }
  };
  return {
    async post(message, sending) {
      const given =
        sending === undefined
          ? stopping.signal
          : AbortSignal.any([stopping.signal, sending.signal]);
      return await inOrder(message.channel, async (lane) => {
        await pace(lane, spacingMs, given);
        for (;;) {
          await sending?.assertCurrent?.();
          given.throwIfAborted();
          try {
            return await postOnce(options.client, message);
          } catch (thrown) {
            if (!(thrown instanceof WebAPIRateLimitedError)) throw thrown;
            const waitMs = thrown.retryAfter * 1000;
            if (waitMs > longestRateLimitWaitMs) throw thrown;
            await sleep(waitMs, undefined, { signal: given });
          }
        }
      });
    },
    async stop() {
      stopping.abort();
      await Promise.allSettled([...lanes.values()].map((lane) => lane.tail));
    },
  };
}

/** A lane is forgotten only when what it sent cannot slow down the next message any more. */
function dropIdleLanes(lanes: Map<string, Lane>, spacingMs: number): void {
  const longAgo = Date.now() - burst * spacingMs;
  for (const [channel, lane] of lanes) {
    if (lane.waiting === 0 && (lane.sentAtMs.at(-1) ?? 0) < longAgo) lanes.delete(channel);
  }
}

async function pace(lane: Lane, spacingMs: number, signal: AbortSignal): Promise<void> {
  const oldest = lane.sentAtMs.length < burst ? undefined : lane.sentAtMs.shift();
  const waitMs = oldest === undefined ? 0 : oldest + burst * spacingMs - Date.now();
  if (waitMs > 0) await sleep(waitMs, undefined, { signal });
  lane.sentAtMs.push(Date.now());
}

async function postOnce(client: WebClient, message: OutgoingMessage): Promise<SentMessage> {
  const request: ChatPostMessageArguments = {
    channel: message.channel,
    text: message.text,
    blocks: message.blocks,
    unfurl_links: false,
    unfurl_media: false,
    ...(message.threadTs === undefined ? {} : { thread_ts: message.threadTs }),
    ...(message.metadata === undefined ? {} : { metadata: message.metadata }),
  };
  const { channel, ts } = await client.chat.postMessage(request);
  if (ts === undefined) throw new Error("Slack accepted a message without saying where it stands");
  return { channel: channel ?? message.channel, ts };
}
