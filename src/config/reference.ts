import { z } from "zod";

import { isRecord } from "../base/json.ts";
import { keyMeta, type KeyMeta } from "./schema-key.ts";
import { environmentSchema, fileSchema } from "./schema.ts";

const groups = ["Slack", "GitHub", "Storage", "Process"] as const;

/** `.env.example`: every variable, commented out, under its group's heading. */
export function renderEnvExample(): string {
  const lines = [
    "# Copy to .env and fill in what you need; everything is optional. Generated from src/config/schema.ts.",
  ];
  for (const group of groups) {
    lines.push("", `# ${group}`);
    for (const variable of variables().filter((each) => each.meta.group === group)) {
      lines.push(
        "",
        `# ${variable.meta.description}`,
        `# ${variable.name}=${variable.fallback ?? variable.meta.example ?? ""}`,
      );
    }
  }
  return `${lines.join("\n")}\n`;
}

/** `docs/configuration.md`: the reference of both parts. */
export function renderConfigReference(): string {
  const lines = [
    "# Configuration",
    "",
    "Generated from `src/config/schema.ts` by `npm run docs`; a test keeps the two equal.",
    "Everything is optional: without any of it the playground opens on the sample company.",
    "All wrong values are reported at once, with the key, the value (secrets masked) and what was expected.",
    "",
    "## Environment",
    "",
    "Also read from a file `.env` in the working folder; variables that are already set win.",
  ];
  for (const group of groups) {
    lines.push("", `### ${group}`, "", "| variable | default | meaning |", "| --- | --- | --- |");
    for (const variable of variables().filter((each) => each.meta.group === group)) {
      lines.push(
        `| \`${variable.name}\` | ${variable.fallback === undefined ? "" : `\`${variable.fallback}\``} | ${variable.meta.description} |`,
      );
    }
  }
  lines.push(
    "",
    "## callboard.yaml",
    "",
    "Unknown keys are refused. `${NAME}` in a value is replaced by the environment variable NAME.",
    "",
  );
  lines.push(
    "| key | type | default | meaning |",
    "| --- | --- | --- | --- |",
    ...fileRows(z.toJSONSchema(fileSchema, { io: "input" }), ""),
  );
  return `${lines.join("\n")}\n`;
}

function variables(): { name: string; meta: KeyMeta; fallback: string | undefined }[] {
  const shape: Record<string, z.ZodType> = environmentSchema.shape;
  return Object.entries(shape).map(([name, schema]) => {
    const fallback = schema instanceof z.ZodDefault ? String(schema.def.defaultValue) : undefined;
    return { name, meta: keyMeta(schema), fallback };
  });
}

function fileRows(schema: unknown, prefix: string): string[] {
  if (!isRecord(schema) || !isRecord(schema["properties"])) return [];
  return Object.entries(schema["properties"]).flatMap(([name, property]) => {
    if (!isRecord(property)) return [];
    const key = prefix + name;
    const items = itemRows(property["items"], key);
    const nested = fileRows(property, `${key}.`);
    if (property["description"] === undefined) return [...nested, ...items];
    const fallback =
      property["default"] === undefined ? "" : `\`${JSON.stringify(property["default"])}\``;
    return [
      `| \`${key}\` | ${text(property["type"])} | ${fallback} | ${text(property["description"])} |`,
      ...nested,
      ...items,
    ];
  });
}

/** Rows for the items of a list; items of several types are told apart by their `type`. */
function itemRows(items: unknown, key: string): string[] {
  if (!isRecord(items)) return [];
  const options = items["oneOf"] ?? items["anyOf"];
  if (!Array.isArray(options)) return fileRows(items, `${key}[].`);
  return options.flatMap((option: unknown) => {
    const properties = isRecord(option) ? option["properties"] : undefined;
    const type = isRecord(properties) ? properties["type"] : undefined;
    const name = isRecord(type) && typeof type["const"] === "string" ? type["const"] : undefined;
    return name === undefined ? [] : fileRows(option, `${key}[${name}].`);
  });
}

function text(value: unknown): string {
  return typeof value === "string" ? value : "";
}
