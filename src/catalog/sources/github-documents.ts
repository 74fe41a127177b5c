import { isRecord, type JsonValue, toJsonObject } from "../../base/json.ts";
import type { Companion } from "./contract.ts";
import type { GithubBlobs } from "./github-blobs.ts";
import { brokenAnswer } from "./github-objects.ts";
import { pageOf } from "./github-places.ts";
import type { GithubReader } from "./github-reader.ts";
import { documentFolders, type RepositoryState } from "./github-repositories.ts";
import type { TreeFile } from "./github-tree.ts";

/** Markdown in the folders `docs` and `runbooks` of repositories that are in the catalog, and how an `mkdocs.yml` arranges it. */
export interface GithubDocuments {
  /** True while there is a repository whose documents are not known. */
  isBehind(states: readonly RepositoryState[]): boolean;
  /** Looks into the folders that changed, and fetches what is new, until all is known or something else is more urgent. */
  update(
    states: readonly RepositoryState[],
    isUrgent: () => boolean,
    signal: AbortSignal,
  ): Promise<void>;
  compile(states: readonly RepositoryState[]): Companion[];
  oids(): Iterable<string>;
  remember(): Iterable<[string, JsonValue]>;
  recall(memory: ReadonlyMap<string, JsonValue>): void;
}

interface DocumentsOptions {
  reader: GithubReader;
  blobs: GithubBlobs;
  org: string;
  /** Absent: the default branch of each. */
  branch?: string | undefined;
}

interface DatedFile extends TreeFile {
  /** Of the last commit that touched it; absent where GitHub was not asked or did not say. */
  changedAtMs?: number | undefined;
}

interface Folder {
  oid: string;
  files: DatedFile[];
}

const repositoriesPerQuery = 25;
/** A repository with more keeps its manual elsewhere. */
const maxFiles = 100;
const maxBytes = 256 * 1024;
const memoryPrefix = "documents ";

const entry = "name type oid size";
/** Files of a folder, and of two levels below: GraphQL knows no deeper than it is told. */
const threeLevels = `... on Tree { entries { ${entry}
    object { ... on Tree { entries { ${entry}
      object { ... on Tree { entries { ${entry} } } } } } } } }`;
const folderQuery = `query($ids: [ID!]!, ${documentFolders.map((name) => `$${name}: String!`).join(", ")}) {
  nodes(ids: $ids) { ... on Repository {
    ${documentFolders.map((name) => `${name}: object(expression: $${name}) { ${threeLevels} }`).join("\n    ")}
  } } }`;

/** Creates the reader of documents; nothing is known yet. */
export function createGithubDocuments(options: DocumentsOptions): GithubDocuments {
  const { blobs } = options;
  const folders = new Map<string, Folder>();

  const staleOf = (states: readonly RepositoryState[]): RepositoryState[] =>
    states.filter((state) => isInCatalog(state) && !isLookedInto(state, folders));

  async function look(batch: readonly RepositoryState[], signal: AbortSignal): Promise<void> {
    const found = await listDocuments(options, batch, signal);
    const wanted = batch.map(({ listed }, at) =>
      (found[at] ?? []).map((file) => ({
        ...file,
        repository: listed.name,
        place: { ref: options.branch ?? "HEAD", path: file.path },
      })),
    );
    const dates = await blobs.fetch(wanted.flat(), signal);
    for (const [at, { listed, documentsOid }] of batch.entries()) {
      if (documentsOid === undefined) continue;
      const known = new Map(folders.get(listed.nodeId)?.files.map((each) => [keyOf(each), each]));
      const files = (wanted[at] ?? []).map((each) => {
        const { path, oid, sizeBytes } = each;
        const changedAtMs = dates.get(each) ?? known.get(keyOf(each))?.changedAtMs;
        return { path, oid, sizeBytes, ...(changedAtMs === undefined ? {} : { changedAtMs }) };
      });
      folders.set(listed.nodeId, { oid: documentsOid, files });
    }
  }

  return {
    isBehind: (states) => staleOf(states).length > 0,
    async update(states, isUrgent, signal) {
      const stale = staleOf(states);
      for (let start = 0; start < stale.length && !isUrgent(); start += repositoriesPerQuery) {
        await look(stale.slice(start, start + repositoriesPerQuery), signal);
      }
      const present = new Set(states.map(({ listed }) => listed.nodeId));
      for (const nodeId of folders.keys()) if (!present.has(nodeId)) folders.delete(nodeId);
    },
    compile: (states) =>
      states.flatMap((state) => {
        const folder = folders.get(state.listed.nodeId);
        const isKnown = folder !== undefined && isInCatalog(state);
        return isKnown ? toCompanions(state, folder, options) : [];
      }),
    *oids() {
      for (const { files } of folders.values()) for (const { oid } of files) yield oid;
    },
    *remember() {
      for (const [nodeId, folder] of folders) yield [memoryPrefix + nodeId, toJsonObject(folder)];
    },
    recall(memory) {
      folders.clear();
      for (const [key, value] of memory) {
        if (!key.startsWith(memoryPrefix) || !isFolder(value)) continue;
        folders.set(key.slice(memoryPrefix.length), value);
      }
    },
  };
}

