import { isUtf8 } from "node:buffer";

import { InputError } from "../../base/errors.ts";
import type { JsonObject } from "../../base/json.ts";
import type { ActionContext } from "../action.ts";
import type { RenderStyle } from "../expressions.ts";
import { assertNoClashes, checkRelativePath } from "../file-path.ts";
import type { TreeFile } from "../workspace-files.ts";
import { matchGlobs } from "./globs.ts";

/** How a skeleton becomes files; the input of `fetch:template` and `workspace:template`. */
export interface SkeletonOptions {
  values: JsonObject;
  /** Contents of these are copied as they are; names are rendered. */
  copyWithoutTemplating: string[];
  /** Contents and names of these are copied as they are (Backstage still lists it but ignores it; we honour it). */
  copyWithoutRender: string[];
  /** Only files that end so have their contents rendered, and lose the ending. */
  templateFileExtension?: string;
  cookiecutterCompat: boolean;
  trimBlocks: boolean;
  lstripBlocks: boolean;
  /** Where the result goes, inside the workspace. */
  targetPath: string;
  /** Write over files that are there. */
  replace: boolean;
  /** True when the paths of the files are what they shall be called, so that nothing renders them. */
  hasFinalNames?: boolean;
}

interface PlannedFile {
  file: TreeFile;
  /** Rendered, below the target. */
  path: string;
  isRendered: boolean;
}

/** Rendered together: enough to be quick, few enough for the time limit of one rendering. */
const batchBytes = 500_000;

/**
 * Renders a skeleton into the workspace as Backstage's `fetch:template` does: names first, then contents of text files.
 * A name that renders to nothing (or has an empty part) leaves the file out, which is how conditional files work.
 * @throws InputError `expression-failed` naming file and line, `path-not-allowed`, `path-clash`, `tree-too-large`.
 */
export async function renderSkeleton(
  files: TreeFile[],
  options: SkeletonOptions,
  context: ActionContext,
): Promise<void> {
  const planned = await planFiles(files, options, context);
  assertNoClashes(planned.map((one) => one.path));
  const present = await context.files.paths();
  // By path: two names may render to one, and then the first stays, or the last when it replaces.
  const byPath = new Map<string, PlannedFile>();
  for (const one of planned) {
    const isThere = byPath.has(one.path) || present.has(one.path);
    if (isThere && !options.replace) context.log(`kept ${one.path}, which is already there`);
    else byPath.set(one.path, one);
  }
  const wanted = [...byPath.values()];
  const isText = (one: PlannedFile): boolean => one.isRendered && isTextFile(one.file.content);
  const asTheyAre = wanted.filter((one) => !isText(one));
  await context.files.write(
    asTheyAre.map(({ path, file: { content, isExecutable } }) => ({ path, content, isExecutable })),
  );
  for (const batch of batches(wanted.filter(isText))) await renderBatch(batch, options, context);
  context.log(`wrote ${wanted.length} file${wanted.length === 1 ? "" : "s"}`);
}

async function renderBatch(
  batch: PlannedFile[],
  options: SkeletonOptions,
  context: ActionContext,
): Promise<void> {
  context.signal.throwIfAborted();
  const sources = batch.map((one) => one.file.content.toString("utf8"));
  const texts = await renderTexts(
    sources,
    batch.map((one) => one.file.path),
    options,
    context,
  );
  const rendered = batch.map(({ path, file }, index) => ({
    path,
    content: texts[index] ?? "",
    isExecutable: file.isExecutable,
  }));
  await context.files.write(rendered);
}

async function planFiles(
  files: TreeFile[],
  options: SkeletonOptions,
  context: ActionContext,
): Promise<PlannedFile[]> {
  const paths = files.map((file) => file.path);
  const asIs = matchGlobs(options.copyWithoutRender, paths);
  const plain = matchGlobs(options.copyWithoutTemplating, paths);
  const extension = options.templateFileExtension;
  const named = files.map((file): PlannedFile => {
    const isKept = asIs.has(file.path);
    if (extension === undefined)
      return { file, path: file.path, isRendered: !isKept && !plain.has(file.path) };
    const isRendered = file.path.endsWith(extension);
    return {
      file,
      path: isRendered ? file.path.slice(0, -extension.length) : file.path,
      isRendered,
    };
  });
  const written = named.map((one) => one.path);
  const names =
    options.hasFinalNames === true ? written : await renderTexts(written, paths, options, context);
  return named.flatMap((one, index) => {
    const name = asIs.has(one.file.path) ? one.path : (names[index] ?? "");
    if (isLeftOut(name)) {
      context.log(`left out ${one.file.path}: its name is empty for these values`);
      return [];
    }
    const path = checkRelativePath(
      options.targetPath === "" ? name : `${options.targetPath}/${name}`,
    );
    return [{ ...one, path }];
  });
}

/** An empty name, or one with an empty part: Backstage's way to leave a file out. */
function isLeftOut(name: string): boolean {
  return name === "" || name.startsWith("/") || name.endsWith("/") || name.includes("//");
}

async function renderTexts(
  sources: string[],
  shownAs: string[],
  options: SkeletonOptions,
  context: ActionContext,
): Promise<string[]> {
  const style: RenderStyle = {
    cookiecutterCompat: options.cookiecutterCompat,
    trimBlocks: options.trimBlocks,
    lstripBlocks: options.lstripBlocks,
  };
  const scope = options.cookiecutterCompat
    ? { cookiecutter: options.values }
    : { values: options.values };
  const world = { nowMs: context.startedAtMs };
  const rendered = await context.renderer.renderTexts(sources, scope, world, style);
  return rendered.map((result, index) => {
    if (!("failed" in result)) return typeof result.value === "string" ? result.value : "";
    const { line, column, message } = result.failed;
    const place = [shownAs[index], line, column].filter((part) => part !== undefined).join(":");
    throw new InputError("expression-failed", `${place} cannot be rendered: ${message}`, {
      hint: "mend the skeleton, or list the file under copyWithoutTemplating",
    });
  });
}

/** Valid UTF-8 without NUL is text; anything else is copied byte by byte. */
export function isTextFile(content: Buffer): boolean {
  return isUtf8(content) && !content.includes(0);
}

function* batches(files: PlannedFile[]): Generator<PlannedFile[]> {
  let batch: PlannedFile[] = [];
  let sizeBytes = 0;
  for (const one of files) {
    batch.push(one);
    sizeBytes += one.file.content.length;
    if (sizeBytes < batchBytes) continue;
    yield batch;
    batch = [];
    sizeBytes = 0;
  }
  if (batch.length > 0) yield batch;
}
