import { chmod, lstat, mkdir, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";

import { InputError } from "../../base/errors.ts";
import { checkRelativePath } from "../file-path.ts";
import { treeLimits } from "./file-tree.ts";

/** Makes `folder` an empty workspace, whatever was there. */
export async function prepareWorkspace(folder: string): Promise<void> {
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
}

/**
 * The absolute path of something inside the workspace. No part of it is a link, so it cannot lead out.
 * @throws InputError `path-not-allowed`.
 */
export async function resolveInside(workspace: string, path: string): Promise<string> {
  const relative = checkRelativePath(path);
  let absolute = workspace;
  for (const part of relative === "" ? [] : relative.split("/")) {
    absolute = join(absolute, part);
    const stats = await lstat(absolute).catch(() => undefined);
    if (stats === undefined) continue;
    if (stats.isSymbolicLink()) {
      throw new InputError(
        "path-not-allowed",
        `The path “${path}” is not allowed: it leads through a symbolic link.`,
      );
    }
  }
  return absolute;
}

/** As {@link resolveInside}, but the workspace itself is refused. */
export async function resolveFileInside(workspace: string, path: string): Promise<string> {
  if (checkRelativePath(path) === "") {
    throw new InputError(
      "path-not-allowed",
      `The path “${path}” is the workspace itself, not a file in it.`,
    );
  }
  return resolveInside(workspace, path);
}

/** What stands at a path inside the workspace; undefined when nothing does. */
export async function kindInside(
  workspace: string,
  path: string,
): Promise<"file" | "folder" | undefined> {
  const stats = await lstat(await resolveInside(workspace, path)).catch(() => undefined);
  if (stats === undefined) return undefined;
  return stats.isDirectory() ? "folder" : "file";
}

/** Writes a file inside the workspace, with its folders. @throws InputError `path-not-allowed`, `tree-too-large`. */
export async function writeInside(
  workspace: string,
  path: string,
  content: Buffer | string,
  isExecutable = false,
): Promise<void> {
  const absolute = await resolveFileInside(workspace, path);
  if (Buffer.byteLength(content) > treeLimits.fileBytes) {
    throw new InputError("tree-too-large", `“${path}” would be larger than 10 MB.`);
  }
  if ((await kindInside(workspace, path)) === "folder") {
    throw new InputError(
      "path-not-allowed",
      `“${path}” is a folder; a file cannot take its place.`,
    );
  }
  await mkdir(dirname(absolute), { recursive: true }).catch((thrown: unknown) => {
    throw new InputError(
      "path-not-allowed",
      `“${path}” cannot be written: a file stands where a folder is needed.`,
      {
        cause: thrown,
      },
    );
  });
  await writeFile(absolute, content);
  // chmod, because writeFile keeps the mode of a file that was there
  await chmod(absolute, isExecutable ? 0o755 : 0o644);
}
