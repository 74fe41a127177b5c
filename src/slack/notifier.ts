import { setTimeout as sleep } from "node:timers/promises";

import { type WebClient, WebAPIRateLimitedError } from "@slack/web-api";

import { toError, UpstreamError } from "../base/errors.ts";
import type { Logger } from "../base/logger.ts";
import type { Notifier } from "../usecases/notifier.ts";
import type { RunRecord } from "../usecases/run-record.ts";
import type { SlackClients } from "./clients.ts";
import { isClosedChannel, isOutcomeUnknown, toExpected } from "./errors.ts";
import type { OutgoingMessage, Outbox } from "./outbox.ts";
import {
  findOwnMessage,
  findOwnReply,
  type MessageMarker,
  type SentMessage,
} from "./own-messages.ts";
import { renderRunMessage, renderRunResult } from "./views/run-view.ts";

export interface NotifierOptions {
  clients: SlackClients;
  outbox: Outbox;
  logger: Logger;
  now: () => number;
  /** Between two edits of the same message. */
  updateSpacingMs?: number;
  /** Before a message whose fate is unknown is looked for; doubled each time. */
  lookupPauseMs?: number;
}

/** Reports runs in Slack; `stop` drops edits that wait and leaves no timer behind. */
export interface SlackNotifier extends Notifier {
  stop(): Promise<void>;
}

/** What a run's message carries, so that it is found again after a crash. */
function runMarker(runId: string): MessageMarker {
  return { event_type: "callboard_run", event_payload: { run_id: runId } };
}

/** Creates the notifier. Every error it throws is one of ours where more tries may help (`UpstreamError`). */
export function createNotifier(options: NotifierOptions): SlackNotifier {
  const edits = createEdits(options);
  return {
    async open(run, signal) {
      return await expected(openMessage(run, signal, options));
    },
    update(run) {
      if (hasMessage(run)) edits.soon(run);
    },
    async finish(run, signal) {
      if (!hasMessage(run)) return;
      await expected(edits.final(run, signal));
      await expected(postResult(run, signal, options));
    },
    stop: async () => await edits.stop(),
  };
}

type ReportedRun = RunRecord & { message: { channel: string; ts: string } };

function hasMessage(run: RunRecord): run is ReportedRun {
  return run.message?.ts !== undefined && run.message.ts !== "";
}

async function expected<T>(work: Promise<T>): Promise<T> {
  return await work.catch((thrown: unknown) => {
    throw toExpected(thrown);
  });
}

/** Makes the parent message exist, in the wanted channel or else in a direct message to whoever asked. */
async function openMessage(
  run: RunRecord,
  signal: AbortSignal,
  options: NotifierOptions,
): Promise<{ channel: string; ts: string; insteadOf?: string }> {
  const wanted = run.channel ?? run.requester.slackUserId;
  if (wanted === undefined) throw new Error(`run ${run.id} reports nowhere`);
  const isDirect = isPerson(wanted);
  const channel = isDirect ? await directChannel(options.clients.safe, wanted) : wanted;
  try {
    return await ensureMessage(run, channel, signal, options);
  } catch (thrown) {
    const { slackUserId } = run.requester;
    if (!isClosedChannel(thrown) || isDirect || slackUserId === undefined) throw thrown;
    options.logger.info(
      { runId: run.id },
      "run reports in a direct message instead of a closed channel",
    );
    const direct = await directChannel(options.clients.safe, slackUserId);
    const moved: RunRecord = {
      ...run,
      message: { ...run.message, channel: direct, insteadOf: wanted },
    };
    return { ...(await ensureMessage(moved, direct, signal, options)), insteadOf: wanted };
  }
}

/** Ids of people begin with U or W; everything else is a conversation. */
function isPerson(id: string): boolean {
  return /^[UW]/.test(id);
}

async function directChannel(web: WebClient, slackUserId: string): Promise<string> {
  const { channel } = await web.conversations.open({ users: slackUserId });
  if (channel?.id === undefined) throw new Error("Slack opened a direct message without an id");
  return channel.id;
}

/** How often a message is looked for after a lost reply before it is taken as never sent. */
const lookups = 3;

/** Sends the message once: what may have been sent before is looked for first, also after a reply that was lost just now. */
async function ensureMessage(
  run: RunRecord,
  channel: string,
  signal: AbortSignal,
  options: NotifierOptions,
): Promise<SentMessage> {
  const { clients, outbox, logger, now } = options;
  const marker = runMarker(run.id);
  const find = async () =>
    await findOwnMessage(clients.safe, { channel, marker, sinceMs: run.createdAtMs }, logger);
  if (run.message?.isIntended === true) {
    const found = await find();
    if (found !== undefined) return found;
  }
  const outgoing: OutgoingMessage = {
    channel,
    ...renderRunMessage(run, now()),
    metadata: marker,
  };
  return await postUnlessSent(
    async () => await outbox.post(outgoing, signal),
    find,
    signal,
    options,
  );
}

