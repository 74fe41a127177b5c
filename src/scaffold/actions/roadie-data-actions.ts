import { posix } from "node:path";

import { zipSync } from "fflate";
import { parseAllDocuments, stringify } from "yaml";
import { z } from "zod";

import { parseBoundedYamlDocuments } from "../../base/bounded-yaml.ts";
import { InputError, toError } from "../../base/errors.ts";
import {
  isRecord,
  setOwn,
  toJsonObject,
  toJsonValue,
  type JsonObject,
  type JsonValue,
} from "../../base/json.ts";
import { defineAction, type ActionContext } from "../action.ts";
import type { TreeFile } from "../workspace-files.ts";
import { waitFor } from "./debug-actions.ts";
import { parseAs, readText, writeText } from "./roadie-file-actions.ts";

const data = z.unknown();

/** Reshapes data. @see https://docs.jsonata.org */
export const roadieJsonata = defineAction({
  id: "roadiehq:utils:jsonata",
  description: "Reshapes data with a JSONata expression; its output is `result`.",
  input: z.object({ data, expression: z.string() }),
  supportsDryRun: true,
  async run(input, context) {
    const result = await context.renderer.query(input.expression, toJsonValue(input.data) ?? null);
    return result === undefined ? {} : { result };
  },
});

const transform = { path: z.string(), expression: z.string() };

/** Reshapes a JSON file. */
export const roadieJsonTransform = defineAction({
  id: "roadiehq:utils:jsonata:json:transform",
  description:
    "Reads a JSON file and reshapes it with a JSONata expression; its output `result` is JSON text.",
  input: z.object({
    ...transform,
    replacer: z.array(z.string()).optional(),
    space: z.union([z.string(), z.number()]).optional(),
  }),
  supportsDryRun: true,
  async run(input, context) {
    const value = parseAs(await readText(input.path, context), "json", input.path);
    const result = await context.renderer.query(input.expression, value);
    return { result: JSON.stringify(result ?? null, input.replacer, input.space) };
  },
});

/** Reshapes a YAML file. */
export const roadieYamlTransform = defineAction({
  id: "roadiehq:utils:jsonata:yaml:transform",
  description:
    "Reads a YAML file and reshapes it with a JSONata expression; its output `result` is YAML text.",
  input: z.object({ ...transform, options: z.unknown().optional() }),
  supportsDryRun: true,
  async run(input, context) {
    const value = parseAs(await readText(input.path, context), "yaml", input.path);
    const result = await context.renderer.query(input.expression, value);
    return { result: toYaml(result ?? null, input.options) };
  },
});

/** Data as JSON text. */
export const roadieSerializeJson = defineAction({
  id: "roadiehq:utils:serialize:json",
  description: "Turns data into JSON text; its output is `serialized`.",
  input: z.object({
    data,
    replacer: z.array(z.string()).optional(),
    space: z.union([z.string(), z.number()]).optional(),
  }),
  supportsDryRun: true,
  async run(input) {
    return {
      serialized: JSON.stringify(toJsonValue(input.data) ?? null, input.replacer, input.space),
    };
  },
});

/** Data as YAML text. */
export const roadieSerializeYaml = defineAction({
  id: "roadiehq:utils:serialize:yaml",
  description: "Turns data into YAML text; its output is `serialized`.",
  input: z.object({ data, options: z.unknown().optional() }),
  supportsDryRun: true,
  async run(input) {
    return { serialized: toYaml(toJsonValue(input.data) ?? null, input.options) };
  },
});

/** The options of js-yaml that make sense here: indent, lineWidth, sortKeys. */
function toYaml(value: JsonValue, written: unknown): string {
  const options = isRecord(written) ? written : {};
  const { indent, lineWidth, sortKeys } = options;
  return stringify(value, {
    indent: typeof indent === "number" && indent >= 1 && indent <= 16 ? indent : 2,
    lineWidth: typeof lineWidth === "number" && lineWidth > 0 ? lineWidth : 0,
    sortMapEntries: sortKeys === true,
    aliasDuplicateObjects: false,
  });
}

/** Waits. */
export const roadieSleep = defineAction({
  id: "roadiehq:utils:sleep",
  description: "Waits for `amount` seconds, at most ten minutes.",
  input: z.object({ amount: z.coerce.number().nonnegative() }),
  supportsDryRun: true,
  async run(input, context) {
    await waitFor(input.amount * 1000, context);
    return {};
  },
});

const mergeInput = z.object({
  path: z.string(),
  content: z.unknown(),
  mergeArrays: z.boolean().optional(),
  preserveYamlComments: z.boolean().optional(),
  useDocumentIncludingField: z.object({ key: z.string(), value: z.string() }).optional(),
});
type MergeInput = z.infer<typeof mergeInput>;

/** Merges data into a JSON or YAML file. */
export const roadieMerge = defineAction({
  id: "roadiehq:utils:merge",
  description: "Merges data into a JSON or YAML file of the workspace; comments of YAML stay.",
  input: mergeInput,
  supportsDryRun: true,
  changesWorkspace: true,
  async run(input, context) {
    const text = await readText(input.path, context);
    const isJson = input.path.toLowerCase().endsWith(".json");
    const merged = isJson ? mergedJson(text, input) : mergedYaml(text, input);
    await writeText(input.path, merged, context);
    return { path: input.path };
  },
});

