import { parseBoundedYaml } from "../base/bounded-yaml.ts";
import { InputError } from "../base/errors.ts";
import { isRecord, toJsonObject, toJsonValue, type JsonValue } from "../base/json.ts";
import { formatRef, parseRef } from "../catalog/ref.ts";
import type { FieldOption, FormField, Widget } from "./form-model.ts";
import { isRepoUntouched, readRepoField } from "./repo-field.ts";

/**
 * What a surface collects for a field: text as typed, the values of chosen options as {@link encodeOption} made them
 * (one or a list), a switch, or nothing. For `repo-url` a list of owner and name, or of host, owner and name.
 */
export type RawInput = string | string[] | boolean | undefined;

/** The value for the run (undefined: the field is left out) or why there is none. */
export type FieldReading = { value: JsonValue | undefined } | { fault: string };

/** Slack allows 75 characters for the value of an option. */
const maxOptionLength = 75;

/** The text that stands for an option in a select: its value as JSON, or its number where that is too long. */
export function encodeOption(option: FieldOption, index: number): string {
  const json = JSON.stringify(option.value);
  return json.length <= maxOptionLength ? json : `#${index}`;
}

/** The options of a field that are chosen by `value`, as {@link encodeOption} writes them. */
export function encodeInitial(field: FormField): string[] {
  const wanted = Array.isArray(field.initial) ? field.initial : [field.initial];
  const texts = wanted.map((value) => JSON.stringify(value));
  return (field.options ?? []).flatMap((option, index) =>
    texts.includes(JSON.stringify(option.value)) ? [encodeOption(option, index)] : [],
  );
}

type Reader = (field: FormField, raw: RawInput) => FieldReading;

const readers: Record<Widget, Reader> = {
  hidden: (field) => ({ value: field.initial }),
  note: (field) => ({ value: field.initial }),
  boolean: (_field, raw) => ({ value: readSwitch(raw) }),
  select: (field, raw) => readChoice(field, firstOf(raw)),
  radio: (field, raw) => readChoice(field, firstOf(raw)),
  "multi-select": (field, raw) => readEach(allOf(raw), (one) => readChoice(field, one)),
  checkboxes: (field, raw) => readEach(allOf(raw), (one) => readChoice(field, one)),
  number: (field, raw) => readNumber(field, textOf(raw)),
  entity: (field, raw) => readEntity(field, textOf(raw)),
  entities: (field, raw) =>
    readEach(allOf(raw).flatMap(linesOf), (line) => readEntity(field, line)),
  "repo-url": readRepoUrl,
  list: (field, raw) => readEach(allOf(raw).flatMap(linesOf), (line) => readItem(field, line)),
  suggest: readText,
  "suggest-list": (_field, raw) =>
    readEach(allOf(raw).flatMap(linesOf), (line) => ({ value: line })),
  "object-list": (_field, raw) => readObjects(textOf(raw)),
  secret: (_field, raw) => readSecret(textOf(raw)),
  date: readText,
  email: readText,
  url: readText,
  text: readText,
  textarea: readText,
};

/** Turns what a person typed or chose into the field's value. Bounds and patterns are checked later, by `validatePage`. */
export function readFieldInput(field: FormField, raw: RawInput): FieldReading {
  return readers[field.widget](field, raw);
}

function readText(field: FormField, raw: RawInput): FieldReading {
  const text = textOf(raw);
  if (text === "") return { value: undefined };
  return field.type === "object" ? readObject(text) : { value: text };
}

/** A text without the blanks around it: nobody means them, and phones add them. */
function textOf(raw: RawInput): string {
  if (Array.isArray(raw)) return raw.join("\n").trim();
  return typeof raw === "boolean" ? String(raw) : (raw ?? "").trim();
}

function firstOf(raw: RawInput): string {
  return (Array.isArray(raw) ? (raw[0] ?? "") : textOf(raw)).trim();
}

function allOf(raw: RawInput): string[] {
  if (Array.isArray(raw)) return raw;
  const text = textOf(raw);
  return text === "" ? [] : [text];
}

/** Lines, also those that end as on Windows, without blanks around and without empty ones. */
function linesOf(text: string): string[] {
  return text
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter((line) => line !== "");
}

/** A checkbox gives its option or nothing, a radio a word, a test a boolean. */
function readSwitch(raw: RawInput): boolean {
  if (typeof raw === "boolean") return raw;
  return ["true", "yes", "on"].includes(firstOf(raw).toLowerCase());
}

function readChoice(field: FormField, chosen: string): FieldReading {
  if (chosen === "") return { value: undefined };
  const options = field.options ?? [];
  const option =
    options.find((one, index) => encodeOption(one, index) === chosen) ??
    // typed by hand (a values file, a command line)
    options.find((one) => one.value === chosen || one.label === chosen);
  if (option !== undefined) return { value: option.value };
  return { fault: `“${cut(chosen)}” is not one of the choices: ${listed(options)}.` };
}

