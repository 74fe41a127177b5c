import { UpstreamError } from "../../base/errors.ts";
import { isRecord } from "../../base/json.ts";
import type { ListedRepository } from "./github-listing.ts";
import type { GithubReader } from "./github-reader.ts";

/** A file or folder in a repository, by its git id. */
export interface GitObject {
  oid: string;
  isFolder: boolean;
  sizeBytes: number;
}

/** What a repository holds at a moment. */
export interface RepositoryObjects {
  /** As GitHub describes it now. */
  listed: ListedRepository;
  /** Who owns it now: it may have been given away. */
  owner: string;
  /** The commit that was looked at; undefined while the repository is empty, or the branch does not exist. */
  headOid: string | undefined;
  /** What stands at the paths asked for, in their order. */
  objects: (GitObject | undefined)[];
}

/** As many repositories as one request can ask for. */
export const repositoriesPerQuery = 100;

const fields = `id databaseId name url isArchived isFork pushedAt owner { login }
  defaultBranchRef { name } repositoryTopics(first: 50) { nodes { topic { name } } }`;

/**
 * Looks into at most `repositoriesPerQuery` repositories by one request.
 * @param ref `HEAD` for the default branch of each.
 * @returns by node id; a repository that does not exist, or may not be seen, is absent.
 */
export async function readObjects(
  reader: GithubReader,
  owner: string,
  nodeIds: readonly string[],
  { ref, paths }: { ref: string; paths: readonly string[] },
  signal: AbortSignal,
): Promise<Map<string, RepositoryObjects>> {
  const names = paths.map((_, at) => `$e${at}: String!`).join(", ");
  const objects = paths
    .map(
      (_, at) => `o${at}: object(expression: $e${at}) { __typename oid ... on Blob { byteSize } }`,
    )
    .join("\n");
  const query = `query($ids: [ID!]!, $head: String!${names === "" ? "" : `, ${names}`}) {
  nodes(ids: $ids) { ... on Repository {
    ${fields}
    head: object(expression: $head) { oid }
    ${objects}
  } } }`;
  const expressions = Object.fromEntries(paths.map((path, at) => [`e${at}`, `${ref}:${path}`]));
  const variables = { ids: nodeIds, head: ref, ...expressions };
  const doing = `looking into repositories of ${owner}`;
  const { data } = await reader.query({ owner, query, variables, doing, signal });
  const nodes = data["nodes"];
  if (!Array.isArray(nodes) || nodes.length !== nodeIds.length) throw brokenAnswer(doing);
  const found = new Map<string, RepositoryObjects>();
  for (const [at, id] of nodeIds.entries()) {
    const node: unknown = nodes[at];
    const parsed = isRecord(node) ? parseNode(node, id, paths.length) : undefined;
    if (parsed !== undefined) found.set(id, parsed);
  }
  return found;
}

function parseNode(
  node: Record<string, unknown>,
  nodeId: string,
  count: number,
): RepositoryObjects | undefined {
  const { databaseId, name, url, owner, head, defaultBranchRef, pushedAt } = node;
  if (typeof name !== "string" || typeof url !== "string") return undefined;
  const listed = {
    id: typeof databaseId === "number" ? databaseId : 0,
    nodeId,
    name,
    url,
    branch: textAt(defaultBranchRef, "name") ?? "",
    pushedAt: typeof pushedAt === "string" ? pushedAt : "",
    isArchived: node["isArchived"] === true,
    isFork: node["isFork"] === true,
    topics: topicsOf(node["repositoryTopics"]),
  };
  const objects = Array.from({ length: count }, (_, at) => parseObject(node[`o${at}`]));
  return { listed, owner: textAt(owner, "login") ?? "", headOid: textAt(head, "oid"), objects };
}

function topicsOf(value: unknown): string[] {
  const nodes = isRecord(value) ? value["nodes"] : undefined;
  if (!Array.isArray(nodes)) return [];
  return nodes.flatMap((node: unknown) => {
    const name = isRecord(node) ? textAt(node["topic"], "name") : undefined;
    return name === undefined ? [] : [name];
  });
}

/** What an `object(…)` field with `__typename`, `oid` and `byteSize` holds. */
export function parseObject(value: unknown): GitObject | undefined {
  const oid = textAt(value, "oid");
  if (!isRecord(value) || oid === undefined) return undefined;
  const size = value["byteSize"];
  const isFolder = value["__typename"] === "Tree";
  return { oid, isFolder, sizeBytes: typeof size === "number" ? size : 0 };
}

function textAt(value: unknown, key: string): string | undefined {
  const text = isRecord(value) ? value[key] : undefined;
  return typeof text === "string" && text !== "" ? text : undefined;
}

/** An answer without what GitHub promises. */
export function brokenAnswer(doing: string): UpstreamError {
  return new UpstreamError(
    "github-answer-broken",
    `GitHub's answer cannot be understood while ${doing}`,
    { isRetryable: true },
  );
}
