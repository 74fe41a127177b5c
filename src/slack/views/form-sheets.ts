import type { KnownBlock } from "@slack/types";

import type { FormField } from "../../scaffold/form-model.ts";
import { limits, shownLength } from "./blocks.ts";
import { fieldBlocks } from "./form-fields.ts";
import type { SecretInputs } from "./secret-fields.ts";

/** Room for title, step, problem and buttons beside the fields. */
export const fieldRoom = limits.viewBlocks - 7;
/** Of all text in a window; Slack says no number, and shows this much. */
const roomForText = 45_000;

/**
 * The fields of a page in as many windows as they need: one for nearly every page, more where Slack would refuse the blocks. The
 * order stays, and no field is left out.
 */
export function splitFields(
  fields: readonly FormField[],
  page: number,
  secrets: SecretInputs,
): FormField[][] {
  const sheets: FormField[][] = [];
  let blocks = 0;
  let length = 0;
  for (const field of fields) {
    const drawn: KnownBlock[] = fieldBlocks(field, page, secrets);
    const text = shownLength(drawn);
    blocks += drawn.length;
    length += text;
    const last = sheets.at(-1);
    if (last !== undefined && blocks <= fieldRoom && length <= roomForText) {
      last.push(field);
      continue;
    }
    sheets.push([field]);
    blocks = drawn.length;
    length = text;
  }
  return sheets;
}
