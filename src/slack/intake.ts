import type { App, ReceiverEvent } from "@slack/bolt";

import { toError } from "../base/errors.ts";
import { isRecord } from "../base/json.ts";
import type { Logger } from "../base/logger.ts";
import { isOurs, type SlackIdentity } from "./identity.ts";

export interface IntakeOptions {
  logger: Logger;
  /** Undefined until `auth.test` has answered: nothing is taken in before. */
  identity: () => SlackIdentity | undefined;
  /** True the first time a key is seen; remembered for at least an hour, across processes. */
  dedupe: (key: string) => Promise<boolean>;
  /** Told how long each payload waited for its acknowledgement. */
  onAck?(kind: PayloadKind, durationMs: number): void;
}

/** What stands between Slack and Bolt. */
export interface Intake {
  /** Resolves when no handler is at work any more, or after `timeoutMs`. */
  drain(timeoutMs: number): Promise<void>;
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

/** Payloads that were acknowledged, by their body. */
const acknowledged = new WeakSet<object>();

/** True when Slack has its acknowledgement for this payload. */
export function isAcknowledged(body: object): boolean {
  return acknowledged.has(body);
}

/**
 * Puts itself in front of Bolt's `processEvent`, whatever the transport: refuses workspaces that are not ours, drops what
 * was handled before, and sees to it that everything is acknowledged once, in time, even where no handler does.
 */
export function installIntake(app: App, options: IntakeOptions): Intake {
  const running = new Set<Promise<void>>();
  const process = app.processEvent.bind(app);
  app.processEvent = async (event) => {
    const work = take(event, process, options);
    running.add(work);
    try {
      await work;
    } finally {
      running.delete(work);
    }
  };
  return {
    async drain(timeoutMs) {
      let timer: NodeJS.Timeout | undefined;
      const late = new Promise<void>((resolve) => {
        timer = setTimeout(resolve, timeoutMs);
      });
      await Promise.race([Promise.allSettled(running), late]);
      clearTimeout(timer);
    },
  };
}

async function take(
  event: ReceiverEvent,
  process: (event: ReceiverEvent) => Promise<void>,
  options: IntakeOptions,
): Promise<void> {
  const body: unknown = event.body;
  if (!isRecord(body)) {
    await event.ack();
    return;
  }
  const kind = kindOf(body);
  const identity = options.identity();
  if (kind === "other" || identity === undefined || !isOurs(body, identity)) {
    options.logger.warn({ kind, type: textOf(body["type"]) }, "slack payload refused");
    await event.ack();
    return;
  }
  const startedAt = performance.now();
  const ack = ackOnce(event.ack, body, () => options.onAck?.(kind, performance.now() - startedAt));
  if (!(await isNew(kind, body, options))) {
    options.logger.info({ kind }, "slack payload was handled before");
    await ack();
    return;
  }
  const timer = setTimeout(() => {
    options.logger.warn({ kind }, "slack payload was not acknowledged in time");
    // an empty answer would close a form with all that was typed; without one it stays open and can be sent again
    if (kind !== "view") ack().catch(() => undefined);
  }, ackLimitMs);
  try {
    await process({ ...event, body, ack });
  } finally {
    clearTimeout(timer);
  }
  await ack();
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

async function isNew(
  kind: PayloadKind,
  body: Record<string, unknown>,
  { dedupe, logger }: IntakeOptions,
): Promise<boolean> {
  const key = keyOf(kind, body);
  if (key === undefined) return true;
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error("de-duplication took too long")), dedupeLimitMs);
  });
  try {
    return await Promise.race([dedupe(key), late]);
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
