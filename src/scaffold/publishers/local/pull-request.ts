import fs from "node:fs";
import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

import * as git from "isomorphic-git";
import { parse, stringify } from "yaml";

import { codeOf, ConflictError, InputError, toError } from "../../../base/errors.ts";
import { isRecord } from "../../../base/json.ts";
import type { PublishContext, PullRequestRequest, PullRequestResult } from "../contract.ts";
import { branchHead, isCommitOf, loadTree, storeCommit, storeFiles, storeTree } from "./git.ts";

/**
 * Commits to a branch of a bare repository and describes the change in `pull-requests/<number>.md` inside it: front matter
 * with title, branches and commit, then the description. Doing it again for the same run finds the branch and the file.
 */
export async function openLocalPullRequest(
  gitdir: string,
  request: PullRequestRequest,
  context: PublishContext,
): Promise<PullRequestResult> {
  const target = request.targetBranch ?? (await defaultBranch(gitdir));
  const commit = await ensureCommit(gitdir, target, request, context);
  const folder = join(gitdir, "pull-requests");
  await mkdir(folder, { recursive: true });
  const number =
    (await findDescription(folder, request)) ?? (await describe(folder, target, commit, request));
  const file = join(folder, `${number}.md`);
  context.log(`opened pull request ${number} on ${request.owner}/${request.repo}`);
  return { remoteUrl: pathToFileURL(file).href, targetBranch: target, number };
}

async function defaultBranch(gitdir: string): Promise<string> {
  const head = await git.currentBranch({ fs, gitdir, dir: gitdir });
  return typeof head === "string" ? head : "main";
}

async function ensureCommit(
  gitdir: string,
  target: string,
  request: PullRequestRequest,
  context: PublishContext,
): Promise<string> {
  const existing = await branchHead(gitdir, request.branch);
  if (existing !== undefined && (await isCommitOf(gitdir, existing, request.runId)))
    return existing;
  if (existing !== undefined && request.settings["update"] !== true) {
    throw new ConflictError(
      "branch-exists",
      `${request.owner}/${request.repo} has a branch ${request.branch} already; it was left untouched.`,
      { hint: "Give another branchName in the template's step, or set update: true to add to it." },
    );
  }
  const base = existing ?? (await branchHead(gitdir, target));
  if (base === undefined) {
    throw new InputError(
      "branch-unknown",
      `${request.owner}/${request.repo} has no branch ${target}.`,
      {
        hint: "check targetBranchName in the template's step",
      },
    );
  }
  const files = await loadTree(gitdir, base);
  for (const path of request.filesToDelete) files.delete(path);
  for (const [path, file] of await storeFiles(gitdir, request.files)) files.set(path, file);
  const tree = await storeTree(gitdir, files);
  const { commit: before } = await git.readCommit({ fs, gitdir, oid: base });
  if (before.tree === tree && request.settings["createWhenEmpty"] === false)
    throw nothingToDo(request);
  const { runId, author, committedAtMs, commitMessage: message } = request;
  const commit = await storeCommit({
    gitdir,
    tree,
    parents: [base],
    message,
    runId,
    author,
    committedAtMs,
  });
  context.signal.throwIfAborted();
  await context.assertCurrent();
  const ref = `refs/heads/${request.branch}`;
  await git.writeRef({ fs, gitdir, ref, value: commit, force: existing !== undefined });
  return commit;
}

/** The number of a description this run wrote for this branch before. */
async function findDescription(
  folder: string,
  request: PullRequestRequest,
): Promise<number | undefined> {
  for (const number of await numbersIn(folder)) {
    const text = await readFile(join(folder, `${number}.md`), "utf8");
    const [, matter = ""] = text.split("---\n");
    const facts: unknown = parse(matter);
    if (isRecord(facts) && facts["run"] === request.runId && facts["branch"] === request.branch) {
      return number;
    }
  }
  return undefined;
}

async function describe(
  folder: string,
  target: string,
  commit: string,
  request: PullRequestRequest,
): Promise<number> {
  const matter = stringify({
    title: request.title,
    branch: request.branch,
    target,
    commit,
    state: request.isDraft ? "draft" : "open",
    run: request.runId,
  });
  const text = `---\n${matter}---\n\n${request.description.trim()}\n`;
  for (let number = Math.max(0, ...(await numbersIn(folder))) + 1; ; number += 1) {
    try {
      // wx: another process may have taken the number
      await writeFile(join(folder, `${number}.md`), text, { flag: "wx" });
      return number;
    } catch (thrown) {
      if (codeOf(thrown) !== "EEXIST") throw toError(thrown);
    }
  }
}

async function numbersIn(folder: string): Promise<number[]> {
  const names = await readdir(folder);
  return names.map((name) => Number.parseInt(name, 10)).filter((number) => number > 0);
}

function nothingToDo(request: PullRequestRequest): InputError {
  return new InputError(
    "pull-request-empty",
    `The files are the same as on ${request.owner}/${request.repo} already.`,
    { hint: "Nothing needs to be done; or set createWhenEmpty to true." },
  );
}
