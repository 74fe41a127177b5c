import jsonata from "jsonata";

import { InputError } from "../base/errors.ts";
import { toJsonValue, type JsonValue } from "../base/json.ts";

/**
 * Evaluates a JSONata expression over plain data. It may run for as long as it likes, so templates get it in a thread only.
 * @throws InputError `query-failed`.
 * @see https://docs.jsonata.org
 */
export async function queryData(
  expression: string,
  data: JsonValue,
): Promise<JsonValue | undefined> {
  try {
    return toJsonValue(await jsonata(expression).evaluate(data));
  } catch (thrown) {
    throw new InputError(
      "query-failed",
      `“${expression.slice(0, 200)}” cannot be evaluated: ${wordsOf(thrown)}`,
      {
        hint: "mend the expression; try.jsonata.org shows what it gives",
        cause: thrown,
      },
    );
  }
}

/** JSONata throws plain objects with message and position. */
function wordsOf(thrown: unknown): string {
  if (typeof thrown !== "object" || thrown === null || !("message" in thrown))
    return String(thrown);
  const hasPlace = "position" in thrown && typeof thrown.position === "number";
  return `${String(thrown.message)}${hasPlace ? ` (character ${String(thrown.position)})` : ""}`;
}
