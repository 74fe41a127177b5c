import { InputError } from "../../../base/errors.ts";
import type { PublishFile } from "../contract.ts";
import {
  attempt,
  type GithubSession,
  nameOf,
  repositoryParameters,
  untilVisible,
} from "./session.ts";

/** One entry to write into a tree, or to take out of it. */
export type TreeChange = { file: PublishFile } | { delete: string };

type TreeEntry = {
  path: string;
  mode: "100644" | "100755";
  type: "blob";
  content?: string;
  sha?: string | null;
};

// GitHub takes bigger trees; smaller requests stay clear of its timeouts.
const maxEntriesPerRequest = 500;
const maxBytesPerRequest = 2_000_000;

/**
 * Writes a git tree and gives its id. Text travels inside the tree request, since GitHub asks for a second between writes;
 * only binaries need a request each. Everything here is named by its content and may be repeated.
 */
export async function writeTree(
  session: GithubSession,
  changes: TreeChange[],
  baseTree?: string,
): Promise<string> {
  const entries: TreeEntry[] = [];
  for (const change of changes) entries.push(await toEntry(session, change));
  let tree = baseTree;
  for (const part of inParts(entries)) tree = await postTree(session, part, tree);
  if (tree !== undefined) return tree;
  throw noFiles(session);
}

/** A repository of nothing is a mistake in the template, better found before anything is created. */
export function refuseNoFiles(session: GithubSession, files: PublishFile[]): void {
  if (files.length === 0) throw noFiles(session);
}

function noFiles(session: GithubSession): InputError {
  return new InputError("publish-no-files", `There are no files to put into ${nameOf(session)}.`, {
    hint: "Add a fetch step before the publishing one, or check its sourcePath.",
  });
}

async function postTree(
  session: GithubSession,
  tree: TreeEntry[],
  base: string | undefined,
): Promise<string> {
  return attempt(session, `writing files to ${nameOf(session)}`, async () => {
    const { data } = await untilVisible(session, () =>
      session.octokit.rest.git.createTree({
        ...repositoryParameters(session),
        tree,
        ...(base === undefined ? {} : { base_tree: base }),
        request: { signal: session.context.signal, isRepeatable: true },
      }),
    );
    return data.sha;
  });
}

async function toEntry(session: GithubSession, change: TreeChange): Promise<TreeEntry> {
  if ("delete" in change) return { path: change.delete, mode: "100644", type: "blob", sha: null };
  const { file } = change;
  const mode = file.isExecutable ? "100755" : "100644";
  const content = textOf(file.content);
  const entry = { path: file.path, mode, type: "blob" } as const;
  return content === undefined
    ? { ...entry, sha: await postBlob(session, file) }
    : { ...entry, content };
}

/** The text of a file that survives being sent as text; undefined for binaries. */
function textOf(content: Buffer): string | undefined {
  if (content.length > maxBytesPerRequest || content.includes(0)) return undefined;
  const text = content.toString("utf8");
  return Buffer.from(text, "utf8").equals(content) ? text : undefined;
}

async function postBlob(session: GithubSession, file: PublishFile): Promise<string> {
  return attempt(session, `uploading ${file.path} to ${nameOf(session)}`, async () => {
    const { data } = await untilVisible(session, () =>
      session.octokit.rest.git.createBlob({
        ...repositoryParameters(session),
        content: file.content.toString("base64"),
        encoding: "base64",
        request: { signal: session.context.signal, isRepeatable: true },
      }),
    );
    return data.sha;
  });
}

function inParts(entries: TreeEntry[]): TreeEntry[][] {
  const parts: TreeEntry[][] = [];
  let part: TreeEntry[] = [];
  let sizeBytes = 0;
  for (const entry of entries) {
    const bytes = Buffer.byteLength(entry.content ?? "") + entry.path.length;
    const isFull = part.length >= maxEntriesPerRequest || sizeBytes + bytes > maxBytesPerRequest;
    if (isFull && part.length > 0) {
      parts.push(part);
      part = [];
      sizeBytes = 0;
    }
    part.push(entry);
    sizeBytes += bytes;
  }
  if (part.length > 0) parts.push(part);
  return parts;
}
