import { z } from "zod";

import { InputError } from "../base/errors.ts";
import type { Driver } from "./driver.ts";
import type { FaultPlan } from "./faults.ts";

const value = z.union([z.string(), z.number(), z.array(z.string()), z.null()]);
const text = z.string().max(40_000);
const optionalText = text.exactOptional();
const element = z.object({
  user: text,
  channel: optionalText,
  ts: optionalText,
  isHome: z.boolean().exactOptional(),
  actionId: optionalText,
  blockId: optionalText,
  buttonValue: optionalText,
});

/** Reads its input and does it. */
export type Act = (body: unknown, driver: Driver) => Promise<unknown>;

/** An act with the form of its input. */
function defineAct<T>(input: z.ZodType<T>, run: (input: T, driver: Driver) => unknown): Act {
  return async (body, driver) => run(parseInput(input, body), driver);
}

function parseInput<T>(schema: z.ZodType<T>, body: unknown): T {
  const parsed = schema.safeParse(body);
  if (parsed.success) return parsed.data;
  throw new InputError(
    "playground-act-malformed",
    `The request does not fit: ${z.prettifyError(parsed.error)}.`,
  );
}

const tab = z.object({ user: text, tab: z.enum(["home", "messages"]) });
/** What a page may do as a person, by name. */
export const pageActs: Readonly<Record<string, Act>> = {
  slash: defineAct(
    z.object({ user: text, channel: text, command: text, text: optionalText }),
    (input, driver) => driver.slash(input),
  ),
  say: defineAct(
    z.object({ user: text, channel: text, text, threadTs: optionalText }),
    (input, driver) => driver.say(input),
  ),
  click: defineAct(element, (input, driver) => driver.click(input)),
  select: defineAct(element.extend({ value }), (input, driver) => driver.select(input)),
  typeahead: defineAct(element.extend({ value: text }), (input, driver) => driver.typeahead(input)),
  enter: defineAct(
    z.object({
      user: text,
      blockId: text,
      actionId: optionalText,
      value,
      isHome: z.boolean().exactOptional(),
      isSilent: z.boolean().exactOptional(),
    }),
    (input, driver) => driver.enter(input),
  ),
  submit: defineAct(z.object({ user: text, viewId: optionalText }), (input, driver) =>
    driver.submitView(input),
  ),
  close: defineAct(
    z.object({ user: text, isCleared: z.boolean().exactOptional() }),
    (input, driver) => driver.closeView(input),
  ),
  shortcut: defineAct(
    z.object({ user: text, callbackId: text, channel: optionalText, ts: optionalText }),
    (input, driver) => driver.shortcut(input),
  ),
  openTab: defineAct(tab, (input, driver) =>
    input.tab === "home" ? driver.openHome(input.user) : driver.openMessagesTab(input.user),
  ),
  invite: defineAct(z.object({ user: text, channel: text }), (input, driver) =>
    driver.invite(input),
  ),
};

const plan = z.union([
  z.object({
    method: optionalText,
    fault: z.enum(["lost-reply", "dropped", "429", "500", "503", "slow", "error"]),
    times: z.int().min(1).max(100).exactOptional(),
    retryAfterS: z.number().min(1).max(3600).exactOptional(),
    delayMs: z.number().min(0).max(60_000).exactOptional(),
    error: optionalText,
  }),
  z.object({
    delivery: optionalText,
    fault: z.enum(["lost-ack", "duplicate", "disconnect"]),
    times: z.int().min(1).max(100).exactOptional(),
  }),
]);

/** A planned mishap from the page. @throws InputError `playground-act-malformed`. */
export function faultPlan(body: unknown): FaultPlan {
  return parseInput(plan, body);
}
