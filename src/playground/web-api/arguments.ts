import { isRecord } from "../../base/json.ts";
import { SlackRefusal } from "../refusal.ts";

/**
 * Arguments that Slack documents as JSON. In a form-encoded body only these are parsed: a text that happens to begin
 * with `[` or `{` stays a text.
 */
const jsonArguments = new Set([
  "attachments",
  "blocks",
  "chunks",
  "files",
  "loading_messages",
  "metadata",
  "outputs",
  "prompts",
  "unfurls",
  "user_auth_blocks",
  "view",
]);

/** The arguments of one call, as they came in. */
export class MethodArguments {
  readonly #values: Readonly<Record<string, unknown>>;

  constructor(values: Readonly<Record<string, unknown>>) {
    this.#values = values;
  }

  get names(): string[] {
    return Object.keys(this.#values);
  }

  has(name: string): boolean {
    const value = this.raw(name);
    return value !== undefined && value !== null && value !== "";
  }

  raw(name: string): unknown {
    return Object.hasOwn(this.#values, name) ? this.#values[name] : undefined;
  }

  /** A text; undefined when absent or empty. @throws SlackRefusal `invalid_arguments`. */
  text(name: string): string | undefined {
    const value = this.raw(name);
    if (value === undefined || value === null || value === "") return undefined;
    if (typeof value === "string") return value;
    if (typeof value === "number" || typeof value === "boolean") return String(value);
    throw wrongType(name, "string");
  }

  /** A text that the method table guarantees. */
  required(name: string): string {
    return this.text(name) ?? "";
  }

  flag(name: string): boolean | undefined {
    const value = this.text(name);
    return value === undefined ? undefined : value === "true" || value === "1";
  }

  /** A whole number. @throws SlackRefusal `invalid_arguments`. */
  integer(name: string): number | undefined {
    const value = this.text(name);
    if (value === undefined) return undefined;
    if (!/^-?\d{1,9}$/.test(value)) throw wrongType(name, "integer");
    return Number(value);
  }

  /** A JSON object. @throws SlackRefusal `invalid_arguments`. */
  record(name: string): Record<string, unknown> | undefined {
    const value = this.raw(name);
    if (value === undefined || value === null) return undefined;
    if (!isRecord(value)) throw wrongType(name, "object");
    return value;
  }

  /** A JSON array. @throws SlackRefusal `invalid_arguments`. */
  list(name: string): unknown[] | undefined {
    const value = this.raw(name);
    if (value === undefined || value === null) return undefined;
    if (!Array.isArray(value)) throw wrongType(name, "array");
    return value;
  }
}

/** Reads a form-encoded body. JSON that cannot be parsed is refused as Slack does. */
export function parseFormArguments(body: string): Record<string, unknown> {
  const values: Record<string, unknown> = {};
  for (const [name, value] of new URLSearchParams(body)) {
    values[name] = jsonArguments.has(name) && value !== "" ? parseJson(name, value) : value;
  }
  return values;
}

function parseJson(name: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    if (name === "blocks") throw new SlackRefusal("invalid_blocks_format");
    if (name === "metadata") throw new SlackRefusal("invalid_metadata_format");
    throw wrongType(name, "valid JSON");
  }
}

function wrongType(name: string, expected: string): SlackRefusal {
  return new SlackRefusal("invalid_arguments", [
    `[ERROR] must be ${expected} [json-pointer:/${name}]`,
  ]);
}
