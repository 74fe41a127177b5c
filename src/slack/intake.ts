import { setImmediate as nextTurn } from "node:timers/promises";

import type { App, ReceiverEvent } from "@slack/bolt";

import { toError } from "../base/errors.ts";
import { isRecord, toJsonObject } from "../base/json.ts";
import type { Logger } from "../base/logger.ts";
import type { EventInbox } from "../usecases/event-inbox.ts";
import type { Workspaces } from "./workspaces.ts";

export interface IntakeOptions {
  logger: Logger;
  /** Payloads of workspaces that it does not know are refused; handlers run within the one that they belong to. */
  workspaces: Pick<Workspaces, "of" | "within">;
  /** True the first time a key is seen; remembered for at least an hour, across processes. */
  dedupe: (key: string) => Promise<boolean>;
  /** Keeps events until they are handled; without one they are only de-duplicated. */
  inbox?: EventInbox;
  /** Told how long each payload waited for its acknowledgement. */
  onAck?(kind: PayloadKind, durationMs: number): void;
}

/** What stands between Slack and Bolt. */
export interface Intake {
  /** Resolves when no handler is at work any more, or after `timeoutMs`. */
  drain(timeoutMs: number): Promise<void>;
  /** Handles again what a process that died has left behind; `patienceMs` as in `EventInbox.takeUnfinished`. */
  replay(patienceMs?: number): Promise<void>;
  /** Lets other processes know that this one is at work on what it accepted. */
  renew(): Promise<void>;
}

export type PayloadKind =
  | "event"
  | "command"
  | "action"
  | "shortcut"
  | "view"
  | "options"
  | "other";

/** Slack gives up after three seconds; what is not acknowledged by then shows as an error to the person. */
const ackLimitMs = 2500;
/** A storage that is slower than this must not cost the acknowledgement. */
const dedupeLimitMs = 1500;

/** Each looks in Slack whether its answer is there already, which Slack allows about once a second. */
const replaysAtOnce = 8;

/** Payloads that were acknowledged, by their body. */
const acknowledged = new WeakSet<object>();

/** True when Slack has its acknowledgement for this payload. */
export function isAcknowledged(body: object): boolean {
  return acknowledged.has(body);
}

/** Events whose handling was broken off by a stop, by their body. */
const brokenOff = new WeakSet<object>();

/** Leaves an event to the next process: it was acknowledged, and this one stops before it could be handled. */
export function breakOff(body: object): void {
  brokenOff.add(body);
}

/**
 * Puts itself in front of Bolt's `processEvent`, whatever the transport: refuses workspaces that are not ours, drops what
 * was handled before, and sees to it that everything is acknowledged once, in time, even where no handler does.
 */
export function installIntake(app: App, options: IntakeOptions): Intake {
  const running = new Set<Promise<void>>();
  const handling = new Set<string>();
  const turn = createTurns();
  const process = app.processEvent.bind(app);
  const track = async (work: Promise<void>): Promise<void> => {
    running.add(work);
    try {
      await work;
    } finally {
      running.delete(work);
    }
  };
  app.processEvent = async (event) =>
    await track(take(event, process, { ...options, handling, turn }));
  return {
    async drain(timeoutMs) {
      let timer: NodeJS.Timeout | undefined;
      const late = new Promise<void>((resolve) => {
        timer = setTimeout(resolve, timeoutMs);
      });
      await Promise.race([Promise.allSettled(running), late]);
      clearTimeout(timer);
    },
    async replay(patienceMs) {
      const left = (await options.inbox?.takeUnfinished(patienceMs)) ?? [];
      const lost = left.filter((event) => !handling.has(event.key));
      for (const { key } of lost) handling.add(key);
      const next = lost.values();
      const replaying = Array.from({ length: replaysAtOnce }, async () => {
        for (const { key, body } of next) {
          options.logger.warn({ key }, "slack event of a process that died is handled again");
          await track(replayOne(key, body, process, options).finally(() => handling.delete(key)));
        }
      });
      const failed = (await Promise.allSettled(replaying)).find(isRejected);
      if (failed !== undefined) throw toError(failed.reason);
    },
    renew: async () => await options.inbox?.renew(handling),
  };
}

/** A handler that sees `isReplay` looks whether its answer is there already. */
async function replayOne(
  key: string,
  body: Record<string, unknown>,
  process: (event: ReceiverEvent) => Promise<void>,
  { inbox, workspaces }: IntakeOptions,
): Promise<void> {
  acknowledged.add(body);
  const workspace = await workspaces.of(body);
  if (workspace !== undefined) {
    await workspaces.within(workspace, async () => {
      await process({ body, ack: async () => undefined, customProperties: { isReplay: true } });
    });
  }
  if (!brokenOff.has(body)) await inbox?.done(key);
}

