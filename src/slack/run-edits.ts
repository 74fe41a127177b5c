import { setTimeout as sleep } from "node:timers/promises";

import { type WebClient, WebAPIRateLimitedError } from "@slack/web-api";

import { toError } from "../base/errors.ts";
import type { Logger } from "../base/logger.ts";
import type { Reporting } from "../usecases/runs/notifier.ts";
import type { RunRecord } from "../usecases/runs/run-record.ts";
import { StaleClaimError } from "../usecases/runs/run-store.ts";
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
  soon(run: ReportedRun, assertCurrent: Reporting["assertCurrent"]): void;
  /** Shows the run for the last time, without waiting for the spacing; resolves when that is done. */
  final(run: ReportedRun, reporting: Reporting): Promise<void>;
  stop(): Promise<void>;
}

interface Edit {
  run: ReportedRun;
  /** A worker that was frozen must not show an old state over a newer one. */
  assertCurrent: Reporting["assertCurrent"];
}

interface Edited {
  /** Not yet shown. */
  next: Edit | undefined;
  /** Ends the pause between two edits. */
  hurry: AbortController;
  working: Promise<void>;
}

const longestRateLimitWaitMs = 60_000;

/** Creates the editor. */
export function createEdits(options: EditOptions): Edits {
  const { logger, spacingMs } = options;
  const messages = new Map<string, Edited>();
  const stopping = new AbortController();

  const work = async (id: string, edited: Edited): Promise<void> => {
    const signal = AbortSignal.any([stopping.signal, edited.hurry.signal]);
    const pause = async (waitMs: number): Promise<void> =>
      await sleep(waitMs, undefined, { signal }).catch(() => undefined);
    for (let edit = take(edited); edit !== undefined; edit = take(edited)) {
      try {
        await edit.assertCurrent();
        await show(edit.run, options);
      } catch (thrown) {
        if (thrown instanceof StaleClaimError) break;
        const waitMs = rateLimitMs(thrown);
        if (waitMs === undefined) {
          logger.warn({ runId: id, error: toError(thrown).message }, "run message not updated");
        } else {
          edited.next ??= edit;
          await pause(waitMs);
        }
      }
      await pause(spacingMs);
      if (signal.aborted) break;
    }
    messages.delete(id);
  };

  return {
    soon(run, assertCurrent) {
      if (stopping.signal.aborted) return;
      const next = { run, assertCurrent };
      const open = messages.get(run.id);
      if (open !== undefined) {
        open.next = next;
        return;
      }
      const edited: Edited = { next, hurry: new AbortController(), working: Promise.resolve() };
      messages.set(run.id, edited);
      edited.working = work(run.id, edited);
    },
    async final(run, reporting) {
      const { signal } = reporting;
      const open = messages.get(run.id);
      if (open !== undefined) {
        open.next = undefined;
        open.hurry.abort();
        // what is on its way must not arrive after the final state
        await Promise.race([open.working, aborted(signal)]);
      }
      signal.throwIfAborted();
      await showFinally(run, options, reporting);
    },
    async stop() {
      stopping.abort();
      await Promise.allSettled([...messages.values()].map((edited) => edited.working));
    },
  };
}

function take(edited: Edited): Edit | undefined {
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
  { signal, assertCurrent }: Reporting,
): Promise<void> {
  for (let tries = 1; ; tries += 1) {
    await assertCurrent();
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
