import { z } from "zod";

import { isRecord } from "../src/base/json.ts";
import type { AnyAction } from "../src/scaffold/action.ts";
import { builtinActions } from "../src/scaffold/actions/builtin-actions.ts";

const begin = "<!-- actions: written by `npm run docs` -->";
const end = "<!-- /actions -->";

/** `docs/actions.md` with its table made from the registry; what stands around the table is kept. */
export function renderActionsPage(page: string): string {
  const start = page.indexOf(begin) + begin.length;
  return `${page.slice(0, start)}\n\n${renderTable()}\n${page.slice(page.indexOf(end))}`;
}

function renderTable(): string {
  const rows = [...builtinActions.values()]
    .toSorted((a, b) => (a.id < b.id ? -1 : 1))
    .map((action) => `| \`${action.id}\` | ${action.description} | ${inputsOf(action)} |`);
  return ["| action | does | inputs (**required**) |", "| --- | --- | --- |", ...rows, ""].join(
    "\n",
  );
}

function inputsOf(action: AnyAction): string {
  const schema: unknown = z.toJSONSchema(action.input, { unrepresentable: "any", io: "input" });
  const properties = isRecord(schema) && isRecord(schema["properties"]) ? schema["properties"] : {};
  const required = isRecord(schema) && Array.isArray(schema["required"]) ? schema["required"] : [];
  const names = Object.keys(properties);
  const ordered = [
    ...names.filter((name) => required.includes(name)),
    ...names.filter((name) => !required.includes(name)),
  ];
  return ordered.map((name) => (required.includes(name) ? `**${name}**` : name)).join(", ");
}
