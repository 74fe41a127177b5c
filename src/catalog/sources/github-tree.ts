import picomatch from "picomatch";

import { isRecord } from "../../base/json.ts";
import { globFolder, isGlob } from "./file-walk.ts";
import type { GithubReader } from "./github-reader.ts";

/** A file in a repository. */
export interface TreeFile {
  /** From the repository's top, without a leading slash. */
  path: string;
  oid: string;
  sizeBytes: number;
}

/** Where a pattern looks, and which paths it takes. */
export interface TreePattern {
  /** The folder before the first wildcard; empty for the top. */
  folder: string;
  isMatch(path: string): boolean;
}

/** A pattern from the repository's top, such as `services/**`; undefined for a plain path. */
export function parseTreePattern(path: string): TreePattern | undefined {
  if (!isGlob(path)) return undefined;
  const folder = globFolder(`/${path}`).slice(1);
  return { folder, isMatch: picomatch(path, { dot: true }) };
}

/** All files below a folder, by its git id; `isWhole` is false where GitHub gives only a part of a very large one. */
export async function readTree(
  reader: GithubReader,
  {
    owner,
    repository,
    oid,
    folder,
  }: { owner: string; repository: string; oid: string; folder: string },
  signal: AbortSignal,
): Promise<{ files: TreeFile[]; isWhole: boolean }> {
  const answer = await reader.get({
    owner,
    route: "GET /repos/{owner}/{repo}/git/trees/{tree_sha}",
    parameters: { owner, repo: repository, tree_sha: oid, recursive: "1" },
    doing: `listing the files of ${owner}/${repository}`,
    signal,
  });
  const data = answer.status === "ok" && isRecord(answer.data) ? answer.data : {};
  const entries: unknown[] = Array.isArray(data["tree"]) ? data["tree"] : [];
  const prefix = folder === "" ? "" : `${folder}/`;
  const files = entries.flatMap((entry) => {
    if (!isRecord(entry) || entry["type"] !== "blob") return [];
    const { path, sha, size } = entry;
    if (typeof path !== "string" || typeof sha !== "string") return [];
    return [{ path: prefix + path, oid: sha, sizeBytes: typeof size === "number" ? size : 0 }];
  });
  files.sort((a, b) => (a.path < b.path ? -1 : 1));
  return { files, isWhole: data["truncated"] !== true };
}