/** Posts; when nobody knows whether that worked, looks for the message, and only sends again what is certainly not there. */
async function postUnlessSent(
  post: () => Promise<SentMessage>,
  find: () => Promise<SentMessage | undefined>,
  signal: AbortSignal,
  { lookupPauseMs = 400 }: NotifierOptions,
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

/** Posts result and log in the thread, once for each attempt of the run. */
async function postResult(
  run: ReportedRun,
  signal: AbortSignal,
  options: NotifierOptions,
): Promise<void> {
  const { clients, outbox, logger } = options;
  const { channel, ts } = run.message;
  const marker = {
    event_type: "callboard_run_result",
    event_payload: { run_id: run.id, attempt: String(run.retries) },
  };
  const find = async () =>
    await findOwnReply(clients.safe, { channel, threadTs: ts, marker }, logger);
  if ((await find()) !== undefined) return;
  const outgoing: OutgoingMessage = {
    channel,
    threadTs: ts,
    ...renderRunResult(run),
    metadata: marker,
  };
  await postUnlessSent(async () => await outbox.post(outgoing, signal), find, signal, options);
}

interface Edits {
  /** Shows the run as soon as the spacing allows; a newer state takes the place of one that waits. */
  soon(run: ReportedRun): void;
  /** Shows the run for the last time; resolves when that is done. */
  final(run: ReportedRun, signal: AbortSignal): Promise<void>;
  stop(): Promise<void>;
}

interface Edited {
  /** Not yet shown. */
  next: ReportedRun | undefined;
  working: Promise<void>;
}

const longestRateLimitWaitMs = 60_000;

/** Edits of parent messages: one at a time each, spaced, the latest wins, Retry-After obeyed. */
function createEdits(options: NotifierOptions): Edits {
  const { clients, logger, now, updateSpacingMs: spacingMs = 1000 } = options;
  const messages = new Map<string, Edited>();
  const stopping = new AbortController();

  const work = async (id: string, edited: Edited): Promise<void> => {
    for (let run = take(edited); run !== undefined; run = take(edited)) {
      try {
        await show(clients.once, run, now());
      } catch (thrown) {
        const waitMs = rateLimitMs(thrown);
        if (waitMs === undefined) {
          logger.warn({ runId: run.id, error: toError(thrown).message }, "run message not updated");
        } else {
          edited.next ??= run;
          await sleep(waitMs, undefined, { signal: stopping.signal }).catch(() => undefined);
        }
      }
      await sleep(spacingMs, undefined, { signal: stopping.signal }).catch(() => undefined);
      if (stopping.signal.aborted) break;
    }
    messages.delete(id);
  };

  return {
    soon(run) {
      if (stopping.signal.aborted) return;
      const open = messages.get(run.id);
      if (open !== undefined) {
        open.next = run;
        return;
      }
      const edited: Edited = { next: run, working: Promise.resolve() };
      messages.set(run.id, edited);
      edited.working = work(run.id, edited);
    },
    async final(run, signal) {
      const open = messages.get(run.id);
      if (open !== undefined) {
        open.next = undefined;
        // what is on its way must not arrive after the final state
        await Promise.race([open.working, aborted(signal)]);
      }
      signal.throwIfAborted();
      await showFinally(clients.once, run, now(), signal);
    },
    async stop() {
      stopping.abort();
      await Promise.allSettled([...messages.values()].map((edited) => edited.working));
    },
  };
}

function take(edited: Edited): ReportedRun | undefined {
  const { next } = edited;
  edited.next = undefined;
  return next;
}

async function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return;
  await new Promise<void>((resolve) =>
    signal.addEventListener("abort", () => resolve(), { once: true }),
  );
}

/** How long Slack asks us to wait; undefined when it asks nothing or too much. */
function rateLimitMs(thrown: unknown): number | undefined {
  if (!(thrown instanceof WebAPIRateLimitedError)) return undefined;
  return Math.min(thrown.retryAfter * 1000, longestRateLimitWaitMs);
}

async function show(client: WebClient, run: ReportedRun, nowMs: number): Promise<void> {
  const { channel, ts } = run.message;
  const { text, blocks } = renderRunMessage(run, nowMs);
  await client.chat.update({
    channel,
    ts,
    text,
    blocks,
    metadata: runMarker(run.id),
  });
}

const finalTries = 5;

/** The same text twice does no harm, so a lost reply is simply tried again. */
async function showFinally(
  client: WebClient,
  run: ReportedRun,
  nowMs: number,
  signal: AbortSignal,
): Promise<void> {
  for (let tries = 1; ; tries += 1) {
    try {
      await show(client, run, nowMs);
      return;
    } catch (thrown) {
      const waitMs = rateLimitMs(thrown) ?? (isOutcomeUnknown(thrown) ? 300 * tries : undefined);
      if (waitMs === undefined || tries >= finalTries) throw thrown;
      await sleep(waitMs, undefined, { signal });
    }
  }
}