/** True for a repository with both: a catalog file and documents. */
function isInCatalog({ files, documentsOid }: RepositoryState): boolean {
  return files.length > 0 && documentsOid !== undefined;
}

/** False when its folders are others than those that we looked into. */
function isLookedInto(
  { listed, documentsOid }: RepositoryState,
  folders: ReadonlyMap<string, Folder>,
): boolean {
  return folders.get(listed.nodeId)?.oid === documentsOid;
}

/** A file that is the same as before has the date that it had. */
function keyOf({ path, oid }: TreeFile): string {
  return `${oid} ${path}`;
}

/** Documents of at most `repositoriesPerQuery` repositories, in their order; after the navigation where there is one. */
async function listDocuments(
  { reader, org, branch }: DocumentsOptions,
  batch: readonly RepositoryState[],
  signal: AbortSignal,
): Promise<TreeFile[][]> {
  const doing = `listing documents of ${org}`;
  const ids = batch.map(({ listed }) => listed.nodeId);
  const at = Object.fromEntries(
    documentFolders.map((name) => [name, `${branch ?? "HEAD"}:${name}`]),
  );
  const variables = { ids, ...at };
  const { data } = await reader.query({ owner: org, query: folderQuery, variables, doing, signal });
  const nodes = data["nodes"];
  if (!Array.isArray(nodes) || nodes.length !== ids.length) throw brokenAnswer(doing);
  return nodes.map((node: unknown, index) => {
    if (!isRecord(node)) return [];
    const navigation = batch[index]?.navigation;
    const files = documentFolders.flatMap((name) => filesIn(node[name], name));
    const documents = files.filter(isDocument).slice(0, maxFiles);
    return navigation === undefined ? documents : [navigation, ...documents];
  });
}

function toCompanions(
  { listed }: RepositoryState,
  folder: Folder,
  { blobs, org, branch }: DocumentsOptions,
): Companion[] {
  const { url: repository, name } = listed;
  return folder.files.flatMap(({ path, oid, changedAtMs }): Companion[] => {
    const text = blobs.get(oid);
    if (typeof text !== "string") return [];
    const file = pageOf({ url: repository, ref: branch ?? listed.branch, path });
    const slug = `${org}/${name}`;
    const dated = changedAtMs === undefined ? {} : { changedAtMs };
    const kind = isMarkdown(path) ? "document" : "navigation";
    return [{ kind, repository, slug, file, text, version: oid, ...dated }];
  });
}

function isDocument({ path, sizeBytes }: TreeFile): boolean {
  return isMarkdown(path) && sizeBytes <= maxBytes;
}

function isMarkdown(path: string): boolean {
  return /\.(?:md|markdown)$/i.test(path);
}

function filesIn(tree: unknown, folder: string): TreeFile[] {
  const entries = isRecord(tree) ? tree["entries"] : undefined;
  if (!Array.isArray(entries)) return [];
  return entries.flatMap((each: unknown) => {
    if (!isRecord(each)) return [];
    const { name, type, oid, size, object } = each;
    if (typeof name !== "string" || typeof oid !== "string") return [];
    const path = `${folder}/${name}`;
    if (type === "tree") return filesIn(object, path);
    return [{ path, oid, sizeBytes: typeof size === "number" ? size : 0 }];
  });
}

function isFolder(value: unknown): value is JsonValue & Folder {
  return isRecord(value) && typeof value["oid"] === "string" && Array.isArray(value["files"]);
}
