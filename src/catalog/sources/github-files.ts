import type { Diagnostic } from "../../base/diagnostics.ts";
import { createPause } from "../../base/pause.ts";
import type { Companion, SourceFile } from "./contract.ts";
import { withoutSkeletons } from "./file-walk.ts";
import { blobError, type GithubBlobs } from "./github-blobs.ts";
import { pageOf } from "./github-places.ts";
import type { RepositoryState } from "./github-repositories.ts";
import { parseTreePattern } from "./github-tree.ts";

/** What the repositories of an organisation give to the catalog. */
export interface GithubFiles {
  files: SourceFile[];
  diagnostics: Diagnostic[];
  companions: Companion[];
  /** False when a text could not be fetched: its repository changed meanwhile. */
  isWhole: boolean;
}

export interface CompileOptions {
  blobs: GithubBlobs;
  /** Absent: the default branch of each. */
  branch: string | undefined;
  org: string;
  path: string;
}

/** Puts together what was fetched. */
export async function compileGithubFiles(
  states: readonly RepositoryState[],
  options: CompileOptions,
): Promise<GithubFiles> {
  const given: GithubFiles = { files: [], diagnostics: [], companions: [], isWhole: true };
  const isImplied = parseTreePattern(options.path) !== undefined;
  const pause = createPause();
  for (const state of states) {
    await pause();
    addFiles(state, options, isImplied, given);
    addCodeowners(state, options, given);
    if (state.isWhole) continue;
    const message = "GitHub lists only a part of its files: it is too large for wildcards";
    given.diagnostics.push(faultAt(state.listed.url, "folder-unreadable", message));
  }
  return given;
}

function addFiles(
  { listed, files }: RepositoryState,
  { blobs, branch }: CompileOptions,
  isImplied: boolean,
  given: GithubFiles,
): void {
  const found: { base: string; file: SourceFile; text: string }[] = [];
  for (const { path, oid } of files) {
    const page = pageOf({ url: listed.url, ref: branch ?? listed.branch, path });
    const text = blobs.get(oid);
    if (text === undefined) {
      given.isWhole = false;
      const message = "it changed while it was read; it is read again";
      given.diagnostics.push(faultAt(page, "file-unreadable", message));
    } else if (typeof text !== "string") {
      const { code, message } = blobError(page, text.problem);
      given.diagnostics.push(faultAt(page, code, message));
    } else {
      const file = { file: page, base: page, text, version: oid };
      // skeletons are found by paths, as on a disk
      found.push({ base: `/${path}`, file: isImplied ? { ...file, isImplied } : file, text });
    }
  }
  const kept = isImplied ? withoutSkeletons(found) : found;
  for (const { file } of kept) given.files.push(file);
}

function addCodeowners(
  { listed, codeowners }: RepositoryState,
  { blobs, branch, org }: CompileOptions,
  given: GithubFiles,
): void {
  const text = codeowners === undefined ? undefined : blobs.get(codeowners.oid);
  if (typeof text !== "string" || codeowners === undefined) return;
  const { url: repository, name } = listed;
  const slug = `${org}/${name}`;
  const ref = branch ?? listed.branch;
  const file = pageOf({ url: repository, ref, path: codeowners.path });
  const version = codeowners.oid;
  given.companions.push({ kind: "codeowners", repository, slug, file, text, version });
}

function faultAt(file: string, code: string, message: string): Diagnostic {
  return { file, line: 1, column: 1, severity: "error", code, message };
}
