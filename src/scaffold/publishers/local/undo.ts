import fs from "node:fs";
import { mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";

import * as git from "isomorphic-git";

import { codeOf, ConflictError } from "../../../base/errors.ts";
import type { PublishContext, RunTarget } from "../contract.ts";
import { branchHead, isAsMade } from "./git.ts";

/**
 * Deletes a bare repository that this run made and nobody else has pushed to.
 * @throws ConflictError `undo-refused`; the repository stays.
 */
export async function deleteLocalRepository(
  place: { gitdir: string; markerKey: string; trash: string },
  target: RunTarget,
  context: PublishContext,
): Promise<boolean> {
  const { gitdir, markerKey, trash } = place;
  const marker: unknown = await git.getConfig({ fs, gitdir, path: markerKey });
  if (marker !== target.runId) throw refused(target, "this run did not create it");
  for (const branch of await git.listBranches({ fs, gitdir })) {
    const commits = await git.log({ fs, gitdir, ref: branch, depth: 2 });
    const [head] = commits;
    if (commits.length !== 1 || head === undefined || !(await isAsMade(gitdir, head.oid, target)))
      throw refused(target, "somebody else has pushed to it");
  }
  context.signal.throwIfAborted();
  await context.assertCurrent();
  await mkdir(trash, { recursive: true });
  // In one step, so that nobody meets half a repository.
  const gone = join(trash, `${target.runId}-deleted-${Date.now()}`);
  await rename(gitdir, gone);
  await rm(gone, { recursive: true, force: true });
  return true;
}

/** Deletes the branch of a pull request and marks its description as closed. */
export async function closeLocalPullRequest(
  gitdir: string,
  target: RunTarget & { number: number; branch: string },
  context: PublishContext,
): Promise<boolean> {
  const head = await branchHead(gitdir, target.branch);
  if (head !== undefined && !(await isAsMade(gitdir, head, target)))
    throw refused(target, `somebody else has pushed to ${target.branch}`);
  await context.assertCurrent();
  if (head !== undefined) await git.deleteBranch({ fs, gitdir, ref: target.branch });
  const isClosed = await closeFile(join(gitdir, "pull-requests", `${target.number}.md`));
  return head !== undefined || isClosed;
}

/** Marks the file of an issue or pull request as closed; false when it is, or is gone. */
export async function closeFile(file: string): Promise<boolean> {
  const text = await readFile(file, "utf8").catch((thrown: unknown) => {
    if (codeOf(thrown) === "ENOENT") return "";
    throw thrown;
  });
  const closed = text.replace(/^state: (?:open|draft)$/m, "state: closed");
  if (closed === text) return false;
  await writeFile(file, closed);
  return true;
}

function refused({ owner, repo }: RunTarget, why: string): ConflictError {
  return new ConflictError("undo-refused", `${owner}/${repo} was left as it is: ${why}.`, {
    hint: "Look at it, and take it back by hand if that is right.",
  });
}
