import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";

import { repositoryOfUrl } from "../../catalog/well-known.ts";

/** What the git checkout that documents and catalog files lie in tells of them. */
export interface GitHistory {
  /** The commit that is checked out: the same one tells the same. */
  head: string;
  /** When a Markdown or YAML file last changed in a commit, by absolute path, milliseconds since the epoch. */
  changedAtMs: ReadonlyMap<string, number>;
  /** The folder of the checkout, absolute, and the page of its files at the code host; absent without such a remote. */
  pages?: { folder: string; url: string };
}

const run = promisify(execFile);
/** Reading a long history takes a second or two; without it the dates of the files serve. */
const limitMs = 5_000;
const mostBytes = 32 * 1024 * 1024;
const mostCommits = 20_000;

/**
 * Reads the history of a folder's Markdown and YAML with one `git log` each, whatever the number of files; undefined when the folder is in no
 * checkout, git is not there, or only a part of the history is (a shallow clone would date everything to the same day).
 */
export async function readGitHistory(
  folder: string,
  previous: GitHistory | undefined,
): Promise<GitHistory | undefined> {
  try {
    const about = await git(folder, [
      "rev-parse",
      "HEAD",
      "--show-toplevel",
      "--is-shallow-repository",
    ]);
    const [head = "", top = "", isShallow] = about.split("\n");
    if (head === previous?.head) return previous;
    if (isShallow !== "false") return undefined;
    const documents = await logOf(folder, ["*.md", "*.markdown"]);
    // there may be many more of these, and documents keep their dates without them
    const catalog = await logOf(folder, ["*.yaml", "*.yml"]).catch(() => "");
    const pages = await pagesOf(top);
    return {
      head,
      changedAtMs: new Map([...parseLog(documents, top), ...parseLog(catalog, top)]),
      ...(pages === undefined ? {} : { pages }),
    };
  } catch {
    return undefined;
  }
}

async function logOf(folder: string, patterns: readonly string[]): Promise<string> {
  return await git(folder, [
    "log",
    `--max-count=${mostCommits}`,
    "--no-renames",
    "--format=%x01%ct",
    "--name-only",
    "-z",
    "--",
    ...patterns,
  ]);
}

async function git(folder: string, args: readonly string[]): Promise<string> {
  const { stdout } = await run("git", ["-c", "log.showSignature=false", ...args], {
    cwd: folder,
    timeout: limitMs,
    maxBuffer: mostBytes,
    encoding: "utf8",
  });
  return stdout;
}

/** Commits newest first, each with the files that it touched: the first mention of a file is its last change. */
function parseLog(log: string, top: string): Map<string, number> {
  const changed = new Map<string, number>();
  let atMs = 0;
  // a commit is its time after a \x01, then its files, all parted by \0 or a line end
  for (const part of log.split(/[\0\n]+/)) {
    if (part.startsWith("\u0001")) atMs = Number(part.slice(1)) * 1000;
    else if (part !== "" && !changed.has(join(top, part))) changed.set(join(top, part), atMs);
  }
  return changed;
}

/** The page of the checkout's files on its remote, on the branch that the remote shows first. */
async function pagesOf(folder: string): Promise<GitHistory["pages"]> {
  try {
    const remote = (await git(folder, ["config", "--get", "remote.origin.url"])).trim();
    const branch = (
      await git(folder, ["symbolic-ref", "--short", "refs/remotes/origin/HEAD"])
    ).trim();
    // git@github.com:acme/pay.git or ssh://git@github.com/acme/pay.git
    const web = remote
      .replace(/^(?:ssh:\/\/)?git@([^:/]+)[:/]/, "https://$1/")
      .replace(/\/\/[^/@]*@/, "//");
    const repository = repositoryOfUrl(web);
    if (repository === undefined) return undefined;
    const name = branch.replace(/^origin\//, "");
    return { folder, url: `${repository.url}/blob/${encodeURI(name)}` };
  } catch {
    return undefined;
  }
}
