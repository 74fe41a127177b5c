import { setTimeout as wait } from "node:timers/promises";

import { z } from "zod";

import { InputError } from "../../base/errors.ts";
import { defineAction, type ActionContext } from "../action.ts";
import { isTextFile } from "./skeleton.ts";
import { waitUntil } from "./wait-actions.ts";

/** Writes to the run's log. */
export const debugLog = defineAction({
  id: "debug:log",
  description: "Writes a message, and the workspace's files where asked, to the run's log.",
  input: z.object({
    message: z.string().optional(),
    listWorkspace: z.union([z.boolean(), z.enum(["with-filenames", "with-contents"])]).optional(),
  }),
  supportsDryRun: true,
  async run(input, context) {
    if (input.message !== undefined) context.log(input.message.slice(0, 10_000));
    const listing = input.listWorkspace ?? false;
    if (listing !== false) await listWorkspace(listing === "with-contents", context);
    return {};
  },
});

async function listWorkspace(isWithContents: boolean, context: ActionContext): Promise<void> {
  for (const file of await context.files.list("", context.signal)) {
    context.log(`${file.path} (${file.sizeBytes} bytes)`);
    if (!isWithContents) continue;
    const content = await context.files.read(file.path);
    context.log(isTextFile(content) ? content.toString("utf8").slice(0, 10_000) : "(binary)");
  }
}

const maxWaitMs = 10 * 60 * 1000;
/** For longer than this no worker is held. */
const heldMs = 60_000;

/** Waits, at most ten minutes. */
export const debugWait = defineAction({
  id: "debug:wait",
  description: "Waits for minutes, seconds and milliseconds together, at most ten minutes.",
  input: z.object({
    minutes: z.number().nonnegative().optional(),
    seconds: z.number().nonnegative().optional(),
    milliseconds: z.number().nonnegative().optional(),
  }),
  supportsDryRun: true,
  async run(input, context) {
    const { minutes = 0, seconds = 0, milliseconds = 0 } = input;
    await waitFor(minutes * 60_000 + seconds * 1000 + milliseconds, context);
    return {};
  },
});

/** Sleeps in a way that cancelling and shutting down end. @throws InputError `step-input-invalid` above ten minutes. */
export async function waitFor(waitMs: number, context: ActionContext): Promise<void> {
  if (waitMs > maxWaitMs) {
    throw new InputError(
      "step-input-invalid",
      `a step waits at most 10 minutes, not ${Math.round(waitMs / 1000)} seconds`,
    );
  }
  if (context.isDryRun) {
    context.log(`would wait for ${waitMs / 1000} s`);
    return;
  }
  if (waitMs > heldMs && context.nowMs !== undefined) {
    await waitUntil(context.nowMs() + waitMs, context);
    return;
  }
  await wait(waitMs, undefined, { signal: context.signal });
}
