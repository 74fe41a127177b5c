import type { PublishFile } from "../contract.ts";
import { cleanPerson, messageOf, type CommitRequest } from "./git.ts";
import { buildPack, objectId, type GitObject, type Pack } from "./pack.ts";

export interface FirstCommit extends Pick<
  CommitRequest,
  "message" | "runId" | "author" | "committedAtMs"
> {
  files: readonly PublishFile[];
}

/**
 * A commit without parents, with all that belongs to it in one pack: the same bytes that git would make, without a file and a folder
 * for each tree.
 * @see https://git-scm.com/book/en/v2/Git-Internals-Git-Objects
 */
export async function packFirstCommit(
  request: FirstCommit,
): Promise<{ commit: string; pack: Pack }> {
  const root = emptyFolder();
  for (const file of request.files) put(root, file.path.split("/"), file);
  const objects: GitObject[] = [];
  const tree = addTree(root, objects);
  const commit = { type: "commit" as const, content: renderCommit(tree, request) };
  const pack = await buildPack([...objects, commit]);
  return { commit: objectId(commit).toString("hex"), pack };
}

interface Folder {
  files: Map<string, PublishFile>;
  folders: Map<string, Folder>;
}

function emptyFolder(): Folder {
  return { files: new Map(), folders: new Map() };
}

function put(folder: Folder, [name = "", ...rest]: string[], file: PublishFile): void {
  if (rest.length === 0) {
    folder.files.set(name, file);
    return;
  }
  const inner = folder.folders.get(name) ?? emptyFolder();
  folder.folders.set(name, inner);
  put(inner, rest, file);
}

/** Adds a folder's objects, innermost first; returns its id. */
function addTree(folder: Folder, objects: GitObject[]): Buffer {
  const add = (object: GitObject): Buffer => {
    objects.push(object);
    return objectId(object);
  };
  const entries = [
    ...[...folder.files].map(([name, { content, isExecutable }]) => ({
      sortedAs: Buffer.from(name),
      head: `${isExecutable ? "100755" : "100644"} ${name}\0`,
      id: add({ type: "blob", content }),
    })),
    ...[...folder.folders].map(([name, inner]) => ({
      // git sorts a folder as if its name ended in a slash
      sortedAs: Buffer.from(`${name}/`),
      head: `40000 ${name}\0`,
      id: addTree(inner, objects),
    })),
  ].toSorted((a, b) => a.sortedAs.compare(b.sortedAs));
  const content = Buffer.concat(entries.flatMap(({ head, id }) => [Buffer.from(head), id]));
  return add({ type: "tree", content });
}

function renderCommit(tree: Buffer, request: FirstCommit): Buffer {
  const { name, email } = cleanPerson(request.author);
  const person = `${name} <${email}> ${Math.floor(request.committedAtMs / 1000)} +0000`;
  const head = [`tree ${tree.toString("hex")}`, `author ${person}`, `committer ${person}`];
  return Buffer.from(`${head.join("\n")}\n\n${messageOf(request)}`);
}
