import type { AllMiddlewareArgs, BlockButtonAction, SlackActionMiddlewareArgs } from "@slack/bolt";

import { InputError } from "../../base/errors.ts";

/** What a handler of a button gets. */
export type ButtonArgs = SlackActionMiddlewareArgs<BlockButtonAction> & AllMiddlewareArgs;

/** Matches `ask` and `ask/3`: a row of like buttons. */
export function rowOf(id: string): RegExp {
  return new RegExp(`^${id}(?:/\\w+)?$`);
}

/**
 * The button's value: at most 2,000 characters, which Slack promises and a forged payload may not keep.
 * @throws InputError `slack-button-malformed`
 */
export function valueOf({ action }: ButtonArgs): string {
  const value: unknown = action.value;
  if (typeof value !== "string" || value === "" || value.length > 2000) throw malformed();
  return value;
}

/** The error for whatever a button or modal carries that we did not put there. */
export function malformed(): InputError {
  return new InputError("slack-button-malformed", "this button carries nothing that I can use", {
    hint: "ask again to get a fresh one",
  });
}
