import type { ActionContext } from "../action.ts";
import type { PublishContext } from "../publishers/contract.ts";

/** What a publisher may use of an action's world. */
export function publishContext(context: ActionContext): PublishContext {
  return {
    signal: context.signal,
    log: (line) => context.log(line),
    assertCurrent: () => context.assertCurrent(),
    notes: context.notes,
  };
}
