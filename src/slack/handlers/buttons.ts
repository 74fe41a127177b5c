import type { z } from "zod";

import { InputError } from "../../base/errors.ts";
import type { ActionArgs } from "./tables.ts";

/**
 * The button's value: at most 2,000 characters, which Slack promises and a forged payload may not keep.
 * @throws InputError `slack-button-malformed`
 */
export function valueOf({ action }: ActionArgs): string {
  const value: unknown = "value" in action ? action.value : undefined;
  if (typeof value !== "string" || value === "" || value.length > 2000) throw malformed();
  return value;
}

/** The error for whatever a button or modal carries that we did not put there. */
export function malformed(): InputError {
  return new InputError("slack-button-malformed", "this button carries nothing that I can use", {
    hint: "ask again to get a fresh one",
  });
}

/**
 * What a button or modal of ours carries, as it was written there.
 * @throws InputError `slack-button-malformed`
 */
export function readPlace<T>(schema: z.ZodType<T>, text: string): T {
  try {
    return schema.parse(JSON.parse(text));
  } catch {
    throw malformed();
  }
}