/** Reads each; no value at all where the list is empty, so that `required` can speak. */
function readEach(items: string[], read: (item: string) => FieldReading): FieldReading {
  const values: JsonValue[] = [];
  for (const item of items) {
    const reading = read(item);
    if ("fault" in reading) return reading;
    if (reading.value !== undefined) values.push(reading.value);
  }
  return { value: values.length === 0 ? undefined : values };
}

function readItem({ itemType }: FormField, line: string): FieldReading {
  if (itemType === undefined) return { value: line };
  if (itemType !== "boolean") return readNumber({ type: itemType }, line);
  return ["true", "false"].includes(line)
    ? { value: line === "true" }
    : { fault: `“${cut(line)}” is neither true nor false.` };
}

function readNumber(field: Pick<FormField, "type">, text: string): FieldReading {
  if (text === "") return { value: undefined };
  // digits with an optional sign, fraction and exponent; no hexadecimal, no "Infinity"
  const isNumber = /^[+-]?\d+(?:\.\d+)?(?:[eE][+-]?\d{1,3})?$/.test(text);
  const value = Number(text);
  if (!isNumber || !Number.isFinite(value)) return { fault: `“${cut(text)}” is not a number.` };
  if (field.type === "integer" && !Number.isInteger(value)) {
    return { fault: `“${cut(text)}” is not a whole number.` };
  }
  return { value };
}

function readEntity(field: FormField, text: string): FieldReading {
  if (text === "") return { value: undefined };
  const defaultKind = field.entity?.defaultKind ?? onlyKind(field);
  const { defaultNamespace } = field.entity ?? {};
  try {
    const ref = parseRef(text, {
      defaultKind,
      defaultNamespace: defaultNamespace === false ? undefined : defaultNamespace,
    });
    return { value: formatRef(ref) };
  } catch (thrown) {
    if (!(thrown instanceof InputError)) throw thrown;
    // Backstage keeps what was typed where arbitrary values are allowed, such as a bare team name.
    if (field.entity?.allowArbitraryValues !== false) return { value: text };
    return { fault: `${thrown.message}; ${thrown.hint ?? "choose one of the list"}.` };
  }
}

/** The kind where a filter allows just one. */
function onlyKind(field: FormField): string | undefined {
  const kinds = (field.entity?.filter ?? []).flatMap((filter) => {
    const kind = filter["kind"];
    return Array.isArray(kind) ? kind : typeof kind === "string" ? [kind] : [];
  });
  const [first, ...others] = [...new Set(kinds)];
  return others.length === 0 ? first : undefined;
}

function readRepoUrl(field: FormField, raw: RawInput): FieldReading {
  const given = Array.isArray(raw) ? raw : [textOf(raw)];
  if (!field.isRequired && isRepoUntouched(field.repo, given)) return { value: undefined };
  return readRepoField(field.repo, given) ?? { value: undefined };
}

function readObject(text: string): FieldReading {
  const value = parseLoose(text);
  if (isRecord(value)) return { value: toJsonObject(value) };
  return { fault: "Write it as YAML or JSON, such as `key: value`, one a line." };
}

/** A JSON or YAML list, or one object a line: `name: web, port: 80`. */
function readObjects(text: string): FieldReading {
  if (text === "") return { value: undefined };
  const whole = parseLoose(text);
  if (Array.isArray(whole)) return { value: toJsonValue(whole) };
  const lines = linesOf(text);
  const items: JsonValue[] = [];
  for (const line of lines) {
    const item =
      line.startsWith("{") || line.startsWith("[") ? parseLoose(line) : parseLoose(`{${line}}`);
    const plain = toJsonValue(item);
    if (!isRecord(plain) && !Array.isArray(plain)) {
      return {
        fault: `“${cut(line)}” is not an entry; write one a line, such as \`name: web, port: 80\`.`,
      };
    }
    items.push(plain);
  }
  return { value: items };
}

function parseLoose(text: string): unknown {
  try {
    return parseBoundedYaml(text);
  } catch {
    return undefined;
  }
}

/** Slack has no masked input: a secret is only named here. */
function readSecret(text: string): FieldReading {
  if (text === "") return { value: undefined };
  return { fault: "Secrets are not typed into Slack, where they would stay in the history." };
}

function listed(options: FieldOption[]): string {
  const labels = options.slice(0, 10).map((option) => option.label);
  return options.length > 10 ? `${labels.join(", ")} …` : labels.join(", ");
}

function cut(text: string): string {
  return text.length > 80 ? `${text.slice(0, 79)}…` : text;
}
