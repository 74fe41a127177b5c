import { isRecord } from "../../base/json.ts";
import { checkBlocks, type Surface } from "./blocks.ts";
import { type Check, flag, object, oneOf, type Problem, runCheck, string } from "./check.ts";
import { plainText } from "./objects.ts";

const anything: Check = () => undefined;
/** A view's JSON may be this long. */
export const viewBytes = 250_000;

const shared = {
  private_metadata: string(3000, 0),
  callback_id: string(255, 0),
  external_id: string(255, 0),
};

const modal = object({
  required: { type: oneOf("modal"), title: plainText(24), blocks: anything },
  optional: {
    ...shared,
    submit: plainText(24),
    close: plainText(24),
    clear_on_close: flag,
    notify_on_close: flag,
    submit_disabled: flag,
  },
});

const home = object({
  required: { type: oneOf("home"), blocks: anything },
  optional: shared,
});

/** Everything that Slack would refuse in a view. */
export function checkView(view: unknown, expected: Surface, pointer = "/view"): Problem[] {
  if (!isRecord(view)) return [{ pointer, message: "must provide an object" }];
  if (expected !== view["type"]) {
    return [{ pointer: `${pointer}/type`, message: `must be a valid enum value: ${expected}` }];
  }
  const problems = [
    ...runCheck(expected === "modal" ? modal : home, view, pointer),
    ...checkBlocks(view["blocks"], expected, `${pointer}/blocks`),
  ];
  const { blocks } = view;
  const hasInput =
    Array.isArray(blocks) &&
    blocks.some((block: unknown) => isRecord(block) && block["type"] === "input");
  if (expected === "modal" && hasInput && view["submit"] === undefined) {
    problems.push({
      pointer: `${pointer}/submit`,
      message: "missing required field: submit (a modal with inputs needs one)",
    });
  }
  return problems;
}
