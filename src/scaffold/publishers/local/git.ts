import fs from "node:fs";

import * as git from "isomorphic-git";

import type { PublishFile } from "../contract.ts";
import { buildPack, storePack } from "./pack.ts";

/** A file of a commit: its content's id and git's mode, such as `100755` for an executable. */
export interface TreeEntry {
  oid: string;
  mode: string;
}

/** All files of a commit by path. */
export type FlatTree = Map<string, TreeEntry>;

export interface CommitRequest {
  gitdir: string;
  tree: string;
  parents: string[];
  message: string;
  runId: string;
  author: { name: string; email: string };
  committedAtMs: number;
}

const submoduleMode = "160000";
const emptyTree = "4b825dc642cb6eb9a060e54bf8d69288fbee4904";

/** Stores contents as one pack; the tree they make by path. */
export async function storeFiles(gitdir: string, files: PublishFile[]): Promise<FlatTree> {
  if (files.length === 0) return new Map();
  const pack = await buildPack(files.map(({ content }) => ({ type: "blob", content })));
  await storePack(gitdir, pack);
  return new Map(
    files.map(({ path, isExecutable }, index) => [
      path,
      { oid: pack.oids[index] ?? "", mode: isExecutable ? "100755" : "100644" },
    ]),
  );
}

/** Stores the folders of a flat tree, innermost first; resolves with the id of the whole. */
export async function storeTree(gitdir: string, files: FlatTree): Promise<string> {
  const entries: git.TreeObject = [];
  const folders = new Map<string, FlatTree>();
  for (const [path, file] of files) {
    const slash = path.indexOf("/");
    if (slash < 0) {
      entries.push({ ...file, path, type: file.mode === submoduleMode ? "commit" : "blob" });
      continue;
    }
    const name = path.slice(0, slash);
    const inner = folders.get(name) ?? new Map<string, TreeEntry>();
    folders.set(name, inner.set(path.slice(slash + 1), file));
  }
  for (const [path, inner] of folders) {
    entries.push({ mode: "040000", path, oid: await storeTree(gitdir, inner), type: "tree" });
  }
  return git.writeTree({ fs, gitdir, dir: gitdir, tree: entries });
}

/** All files of a commit. */
export async function loadTree(gitdir: string, commit: string): Promise<FlatTree> {
  const files: FlatTree = new Map();
  const walk = async (oid: string, prefix: string): Promise<void> => {
    if (oid === emptyTree) return;
    const { tree } = await git.readTree({ fs, gitdir, oid });
    for (const entry of tree) {
      if (entry.type === "tree") await walk(entry.oid, `${prefix}${entry.path}/`);
      else files.set(prefix + entry.path, { oid: entry.oid, mode: entry.mode });
    }
  };
  const { commit: read } = await git.readCommit({ fs, gitdir, oid: commit });
  await walk(read.tree, "");
  return files;
}

/** Stores a commit that is the same each time it is made: dates are those of the run. */
export async function storeCommit(request: CommitRequest): Promise<string> {
  const timestamp = Math.floor(request.committedAtMs / 1000);
  const person = { ...cleanPerson(request.author), timestamp, timezoneOffset: 0 };
  return git.writeCommit({
    fs,
    gitdir: request.gitdir,
    dir: request.gitdir,
    commit: {
      message: messageOf(request),
      tree: request.tree,
      parent: request.parents,
      author: person,
      committer: person,
    },
  });
}

/** A commit's message with what tells whose it is. */
export function messageOf({ message, runId }: Pick<CommitRequest, "message" | "runId">): string {
  return `${message.trim()}\n\n${trailerOf(runId)}\n`;
}

/** The line by which a commit of a run is recognised. */
function trailerOf(runId: string): string {
  return `Run-Id: ${runId}`;
}

/** True when the commit was made by the run. */
export async function isCommitOf(gitdir: string, commit: string, runId: string): Promise<boolean> {
  const { commit: read } = await git.readCommit({ fs, gitdir, oid: commit });
  return read.message.trimEnd().endsWith(trailerOf(runId));
}

/** True when it is as the run made it: who amends a commit keeps its message, and gives it another date. */
export async function isAsMade(
  gitdir: string,
  commit: string,
  { runId, committedAtMs }: { runId: string; committedAtMs: number },
): Promise<boolean> {
  const { commit: read } = await git.readCommit({ fs, gitdir, oid: commit });
  const isOfThen = read.committer.timestamp === Math.floor(committedAtMs / 1000);
  return isOfThen && (await isCommitOf(gitdir, commit, runId));
}

/** The commit a branch points to; undefined when there is no such branch. */
export async function branchHead(gitdir: string, branch: string): Promise<string | undefined> {
  const branches = await git.listBranches({ fs, gitdir });
  if (!branches.includes(branch)) return undefined;
  return git.resolveRef({ fs, gitdir, ref: `refs/heads/${branch}` });
}

/** The branch that a clone shows, then the others by name. */
export async function branchNames(gitdir: string): Promise<string[]> {
  const head = await git.currentBranch({ fs, gitdir, dir: gitdir });
  const names = (await git.listBranches({ fs, gitdir })).toSorted();
  return names.includes(head ?? "") ? [...new Set([head ?? "", ...names])] : names;
}

/** A person as a commit names them: angle brackets and line breaks would break the commit's header. */
export function cleanPerson(person: { name: string; email: string }): {
  name: string;
  email: string;
} {
  return { name: cleanText(person.name) || "Callboard", email: cleanText(person.email) };
}

function cleanText(text: string): string {
  return text.replaceAll(/[<>\r\n\0]/g, "").trim();
}
