import { basename } from "node:path";

import { z } from "zod";

import { InputError } from "../../base/errors.ts";
import { toJsonObject } from "../../base/json.ts";
import { defineAction, type ActionContext } from "../action.ts";
import type { Fetched } from "../fetching/contract.ts";
import { checkRelativePath } from "../file-path.ts";
import type { TreeFile } from "../workspace-files.ts";
import { readRegularFile, readTree } from "./file-tree.ts";
import { renderSkeleton, type SkeletonOptions } from "./skeleton.ts";

const values = z.record(z.string(), z.unknown()).optional();

/** What the four rendering actions have in common. */
const renderingInput = {
  values,
  cookiecutterCompat: z.boolean().optional(),
  replace: z.boolean().optional(),
  trimBlocks: z.boolean().optional(),
  lstripBlocks: z.boolean().optional(),
};
const folderInput = {
  ...renderingInput,
  copyWithoutTemplating: z.array(z.string()).optional(),
  copyWithoutRender: z.array(z.string()).optional(),
  templateFileExtension: z.union([z.string(), z.boolean()]).optional(),
};
const folderSchema = z.object({ ...folderInput, targetPath: z.string().optional() });
type FolderInput = z.infer<typeof folderSchema>;

/** Downloads a skeleton and renders it into the workspace. */
export const fetchTemplate = defineAction({
  id: "fetch:template",
  description: "Copies a folder into the workspace and renders names and contents with `values`.",
  input: z.object({
    ...folderInput,
    url: z.string(),
    targetPath: z.string().optional(),
    token: z.string().optional(),
  }),
  supportsDryRun: true,
  changesWorkspace: true,
  async run(input, context) {
    const files = await readSource(await fetchFrom(input.url, context), input.url, context);
    await renderSkeleton(files, optionsOf(input), context);
    return {};
  },
});

/** Downloads one file and renders it into the workspace. */
export const fetchTemplateFile = defineAction({
  id: "fetch:template:file",
  description: "Copies one file into the workspace and renders it with `values`.",
  input: z.object({
    ...renderingInput,
    url: z.string(),
    targetPath: z.string(),
    token: z.string().optional(),
  }),
  supportsDryRun: true,
  changesWorkspace: true,
  async run(input, context) {
    const fetched = await fetchFrom(input.url, context);
    if (fetched.isFolder) throw notAFile(input.url);
    const content = await readRegularFile(fetched.path, input.url);
    await renderOne({ path: basename(fetched.path), content, isExecutable: false }, input, context);
    return {};
  },
});

/** Renders a folder that is already in the workspace. */
export const workspaceTemplate = defineAction({
  id: "workspace:template",
  description: "Renders a folder of the workspace into another with `values`.",
  input: z.object({ ...folderInput, sourcePath: z.string(), targetPath: z.string() }),
  supportsDryRun: true,
  changesWorkspace: true,
  async run(input, context) {
    const files = await context.files.tree(input.sourcePath, context.signal);
    await renderSkeleton(files, optionsOf(input), context);
    return {};
  },
});

/** Renders one file that is already in the workspace. */
export const workspaceTemplateFile = defineAction({
  id: "workspace:template:file",
  description: "Renders one file of the workspace into another with `values`.",
  input: z.object({ ...renderingInput, sourcePath: z.string(), targetPath: z.string() }),
  supportsDryRun: true,
  changesWorkspace: true,
  async run(input, context) {
    const content = await context.files.read(input.sourcePath);
    const path = basename(input.sourcePath);
    await renderOne({ path, content, isExecutable: false }, input, context);
    return {};
  },
});

async function renderOne(
  file: TreeFile,
  input: FolderInput & { targetPath: string },
  context: ActionContext,
): Promise<void> {
  // The target is the name; what the file was called does not matter.
  const options = { ...optionsOf(input), targetPath: "", hasFinalNames: true };
  await renderSkeleton([{ ...file, path: checkRelativePath(input.targetPath) }], options, context);
}

async function fetchFrom(url: string, context: ActionContext): Promise<Fetched> {
  return context.fetch.fetch(url, context.templateBase, context.signal);
}

/** The files of what was fetched; a single file stands for a folder that holds it. */
async function readSource(
  fetched: Fetched,
  url: string,
  context: ActionContext,
): Promise<TreeFile[]> {
  if (fetched.isFolder) return readTree(fetched.path, context.signal);
  const content = await readRegularFile(fetched.path, url);
  return [{ path: basename(fetched.path), content, isExecutable: false }];
}

function optionsOf(input: FolderInput): SkeletonOptions {
  const extension = extensionOf(input);
  return {
    values: toJsonObject(input.values),
    copyWithoutTemplating: input.copyWithoutTemplating ?? [],
    copyWithoutRender: input.copyWithoutRender ?? [],
    ...(extension === undefined ? {} : { templateFileExtension: extension }),
    cookiecutterCompat: input.cookiecutterCompat === true,
    trimBlocks: input.trimBlocks === true,
    lstripBlocks: input.lstripBlocks === true,
    targetPath: input.targetPath ?? "",
    replace: input.replace === true,
  };
}

/** `true` means `.njk`. */
function extensionOf(input: FolderInput): string | undefined {
  const written = input.templateFileExtension;
  if (written === undefined || written === false || written === "") return undefined;
  const isMixed =
    [input.copyWithoutTemplating, input.copyWithoutRender].some((globs) => globs !== undefined) ||
    input.cookiecutterCompat === true;
  if (isMixed) {
    throw new InputError(
      "step-input-invalid",
      "templateFileExtension cannot be combined with copyWithoutTemplating, copyWithoutRender or cookiecutterCompat",
      { hint: "with templateFileExtension all other files are copied as they are anyway" },
    );
  }
  const extension = written === true ? ".njk" : written;
  return extension.startsWith(".") ? extension : `.${extension}`;
}

function notAFile(url: string): InputError {
  return new InputError("step-input-invalid", `“${url}” is a folder, not a file`, {
    hint: "use the action for folders instead",
  });
}
