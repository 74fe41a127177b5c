import { z } from "zod";

import { parseBoundedYaml, parseBoundedYamlDocuments } from "../../base/bounded-yaml.ts";
import { InputError, toError } from "../../base/errors.ts";
import { toJsonValue, type JsonValue } from "../../base/json.ts";
import { defineAction, type ActionContext } from "../action.ts";
import { replaceAllWithin } from "../bounded-regex.ts";
import { matchGlobs } from "./globs.ts";
import { isTextFile } from "./skeleton.ts";

/** Text as it is, anything else as JSON. */
export function textOf(content: unknown): string {
  return typeof content === "string"
    ? content
    : JSON.stringify(toJsonValue(content) ?? null, undefined, 2);
}

/** Reads a text file of the workspace. @throws NotFoundError `file-not-found`. */
export async function readText(path: string, context: ActionContext): Promise<string> {
  return (await context.files.read(path)).toString("utf8");
}

/** Writes a text file. */
export async function writeText(path: string, text: string, context: ActionContext): Promise<void> {
  await context.files.write([{ path, content: text, isExecutable: false }]);
}

/** Writes a file. @see https://roadie.io/docs/scaffolder/roadie-scaffolder-utils/ */
export const roadieWrite = defineAction({
  id: "roadiehq:utils:fs:write",
  description: "Writes a text file into the workspace.",
  input: z.object({
    path: z.string(),
    content: z.unknown(),
    preserveFormatting: z.boolean().optional(),
  }),
  supportsDryRun: true,
  changesWorkspace: true,
  async run(input, context) {
    await writeText(input.path, textOf(input.content), context);
    return { path: input.path };
  },
});

/** Adds to the end of a file, which is made when it is not there. */
export const roadieAppend = defineAction({
  id: "roadiehq:utils:fs:append",
  description: "Adds text to the end of a file of the workspace.",
  input: z.object({ path: z.string(), content: z.unknown() }),
  supportsDryRun: true,
  changesWorkspace: true,
  async run(input, context) {
    const isThere = (await context.files.kind(input.path)) === "file";
    const before = isThere ? await readText(input.path, context) : "";
    await writeText(input.path, before + textOf(input.content), context);
    return { path: input.path };
  },
});

const replacement = z.object({
  file: z.string(),
  find: z.string(),
  replaceWith: z.string(),
  matchRegex: z.boolean().optional(),
  includeDotFiles: z.boolean().optional(),
});

/** Replaces text in files, by word or regular expression. */
export const roadieReplace = defineAction({
  id: "roadiehq:utils:fs:replace",
  description: "Replaces text in files of the workspace, named by path or glob.",
  input: z.object({ files: z.array(replacement) }),
  supportsDryRun: true,
  changesWorkspace: true,
  async run(input, context) {
    for (const one of input.files) await replaceIn(one, context);
    return {};
  },
});

async function replaceIn(one: z.infer<typeof replacement>, context: ActionContext): Promise<void> {
  const files = await context.files.list("", context.signal);
  const paths = files.map((file) => file.path);
  const isGlob = /[*?[\]{}]/.test(one.file);
  for (const path of matchGlobs([one.file], paths)) {
    const isHidden = path.split("/").some((part) => part.startsWith("."));
    if (isGlob && isHidden && one.includeDotFiles !== true) continue;
    const file = files.find((each) => each.path === path);
    const content = await context.files.read(path);
    if (!isTextFile(content)) continue;
    const text = replaced(content.toString("utf8"), one);
    const isExecutable = file?.isExecutable === true;
    await context.files.write([{ path, content: text, isExecutable }]);
  }
}

function replaced(text: string, one: z.infer<typeof replacement>): string {
  if (one.matchRegex !== true) return text.replaceAll(one.find, () => one.replaceWith);
  try {
    const result = replaceAllWithin({ source: one.find, flags: "g" }, text, one.replaceWith);
    if (result !== undefined) return result;
  } catch (thrown) {
    throw new InputError(
      "pattern-invalid",
      `“${one.find}” is not a regular expression: ${toError(thrown).message}`,
    );
  }
  throw new InputError("pattern-invalid", `The regular expression “${one.find}” takes too long.`, {
    hint: "avoid repetitions within repetitions",
  });
}

/** Reads a file as text, JSON or YAML. */
export const roadieParse = defineAction({
  id: "roadiehq:utils:fs:parse",
  description:
    "Reads a file of the workspace as text, or as json, yaml or multiyaml; its output is `content`.",
  input: z.object({ path: z.string(), parser: z.enum(["yaml", "json", "multiyaml"]).optional() }),
  supportsDryRun: true,
  async run(input, context) {
    const text = await readText(input.path, context);
    return { content: parseAs(text, input.parser, input.path) };
  },
});

/** @throws InputError `file-unreadable`. */
export function parseAs(
  text: string,
  parser: "yaml" | "json" | "multiyaml" | undefined,
  path: string,
): JsonValue {
  if (parser === undefined) return text;
  try {
    if (parser === "json") return toJsonValue(JSON.parse(text)) ?? null;
    const value =
      parser === "yaml"
        ? parseBoundedYaml(text, yamlBounds)
        : parseBoundedYamlDocuments(text, yamlBounds);
    return toJsonValue(value) ?? null;
  } catch (thrown) {
    throw new InputError(
      "file-unreadable",
      `“${path}” cannot be read as ${parser}: ${toError(thrown).message}`,
    );
  }
}

/** Generated files may be larger than what people type. */
const yamlBounds = { maxLength: 1_000_000, maxDepth: 100 };
