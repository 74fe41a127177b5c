import { z } from "zod";

import { InputError, toError } from "../../base/errors.ts";
import {
  isRecord,
  toJsonObject,
  toJsonValue,
  type JsonObject,
  type JsonValue,
} from "../../base/json.ts";
import { defineAction, type ActionContext } from "../action.ts";
import type { TreeFile } from "../workspace-files.ts";
import { readTree } from "./file-tree.ts";
import { renderSkeleton } from "./skeleton.ts";

/** Renders a cookiecutter template without cookiecutter, by the engine's compatible style. */
export const fetchCookiecutter = defineAction({
  id: "fetch:cookiecutter",
  description:
    "Copies a cookiecutter template into the workspace and renders it; no Python is needed, hooks are not run.",
  input: z.object({
    url: z.string(),
    targetPath: z.string().optional(),
    values: z.record(z.string(), z.unknown()).optional(),
    copyWithoutRender: z.array(z.string()).optional(),
    imageName: z.string().optional(),
    extensions: z.array(z.string()).optional(),
    token: z.string().optional(),
  }),
  supportsDryRun: true,
  changesWorkspace: true,
  async run(input, context) {
    const fetched = await context.fetch.fetch(input.url, context.templateBase, context.signal);
    if (!fetched.isFolder) {
      throw new InputError(
        "step-input-invalid",
        `“${input.url}” is a file, not a cookiecutter template`,
      );
    }
    const files = await readTree(fetched.path, context.signal);
    const settings = readSettings(files);
    const values = await valuesOf(settings, toJsonObject(input.values), context);
    const kept = settings["_copy_without_render"];
    const written = Array.isArray(kept) ? kept.filter((glob) => typeof glob === "string") : [];
    await renderSkeleton(
      files.filter((file) => file.path !== "cookiecutter.json" && !file.path.startsWith("hooks/")),
      {
        values,
        copyWithoutTemplating: [],
        copyWithoutRender: [...written, ...(input.copyWithoutRender ?? [])],
        cookiecutterCompat: true,
        trimBlocks: false,
        lstripBlocks: false,
        targetPath: input.targetPath ?? "",
        replace: true,
      },
      context,
    );
    return {};
  },
});

function readSettings(files: TreeFile[]): JsonObject {
  const file = files.find((one) => one.path === "cookiecutter.json");
  if (file === undefined) return {};
  try {
    return toJsonObject(JSON.parse(file.content.toString("utf8")));
  } catch (thrown) {
    throw new InputError(
      "file-unreadable",
      `cookiecutter.json cannot be read: ${toError(thrown).message}`,
    );
  }
}

/** Defaults of `cookiecutter.json`, in its order: the first of a list of choices, expressions over what came before. */
async function valuesOf(
  settings: JsonObject,
  given: JsonObject,
  context: ActionContext,
): Promise<JsonObject> {
  const values: JsonObject = { ...given };
  for (const [name, written] of Object.entries(settings)) {
    if (name.startsWith("_") || Object.hasOwn(values, name)) continue;
    const first: JsonValue = Array.isArray(written) ? (written[0] ?? "") : written;
    values[name] = typeof first === "string" ? await render(first, values, context) : first;
  }
  return values;
}

async function render(
  text: string,
  values: JsonObject,
  context: ActionContext,
): Promise<JsonValue> {
  const world = { nowMs: context.startedAtMs };
  const style = { cookiecutterCompat: true };
  const [rendered] = await context.renderer.renderTexts(
    [text],
    { cookiecutter: values },
    world,
    style,
  );
  if (rendered !== undefined && "value" in rendered) return toJsonValue(rendered.value) ?? "";
  const why =
    rendered !== undefined && isRecord(rendered.failed)
      ? rendered.failed.message
      : "nothing came back";
  throw new InputError(
    "expression-failed",
    `“${text}” in cookiecutter.json cannot be rendered: ${why}`,
  );
}