/** Merges data into a JSON file, whatever it is called. */
export const roadieJsonMerge = defineAction({
  id: "roadiehq:utils:json:merge",
  description: "Merges data into a JSON file of the workspace.",
  input: mergeInput,
  supportsDryRun: true,
  changesWorkspace: true,
  async run(input, context) {
    const text = await readText(input.path, context);
    await writeText(input.path, mergedJson(text, input), context);
    return { path: input.path };
  },
});

function mergedJson(text: string, input: MergeInput): string {
  const before = parseAs(text, "json", input.path);
  return `${JSON.stringify(merge(before, contentOf(input), input.mergeArrays === true), undefined, 2)}\n`;
}

/** Content may come as text that holds YAML or JSON. */
function contentOf(input: MergeInput): JsonObject {
  const value =
    typeof input.content === "string" ? parseAs(input.content, "yaml", "content") : input.content;
  if (isRecord(value)) return toJsonObject(value);
  throw new InputError(
    "step-input-invalid",
    "content must be an object, or YAML or JSON text of one",
  );
}

function mergedYaml(text: string, input: MergeInput): string {
  const content = contentOf(input);
  try {
    // Bounds first: the library that keeps comments has none of its own.
    parseBoundedYamlDocuments(text, { maxLength: 1_000_000, maxDepth: 100 });
  } catch (thrown) {
    throw new InputError(
      "file-unreadable",
      `“${input.path}” cannot be read as yaml: ${toError(thrown).message}`,
    );
  }
  const parsed = parseAllDocuments(text);
  const documents = "empty" in parsed ? [] : parsed;
  const wanted = input.useDocumentIncludingField;
  const document =
    wanted === undefined
      ? documents[0]
      : documents.find((one) => one.getIn(wanted.key.split(".")) === wanted.value);
  if (document === undefined) {
    throw new InputError("file-unreadable", `“${input.path}” has no document to merge into`);
  }
  const before = toJsonValue(document.toJS({ maxAliasCount: 10 })) ?? {};
  const after = merge(before, content, input.mergeArrays === true);
  setChanged([], before, after, (path, value) => document.setIn(path, document.createNode(value)));
  return documents.map((one) => one.toString({ lineWidth: 0 })).join("");
}

/** Only what has changed is set, so that comments stay where they are. */
function setChanged(
  path: string[],
  before: JsonValue | undefined,
  after: JsonValue,
  set: (path: string[], value: JsonValue) => void,
): void {
  if (JSON.stringify(before) === JSON.stringify(after)) return;
  if (!isRecord(after) || !isRecord(before)) return set(path, after);
  for (const [key, value] of Object.entries(after)) {
    setChanged([...path, key], before[key], value, set);
  }
}

/** Objects key by key; lists one after the other when `appendLists`, else place by place. */
function merge(before: JsonValue, after: JsonValue, appendLists: boolean): JsonValue {
  if (Array.isArray(before) && Array.isArray(after)) {
    if (appendLists) return [...before, ...after];
    const rest = before.slice(after.length);
    return [
      ...after.map((item, index) => merge(before[index] ?? null, item, appendLists)),
      ...rest,
    ];
  }
  if (!isRecord(before) || !isRecord(after)) return after;
  const merged: JsonObject = { ...before };
  for (const [key, value] of Object.entries(after)) {
    const own = Object.hasOwn(before, key) ? before[key] : undefined;
    setOwn(merged, key, own === undefined ? value : merge(own, value, appendLists));
  }
  return merged;
}

/** Packs a file or folder. */
export const roadieZip = defineAction({
  id: "roadiehq:utils:zip",
  description: "Packs a file or folder of the workspace into a zip archive in it.",
  input: z.object({ path: z.string(), outputPath: z.string() }),
  supportsDryRun: true,
  changesWorkspace: true,
  async run(input, context) {
    const files: TreeFile[] =
      (await context.files.kind(input.path)) === "folder"
        ? await context.files.tree(input.path, context.signal)
        : [await fileAt(input.path, context)];
    const content = zipped(files, context.startedAtMs);
    await context.files.write([{ path: input.outputPath, content, isExecutable: false }]);
    return { outputPath: input.outputPath };
  },
});

async function fileAt(path: string, context: ActionContext): Promise<TreeFile> {
  return {
    path: posix.basename(path),
    content: await context.files.read(path),
    isExecutable: false,
  };
}

/** An archive that is the same each time: dates are those of the run. */
function zipped(files: TreeFile[], atMs: number): Buffer {
  const entries = files.map((file) => {
    // the high half of the attributes is the mode, as Unix tools read it
    const attrs = (file.isExecutable ? 0o100755 : 0o100644) * 0x10000;
    return [file.path, [file.content, { mtime: atMs, os: 3, attrs }]] as const;
  });
  return Buffer.from(
    zipSync(Object.fromEntries(entries.map(([path, entry]) => [path, [...entry]]))),
  );
}
