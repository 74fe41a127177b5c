import type { KnownBlock } from "@slack/types";

import { isRecord, type JsonValue } from "../../base/json.ts";
import { type FormField, maskedSecret } from "../../scaffold/form-model.ts";
import { actionIds } from "../action-ids.ts";
import { actions, button, section } from "./blocks.ts";
import { fieldBlockId } from "./field-ids.ts";
import { literal, mrk, oneLine } from "./text.ts";

/** More are kept, but not shown one by one. */
const shownEntries = 20;

/** A list of objects: its entries with a way to take each out, and one to add another. */
export function entryListBlocks(field: FormField, page: number): KnownBlock[] {
  const entries = Array.isArray(field.initial) ? field.initial : [];
  const need = field.isRequired ? mrk`` : mrk` (optional)`;
  const help = field.help === undefined ? mrk`` : mrk`\n${literal(oneLine(field.help), 500)}`;
  const count = entries.length === 0 ? mrk`_none yet_` : mrk`${String(entries.length)} so far`;
  const rows = entries.slice(0, shownEntries).map((entry, index): KnownBlock => ({
    ...section(
      mrk`${String(index + 1)}. ${literal(oneLine(entryText(entry)), 300)}`,
      field.canRemove === false
        ? undefined
        : button({
            actionId: actionIds.formEntryRemove,
            label: "Remove",
            value: JSON.stringify([field.key, index]),
          }),
    ),
    block_id: `${fieldBlockId(page, field.key, "entry")}:${index}`,
  }));
  const left = entries.length - rows.length;
  return [
    section(mrk`*${field.label}*${need}: ${count}${help}`),
    ...rows,
    ...(left > 0 ? [section(mrk`… and ${String(left)} more`)] : []),
    ...[
      actions(
        [
          field.canAdd === false
            ? undefined
            : button({
                actionId: actionIds.formEntryAdd,
                label: "Add an entry",
                value: field.key,
              }),
        ],
        fieldBlockId(page, field.key, "entry"),
      ),
    ].filter((block) => block !== undefined),
  ];
}

/** `name: web, port: 80` */
export function entryText(entry: JsonValue): string {
  if (!isRecord(entry)) return JSON.stringify(entry);
  return Object.entries(entry)
    .map(([key, value]) => {
      if (value === maskedSecret) return `${key}: •••`;
      return `${key}: ${typeof value === "string" ? value : JSON.stringify(value)}`;
    })
    .join(", ");
}