async function take(
  event: ReceiverEvent,
  process: (event: ReceiverEvent) => Promise<void>,
  options: IntakeOptions & { handling: Set<string>; turn: () => Promise<void> },
): Promise<void> {
  const body: unknown = event.body;
  if (!isRecord(body)) {
    await event.ack();
    return;
  }
  const kind = kindOf(body);
  const workspace = kind === "other" ? undefined : await options.workspaces.of(body);
  if (workspace === undefined) {
    options.logger.warn({ kind, type: textOf(body["type"]) }, "slack payload refused");
    await event.ack();
    return;
  }
  const startedAt = performance.now();
  const ack = ackOnce(event.ack, body, () => options.onAck?.(kind, performance.now() - startedAt));
  const key = keyOf(kind, body);
  const isTaken = key !== undefined && options.handling.has(key);
  // from here on nobody else in this process takes it, also while the storage is still being asked
  if (key !== undefined && !isTaken) options.handling.add(key);
  try {
    if (isTaken || !(await isNew(kind, body, options))) {
      options.logger.info({ kind }, "slack payload was handled before");
      await ack();
      return;
    }
    await options.workspaces.within(workspace, async () => {
      await handleInTurn({ ...event, body, ack }, kind, process, options);
    });
  } finally {
    if (key !== undefined && !isTaken) options.handling.delete(key);
  }
}

/** An event is stored, so Slack need not wait for it; what comes in meanwhile is stored before this one is handled. */
async function handleInTurn(
  event: ReceiverEvent,
  kind: PayloadKind,
  process: (event: ReceiverEvent) => Promise<void>,
  options: IntakeOptions & { turn: () => Promise<void> },
): Promise<void> {
  if (kind === "event" && !carriesToken(event.body)) {
    await event.ack();
    await options.turn();
  }
  await handle(event, kind, process, options);
}

async function handle(
  event: ReceiverEvent,
  kind: PayloadKind,
  process: (event: ReceiverEvent) => Promise<void>,
  { logger, inbox }: IntakeOptions,
): Promise<void> {
  const key = keyOf(kind, event.body);
  const timer = setTimeout(() => {
    logger.warn({ kind }, "slack payload was not acknowledged in time");
    // an empty answer would close a form with all that was typed; without one it stays open and can be sent again
    if (kind !== "view") event.ack().catch(() => undefined);
  }, ackLimitMs);
  try {
    await process(event);
    await event.ack();
    const isDone = kind === "event" && !brokenOff.has(event.body);
    if (isDone && key !== undefined) await inbox?.done(key);
  } finally {
    clearTimeout(timer);
  }
}

/** Gives turns of the event loop, each to one caller, in the order in which they ask. */
function createTurns(): () => Promise<void> {
  let last: Promise<void> = Promise.resolve();
  return () => (last = last.then(async () => await nextTurn()));
}

function isRejected(result: PromiseSettledResult<void>): result is PromiseRejectedResult {
  return result.status === "rejected";
}

/** Acknowledges the first time and does nothing afterwards, so that no handler has to know whether another was faster. */
function ackOnce(ack: ReceiverEvent["ack"], body: object, onAck: () => void): ReceiverEvent["ack"] {
  return async (response?: unknown) => {
    if (acknowledged.has(body)) return;
    acknowledged.add(body);
    onAck();
    await ack(response);
  };
}

/** What kind of payload this is, by the fields Bolt looks at too. */
export function kindOf(body: Record<string, unknown>): PayloadKind {
  if (isRecord(body["event"])) return "event";
  if (typeof body["command"] === "string") return "command";
  const type = body["type"];
  if (type === "block_suggestion") return "options";
  if (type === "block_actions" && Array.isArray(body["actions"])) return "action";
  if (type === "shortcut" || type === "message_action") return "shortcut";
  if ((type === "view_submission" || type === "view_closed") && isRecord(body["view"]))
    return "view";
  return "other";
}

/**
 * Submitted forms are not looked at: Slack sends the same one again after we showed errors in it, and handling one twice
 * has the effect of once. Suggestions change nothing.
 */
function keyOf(kind: PayloadKind, body: Record<string, unknown>): string | undefined {
  if (kind === "event") return textOf(body["event_id"], "event:");
  if (kind === "command" || kind === "action" || kind === "shortcut") {
    return textOf(body["trigger_id"], "trigger:");
  }
  return undefined;
}

function textOf(value: unknown, prefix = ""): string | undefined {
  return typeof value === "string" && value !== "" ? `${prefix}${value.slice(0, 200)}` : undefined;
}

/** The event of a workflow step brings a token of its own, which must not be stored. */
function carriesToken(body: Record<string, unknown>): boolean {
  return isRecord(body["event"]) && body["event"]["type"] === "function_executed";
}

async function isNew(
  kind: PayloadKind,
  body: Record<string, unknown>,
  { dedupe, inbox, logger }: IntakeOptions,
): Promise<boolean> {
  const key = keyOf(kind, body);
  if (key === undefined) return true;
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error("de-duplication took too long")), dedupeLimitMs);
  });
  try {
    const isFirst =
      kind === "event" && inbox !== undefined && !carriesToken(body)
        ? inbox.accept(key, toJsonObject(body))
        : dedupe(key);
    return await Promise.race([isFirst, late]);
  } catch (thrown) {
    logger.error(
      { kind, error: toError(thrown).message },
      "slack payload could not be de-duplicated",
    );
    // an event that is not acknowledged is sent again; for anything else the person waits, and answers need no storage
    if (kind === "event") throw thrown;
    return true;
  } finally {
    clearTimeout(timer);
  }
}
