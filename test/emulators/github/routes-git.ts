import { execFile } from "node:child_process";
import path from "node:path";
import { promisify } from "node:util";

import type { Signature, StoredCommit, TreeFile } from "./git-store.ts";
import {
  emptyRepository,
  invalid,
  noContent,
  notFound,
  ok,
  problem,
  type Reply,
  ReplyError,
} from "./replies.ts";
import { type Call, type Handler, list, param, record, records, text } from "./router.ts";
import { repositoryOf } from "./routes-repositories.ts";
import { commitShape, commitViewShape, nodeId, refShape, repositoryUrl } from "./shapes.ts";
import { fullName, type Repository } from "./world.ts";

const run = promisify(execFile);

/** Git data and contents, on real objects. All of Git data answers 409 until the repository has a commit. */
export const gitRoutes: Record<string, Handler> = {
  "POST /repos/{owner}/{repo}/git/blobs": async (call) => {
    const repository = await filled(call);
    const encoding = text(call.body, "encoding") === "base64" ? "base64" : "utf8";
    const content = Buffer.from(text(call.body, "content") ?? "", encoding);
    const sha = await repository.git.writeBlob(content);
    return ok({ sha, url: `${repositoryUrl(call.world, repository)}/git/blobs/${sha}` }, 201);
  },
  "GET /repos/{owner}/{repo}/git/blobs/{file_sha}": async (call) => {
    const repository = await filled(call);
    const sha = param(call, "file_sha");
    const content = await repository.git.readBlob(sha);
    if (content === undefined) throw notFound();
    return ok({
      sha,
      node_id: nodeId("Blob", sha),
      size: content.length,
      url: `${repositoryUrl(call.world, repository)}/git/blobs/${sha}`,
      content: content.toString("base64"),
      encoding: "base64",
    });
  },
  "POST /repos/{owner}/{repo}/git/trees": writeTree,
  "GET /repos/{owner}/{repo}/git/trees/{ref}": async (call) => {
    const repository = await filled(call);
    const ref = param(call, "ref");
    const sha = (await repository.git.resolve(ref)) ?? ref;
    const files = await repository.git.readFiles(sha);
    if (files === undefined) throw notFound();
    return ok(treeShape(call, repository, sha, files));
  },
  "POST /repos/{owner}/{repo}/git/commits": writeCommit,
  "GET /repos/{owner}/{repo}/git/commits/{commit_sha}": async (call) => {
    const repository = await filled(call);
    const commit = await repository.git.readCommit(param(call, "commit_sha"));
    if (commit === undefined) throw notFound();
    return ok(commitShape(call.world, repository, commit));
  },
  "GET /repos/{owner}/{repo}/git/ref/{ref}": async (call) => {
    const repository = await filled(call);
    const ref = `refs/${param(call, "ref")}`;
    const sha = await repository.git.resolve(ref);
    if (sha === undefined) throw notFound();
    return ok(refShape(call.world, repository, ref, sha));
  },
  "GET /repos/{owner}/{repo}/git/matching-refs/{ref}": async (call) => {
    const repository = await filled(call);
    const beginning = param(call, "ref").replace(/^heads\//, "");
    const names = (await repository.git.branches()).filter((name) => name.startsWith(beginning));
    const refs = names.map(async (name) => {
      const ref = `refs/heads/${name}`;
      return refShape(call.world, repository, ref, (await repository.git.resolve(ref)) ?? "");
    });
    return ok(await Promise.all(refs));
  },
  "POST /repos/{owner}/{repo}/git/refs": async (call) => {
    const repository = await filled(call);
    const ref = text(call.body, "ref") ?? "";
    const sha = text(call.body, "sha") ?? "";
    if (!ref.startsWith("refs/")) throw invalid("Reference name must start with 'refs/'.");
    if ((await repository.git.resolve(ref)) !== undefined)
      throw invalid("Reference already exists");
    if ((await repository.git.readCommit(sha)) === undefined)
      throw invalid("Object does not exist");
    await repository.git.setRef(ref, sha);
    return ok(refShape(call.world, repository, ref, sha), 201);
  },
  "PATCH /repos/{owner}/{repo}/git/refs/{ref}": updateRef,
  "DELETE /repos/{owner}/{repo}/git/refs/{ref}": async (call) => {
    const repository = await filled(call);
    const ref = `refs/${param(call, "ref")}`;
    if ((await repository.git.resolve(ref)) === undefined)
      throw invalid("Reference does not exist");
    if (ref === `refs/heads/${repository.defaultBranch}`)
      throw invalid("Cannot delete the default branch");
    await repository.git.deleteRef(ref);
    return noContent;
  },
  "GET /repos/{owner}/{repo}/contents/{path}": readContents,
  "PUT /repos/{owner}/{repo}/contents/{path}": writeContents,
  "GET /repos/{owner}/{repo}/tarball/{ref}": (call) => {
    const repository = repositoryOf(call);
    const location = `${call.world.apiUrl}/codeload/${fullName(repository)}/${param(call, "ref")}`;
    return { status: 302, headers: { location } };
  },
  // On GitHub this is another host, which wants no credentials of its own.
  "GET /codeload/{owner}/{repo}/{ref}": async (call) => {
    const repository = repositoryOf(call);
    const prefix = `${repository.owner.login}-${repository.name}-${param(call, "ref")}/`;
    const args = ["archive", "--format=tar.gz", `--prefix=${prefix}`, param(call, "ref")];
    const { stdout } = await run("git", ["--git-dir", repository.git.gitdir, ...args], {
      encoding: "buffer",
    });
    return { status: 200, body: stdout, headers: { "content-type": "application/x-gzip" } };
  },
  "GET /repos/{owner}/{repo}/commits": async (call) => {
    const repository = await filled(call);
    const ref = call.query.get("sha") ?? repository.defaultBranch;
    const commits = await repository.git.log(ref, Number(call.query.get("per_page") ?? 30));
    return ok(commits.map((commit) => commitViewShape(call.world, repository, commit)));
  },
};

async function filled(call: Call): Promise<Repository> {
  const repository = repositoryOf(call);
  if (await repository.git.isEmpty()) throw emptyRepository();
  return repository;
}

interface TreeEntry {
  path: string;
  mode: string;
  sha?: string | null;
  content?: string;
}

function treeEntry(given: Record<string, unknown>): TreeEntry {
  const { sha } = given;
  const content = text(given, "content");
  return {
    path: text(given, "path") ?? "",
    mode: text(given, "mode") ?? "100644",
    ...(typeof sha === "string" || sha === null ? { sha } : {}),
    ...(content === undefined ? {} : { content }),
  };
}

async function writeTree(call: Call): Promise<Reply> {
  const repository = await filled(call);
  const { git } = repository;
  const entries = records(call.body["tree"]).map(treeEntry);
  const base = text(call.body, "base_tree");
  if (entries.length === 0) throw invalid("Invalid tree info");
  const files = base === undefined ? new Map<string, TreeFile>() : await git.readFiles(base);
  if (files === undefined) throw invalid("tree.base_tree is not a valid tree");
  for (const entry of entries) {
    if (isBadPath(entry.path)) throw invalid("tree.path contains a malformed path component");
    if (entry.sha === null) {
      if (!files.delete(entry.path)) throw invalid("GitRPC::BadObjectState");
      continue;
    }
    const sha = entry.sha ?? (await git.writeBlob(Buffer.from(entry.content ?? "")));
    if ((await git.readBlob(sha)) === undefined)
      throw invalid(`tree.sha ${sha} is not a valid blob`);
    files.set(entry.path, { mode: entry.mode, sha });
  }
  const sha = await git.writeFiles(files);
  return ok(treeShape(call, repository, sha, files), 201);
}

function isBadPath(name: string): boolean {
  return (
    path.posix.isAbsolute(name) ||
    name.split("/").some((part) => ["", ".", "..", ".git"].includes(part.toLowerCase()))
  );
}

function treeShape(
  call: Call,
  repository: Repository,
  sha: string,
  files: Map<string, TreeFile>,
): Record<string, unknown> {
  const base = `${repositoryUrl(call.world, repository)}/git`;
  return {
    sha,
    url: `${base}/trees/${sha}`,
    truncated: false,
    tree: [...files].map(([name, file]) => ({
      path: name,
      mode: file.mode,
      type: "blob",
      sha: file.sha,
      url: `${base}/blobs/${file.sha}`,
    })),
  };
}

async function writeCommit(call: Call): Promise<Reply> {
  const repository = await filled(call);
  const { git } = repository;
  const tree = text(call.body, "tree") ?? "";
  const parents = list(call.body, "parents");
  if ((await git.readFiles(tree)) === undefined) throw invalid("Tree SHA does not exist");
  for (const parent of parents)
    if ((await git.readCommit(parent)) === undefined)
      throw invalid("Parent SHA does not exist or is not a commit object");
  const author = signature(call, call.body["author"]);
  const commit: Omit<StoredCommit, "sha"> = {
    tree,
    parents,
    message: text(call.body, "message") ?? "",
    author,
    committer:
      call.body["committer"] === undefined ? author : signature(call, call.body["committer"]),
  };
  const sha = await git.writeCommit(commit);
  const stored = await git.readCommit(sha);
  if (stored === undefined) throw new Error("the commit just written cannot be read");
  return ok(commitShape(call.world, repository, stored), 201);
}

function signature(call: Call, given: unknown): Signature {
  const person = record(given);
  const name = text(person, "name");
  const email = text(person, "email");
  if (given !== undefined && (!name || !email))
    throw invalid("Invalid request.\n\nAuthor name and email must not be empty.");
  return {
    name: name ?? "callboard[bot]",
    email: email ?? "callboard[bot]@users.noreply.github.com",
    date: text(person, "date") ?? call.world.now(),
  };
}

async function updateRef(call: Call): Promise<Reply> {
  const repository = await filled(call);
  const { git } = repository;
  const ref = `refs/${param(call, "ref")}`;
  const sha = text(call.body, "sha") ?? "";
  const current = await git.resolve(ref);
  if (current === undefined) throw invalid("Reference does not exist");
  if ((await git.readCommit(sha)) === undefined) throw invalid("Object does not exist");
  const name = ref.replace("refs/heads/", "");
  if (repository.protection.has(name)) {
    return problem(422, "Required status check or review is missing: the branch is protected.");
  }
  if (call.body["force"] !== true && !(await git.isAncestor(current, sha)))
    throw invalid("Update is not a fast forward");
  await git.setRef(ref, sha);
  return ok(refShape(call.world, repository, ref, sha));
}

async function readContents(call: Call): Promise<Reply> {
  const repository = repositoryOf(call);
  const { git } = repository;
  if (await git.isEmpty()) return problem(404, "This repository is empty.");
  const ref = call.query.get("ref") ?? repository.defaultBranch;
  const commit = await git.resolve(ref);
  const files = await git.readFiles(commit ?? ref);
  if (files === undefined) return problem(404, `No commit found for the ref ${ref}`);
  const name = param(call, "path");
  const file = files.get(name);
  if (file !== undefined) return ok(await fileShape(call, repository, ref, name, file));
  const inside = [...files].filter(([other]) => other.startsWith(`${name}/`));
  if (inside.length === 0) throw notFound();
  return ok(await folderShape(call, repository, ref, name, inside));
}

async function fileShape(
  call: Call,
  repository: Repository,
  ref: string,
  name: string,
  file: TreeFile,
): Promise<Record<string, unknown>> {
  const content = (await repository.git.readBlob(file.sha)) ?? Buffer.alloc(0);
  const isBig = content.length > 1_000_000;
  return {
    ...entryShape(call, repository, ref, name, file.sha, content.length),
    type: "file",
    // GitHub breaks base64 into lines of 60.
    content: isBig ? "" : content.toString("base64").replaceAll(/(.{60})/g, "$1\n"),
    encoding: isBig ? "none" : "base64",
  };
}

function entryShape(
  call: Call,
  repository: Repository,
  ref: string,
  name: string,
  sha: string,
  sizeBytes: number,
): Record<string, unknown> {
  const api = repositoryUrl(call.world, repository);
  const url = `${api}/contents/${name}?ref=${ref}`;
  const git = `${api}/git/blobs/${sha}`;
  const html = `${call.world.webUrl}/${fullName(repository)}/blob/${ref}/${name}`;
  return {
    name: path.posix.basename(name),
    path: name,
    sha,
    size: sizeBytes,
    url,
    git_url: git,
    html_url: html,
    download_url: `${call.world.webUrl}/raw/${fullName(repository)}/${ref}/${name}`,
    _links: { self: url, git, html },
  };
}

async function folderShape(
  call: Call,
  repository: Repository,
  ref: string,
  name: string,
  inside: [string, TreeFile][],
): Promise<unknown[]> {
  const names = new Map<string, { type: string; sha: string }>();
  for (const [full, file] of inside) {
    const [first = "", ...rest] = full.slice(name.length + 1).split("/");
    names.set(`${name}/${first}`, { type: rest.length === 0 ? "file" : "dir", sha: file.sha });
  }
  return [...names].map(([child, { type, sha }]) => ({
    ...entryShape(call, repository, ref, child, sha, 0),
    type,
  }));
}

async function writeContents(call: Call): Promise<Reply> {
  const repository = repositoryOf(call);
  const { git } = repository;
  const name = param(call, "path");
  const branch = text(call.body, "branch") ?? repository.defaultBranch;
  const parent = await git.resolve(`refs/heads/${branch}`);
  const files = (parent === undefined ? undefined : await git.readFiles(parent)) ?? new Map();
  const before: TreeFile | undefined = files.get(name);
  checkBefore(name, before, text(call.body, "sha"));
  const sha = await git.writeBlob(Buffer.from(text(call.body, "content") ?? "", "base64"));
  files.set(name, { mode: "100644", sha });
  const author = signature(call, call.body["author"]);
  const commit = {
    tree: await git.writeFiles(files),
    parents: parent === undefined ? [] : [parent],
    message: text(call.body, "message") ?? "",
    author,
    committer: author,
  };
  const commitSha = await git.writeCommit(commit);
  await git.setRef(`refs/heads/${branch}`, commitSha);
  const content = await fileShape(call, repository, branch, name, { mode: "100644", sha });
  const shape = commitShape(call.world, repository, { ...commit, sha: commitSha });
  return ok({ content, commit: shape }, before === undefined ? 201 : 200);
}

/** A file that exists is overwritten only by those who know which version they replace. */
function checkBefore(name: string, before: TreeFile | undefined, given: string | undefined): void {
  if (before !== undefined && given === undefined)
    throw invalid(`Invalid request.\n\n"sha" wasn't supplied.`);
  if (given !== undefined && given !== before?.sha)
    throw new ReplyError(problem(409, `${name} does not match ${given}`));
}
