import { isRecord } from "../base/json.ts";

/** A commit of a push. */
export interface PushedCommit {
  id: string;
  author: { name: string; email: string; login?: string };
  /** Paths that it added or changed. */
  changed: string[];
}

/** What a delivery says, as far as it concerns the catalog. */
export type GithubEvent =
  | {
      kind: "push";
      owner: string;
      name: string;
      nodeId: string;
      /** The repository's page. */
      url: string;
      branch: string;
      isDefaultBranch: boolean;
      /** The commit at the end of the push. */
      headOid: string;
      commits: PushedCommit[];
    }
  /** A pull request was closed, merged or not. */
  | { kind: "pull-request"; owner: string; host: string; name: string; number: number }
  /** A repository was made, renamed, archived, given away, deleted, … */
  | { kind: "repository"; owner: string; nodeId: string }
  /** Teams or members changed. */
  | { kind: "people"; owner: string };

const peopleEvents = new Set(["membership", "team", "team_add", "organization", "member"]);

/**
 * Takes a delivery apart; undefined for one that does not concern the catalog, or is not as GitHub describes it.
 * @see https://docs.github.com/en/webhooks/webhook-events-and-payloads
 */
export function parseGithubEvent(name: string, payload: unknown): GithubEvent | undefined {
  if (!isRecord(payload)) return undefined;
  if (peopleEvents.has(name)) {
    const owner = textAt(payload, "organization", "login");
    return owner === undefined ? undefined : { kind: "people", owner };
  }
  if (name === "pull_request") return parsePullRequest(payload);
  const owner =
    textAt(payload, "repository", "owner", "login") ?? textAt(payload, "organization", "login");
  const nodeId = textAt(payload, "repository", "node_id");
  if (owner === undefined || nodeId === undefined) return undefined;
  if (name === "repository") return { kind: "repository", owner, nodeId };
  return name === "push" ? parsePush(payload, owner, nodeId) : undefined;
}

function parsePullRequest(payload: Record<string, unknown>): GithubEvent | undefined {
  const owner = textAt(payload, "repository", "owner", "login");
  const name = textAt(payload, "repository", "name");
  const url = textAt(payload, "repository", "html_url") ?? "";
  const number = payload["number"];
  const isKnown = owner !== undefined && name !== undefined && URL.canParse(url);
  if (!isKnown || typeof number !== "number" || payload["action"] !== "closed") return undefined;
  return { kind: "pull-request", owner, host: new URL(url).host, name, number };
}

function parsePush(
  payload: Record<string, unknown>,
  owner: string,
  nodeId: string,
): GithubEvent | undefined {
  const branch = /^refs\/heads\/(.+)$/.exec(textAt(payload, "ref") ?? "")?.[1];
  const headOid = textAt(payload, "after");
  const name = textAt(payload, "repository", "name");
  const url = textAt(payload, "repository", "html_url");
  // tags say nothing, and a branch that was deleted has nothing to read
  if (branch === undefined || headOid === undefined || payload["deleted"] === true)
    return undefined;
  if (name === undefined || url === undefined) return undefined;
  const isDefaultBranch = textAt(payload, "repository", "default_branch") === branch;
  const commits = Array.isArray(payload["commits"]) ? payload["commits"].flatMap(parseCommit) : [];
  return { kind: "push", owner, name, nodeId, url, branch, isDefaultBranch, headOid, commits };
}

function parseCommit(commit: unknown): PushedCommit[] {
  if (!isRecord(commit)) return [];
  const id = textAt(commit, "id");
  if (id === undefined) return [];
  const login = textAt(commit, "author", "username");
  const author = {
    name: textAt(commit, "author", "name") ?? "",
    email: textAt(commit, "author", "email") ?? "",
    ...(login === undefined ? {} : { login }),
  };
  const changed = [...textsAt(commit, "added"), ...textsAt(commit, "modified")];
  return [{ id, author, changed }];
}

function textsAt(value: Record<string, unknown>, key: string): string[] {
  const list = value[key];
  return Array.isArray(list) ? list.filter((item) => typeof item === "string") : [];
}

function textAt(value: unknown, ...path: readonly string[]): string | undefined {
  let found: unknown = value;
  for (const key of path) found = isRecord(found) ? found[key] : undefined;
  return typeof found === "string" && found !== "" ? found : undefined;
}
