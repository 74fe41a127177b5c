import { setTimeout as sleep } from "node:timers/promises";

import { type WebClient, WebAPIRateLimitedError } from "@slack/web-api";

import { toError } from "../base/errors.ts";
import type { Logger } from "../base/logger.ts";
import type { RunRecord } from "../usecases/runs/run-record.ts";
import { isOutcomeUnknown } from "./errors.ts";
import type { MessageMarker } from "./own-messages.ts";
import type { RunDrawing } from "./run-drawing.ts";

/** A run whose message stands somewhere. */
export type ReportedRun = RunRecord & { message: { channel: string; ts: string } };

/** What a run's message carries, so that it is found again after a crash. */
export function runMarker(runId: string): MessageMarker {
  return { event_type: "callboard_run", event_payload: { run_id: runId } };
}

export interface EditOptions {
  /** A client that never repeats by itself and reports rate limits. */
  client: WebClient;
  drawing: RunDrawing;
  logger: Logger;
  now: () => number;
  /** Between two edits of the same message. */
  spacingMs: number;
}

/** Edits of runs' messages: one at a time each, spaced, the latest wins, Retry-After obeyed. */
export interface Edits {
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

/** Creates the editor. */
export function createEdits(options: EditOptions): Edits {
  const { logger, spacingMs } = options;
  const messages = new Map<string, Edited>();
  const stopping = new AbortController();

  const work = async (id: string, edited: Edited): Promise<void> => {
    for (let run = take(edited); run !== undefined; run = take(edited)) {
      try {
        await show(run, options);
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
      await showFinally(run, options, signal);
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

async function show(run: ReportedRun, { client, drawing, now }: EditOptions): Promise<void> {
  const { channel, ts } = run.message;
  await drawing.draw(run, now(), async ({ text, blocks }) => {
    await client.chat.update({ channel, ts, text, blocks, metadata: runMarker(run.id) });
  });
}

const finalTries = 5;

/** The same text twice does no harm, so a lost reply is simply tried again. */
async function showFinally(
  run: ReportedRun,
  options: EditOptions,
  signal: AbortSignal,
): Promise<void> {
  for (let tries = 1; ; tries += 1) {
    try {
      await show(run, options);
      return;
    } catch (thrown) {
      const waitMs = rateLimitMs(thrown) ?? (isOutcomeUnknown(thrown) ? 300 * tries : undefined);
      if (waitMs === undefined || tries >= finalTries) throw thrown;
      await sleep(waitMs, undefined, { signal });
    }
  }
}
