import { isRecord } from "../../../src/base/json.ts";
import type { StoredCommit } from "./git-store.ts";
import { type Argument, parseQuery, type Selection } from "./graphql-parse.ts";
import { ok, type Reply } from "./replies.ts";
import { type Call, type Handler, record, text } from "./router.ts";
import { nodeId } from "./shapes.ts";
import { type Account, findRepository, type Repository, type World } from "./world.ts";

/** An object of GitHub's schema: its type, and its fields by name. A field that is not there is one that we do not know. */
interface Node {
  type: string;
  fields: Record<string, Value | ((given: Record<string, unknown>) => Value | Promise<Value>)>;
}

type Value = string | number | boolean | null | Node | Value[];

interface Failure {
  type: string;
  path: (string | number)[];
  message: string;
}

/** GitHub's GraphQL API, as far as the catalog asks it; on a server of GitHub Enterprise it stands at `/api/graphql`. */
export const graphqlRoutes: Record<string, Handler> = {
  "POST /graphql": answer,
  "POST /api/graphql": answer,
};

async function answer(call: Call): Promise<Reply> {
  const variables = record(call.body["variables"]);
  const errors: Failure[] = [];
  const limits = call.world.graphqlLimit;
  limits.remaining -= 1;
  const headers = {
    "x-ratelimit-limit": String(limits.limit),
    "x-ratelimit-remaining": String(Math.max(0, limits.remaining)),
    "x-ratelimit-reset": String(Math.floor(Date.now() / 1000) + 1800),
    "x-ratelimit-resource": "graphql",
  };
  if (limits.remaining < 0) {
    const error = { type: "RATE_LIMITED", message: "API rate limit exceeded" };
    return { status: 200, body: { errors: [error] }, headers };
  }
  try {
    const selections = parseQuery(text(call.body, "query") ?? "");
    const context = { variables, errors };
    const data = await resolveFields(root(call), selections, [], context);
    return { ...ok({ data, ...(errors.length === 0 ? {} : { errors }) }), headers };
  } catch (thrown) {
    const message = thrown instanceof Error ? thrown.message : String(thrown);
    return { ...ok({ errors: [{ message }] }), headers };
  }
}

interface Context {
  variables: Record<string, unknown>;
  errors: Failure[];
}

async function resolveFields(
  node: Node,
  selections: readonly Selection[],
  path: (string | number)[],
  context: Context,
): Promise<Record<string, unknown>> {
  const result: Record<string, unknown> = {};
  for (const selection of selections) {
    const { alias, name, onType } = selection;
    if (onType !== undefined && onType !== node.type) continue;
    if (name === "__typename") {
      result[alias] = node.type;
      continue;
    }
    const field = node.fields[name];
    if (field === undefined) {
      throw new Error(`Field '${name}' doesn't exist on type '${node.type}'`);
    }
    const given = argumentsOf(selection.arguments, context.variables);
    const at = [...path, alias];
    try {
      const value = typeof field === "function" ? await field(given) : field;
      result[alias] = await resolveValue(value, selection, at, context);
    } catch (thrown) {
      if (!(thrown instanceof MissingNode)) throw thrown;
      context.errors.push({ type: "NOT_FOUND", path: at, message: thrown.message });
      result[alias] = null;
    }
  }
  return result;
}

class MissingNode extends Error {}

async function resolveValue(
  value: Value,
  selection: Selection,
  path: (string | number)[],
  context: Context,
): Promise<unknown> {
  if (Array.isArray(value)) {
    const items: unknown[] = [];
    for (const [at, item] of value.entries()) {
      if (item === missing) {
        const message = "Could not resolve to a node with the global id";
        context.errors.push({ type: "NOT_FOUND", path: [...path, at], message });
        items.push(null);
      } else items.push(await resolveValue(item, selection, [...path, at], context));
    }
    return items;
  }
  if (isNode(value)) {
    if (selection.selections === undefined) {
      throw new Error(`Field '${selection.name}' must have selections`);
    }
    return resolveFields(value, selection.selections, path, context);
  }
  if (selection.selections !== undefined && value !== null) {
    throw new Error(`Selections can't be made on scalars (field '${selection.name}')`);
  }
  return value;
}

/** Stands for a node that does not exist. */
const missing = "\0missing";

function isNode(value: unknown): value is Node {
  return isRecord(value) && isRecord(value["fields"]);
}

function argumentsOf(
  given: Record<string, Argument>,
  variables: Record<string, unknown>,
): Record<string, unknown> {
  const entries = Object.entries(given).map(([key, argument]) => {
    if ("value" in argument) return [key, argument.value];
    if (!Object.hasOwn(variables, argument.variable)) {
      throw new Error(`Variable $${argument.variable} was not provided`);
    }
    return [key, variables[argument.variable]];
  });
  return Object.fromEntries(entries);
}

function root({ world }: Call): Node {
  return {
    type: "Query",
    fields: {
      nodes: ({ ids }) => {
        if (!Array.isArray(ids) || ids.length > 100) throw new Error("at most 100 nodes");
        const byId = new Map(
          world.repositories.map((each) => [nodeId("Repository", each.id), each]),
        );
        return ids.map((id) => {
          const found = byId.get(String(id));
          return found === undefined || found.isHidden ? missing : repositoryNode(world, found);
        });
      },
      repository({ owner, name }) {
        const found = findRepository(world, String(owner), String(name));
        if (found === undefined || found.isHidden) {
          throw new MissingNode("Could not resolve to a Repository with that name.");
        }
        return repositoryNode(world, found);
      },
      organization({ login }) {
        const found = world.accounts.get(String(login).toLowerCase());
        if (found?.type !== "Organization") {
          throw new MissingNode("Could not resolve to an Organization with that login.");
        }
        return organizationNode(world, found);
      },
    },
  };
}

function repositoryNode(world: World, repository: Repository): Node {
  const { owner, name, flags, topics, git } = repository;
  return {
    type: "Repository",
    fields: {
      id: nodeId("Repository", repository.id),
      databaseId: repository.id,
      name,
      url: `${world.webUrl}/${owner.login}/${name}`,
      isArchived: flags["archived"] === true,
      isFork: flags["fork"] === true,
      pushedAt: repository.pushedAt ?? repository.createdAt,
      owner: { type: owner.type, fields: { login: owner.login } },
      defaultBranchRef: async () =>
        (await git.isEmpty()) ? null : { type: "Ref", fields: { name: repository.defaultBranch } },
      repositoryTopics: {
        type: "RepositoryTopicConnection",
        fields: {
          nodes: topics.map((topic) => ({
            type: "RepositoryTopic",
            fields: { topic: { type: "Topic", fields: { name: topic } } },
          })),
        },
      },
      object: ({ expression, oid }) =>
        typeof oid === "string"
          ? blobNode(repository, oid)
          : objectAt(repository, String(expression)),
    },
  };
}

/** `HEAD`, `main`, `HEAD:docs/a.md` or `main:` (the top folder). */
async function objectAt(repository: Repository, expression: string): Promise<Value> {
  const { git, defaultBranch } = repository;
  const [ref = "", path] = expression.split(/:(.*)/s);
  const named = ref === "HEAD" ? `refs/heads/${defaultBranch}` : `refs/heads/${ref}`;
  const head = (await git.resolve(named)) ?? ref;
  const commit = await git.readCommit(head);
  if (commit === undefined) return null;
  if (path === undefined) return commitNode(repository, commit);
  const files = await git.readFiles(commit.tree);
  const file = files?.get(path);
  if (file !== undefined) return blobNode(repository, file.sha);
  const folder = path === "" ? commit.tree : await git.folder(commit.tree, path);
  return folder === undefined ? null : treeNode(repository, folder);
}

function commitNode(repository: Repository, commit: StoredCommit): Node {
  return {
    type: "Commit",
    fields: {
      oid: commit.sha,
      committedDate: commit.committer.date,
      history: async ({ path, ...given }) => {
        const found = await commitsThatTouched(repository, commit, String(path));
        return connection(
          "CommitHistoryConnection",
          found.map((each) => commitNode(repository, each)),
          given,
        );
      },
    },
  };
}

/** Commits in which a path is another than in the one before, newest first. */
async function commitsThatTouched(
  { git }: Repository,
  { sha }: StoredCommit,
  path: string,
): Promise<StoredCommit[]> {
  const commits = await git.log(sha, 1000);
  const oids: (string | undefined)[] = [];
  for (const { tree } of commits) oids.push((await git.readFiles(tree))?.get(path)?.sha);
  return commits.filter((_, at) => oids[at] !== oids[at + 1]);
}

function treeNode(repository: Repository, oid: string): Node {
  return {
    type: "Tree",
    fields: {
      oid,
      entries: async () => {
        const files = (await repository.git.readFiles(oid)) ?? new Map();
        const names = new Set([...files.keys()].map((path) => path.split("/", 1).join("")));
        return Promise.all([...names].map((name) => entryNode(repository, oid, name)));
      },
    },
  };
}

async function entryNode(repository: Repository, tree: string, name: string): Promise<Node> {
  const { git } = repository;
  const file = (await git.readFiles(tree))?.get(name);
  const sha = file?.sha ?? (await git.folder(tree, name)) ?? "";
  const content = file === undefined ? undefined : await git.readBlob(sha);
  return {
    type: "TreeEntry",
    fields: {
      name,
      type: file === undefined ? "tree" : "blob",
      oid: sha,
      size: content?.length ?? 0,
      object: () => (file === undefined ? treeNode(repository, sha) : blobNode(repository, sha)),
    },
  };
}

async function blobNode({ git }: Repository, oid: string): Promise<Value> {
  const content = await git.readBlob(oid);
  if (content === undefined) return null;
  const isBinary = content.includes(0);
  const isTruncated = content.length > 512_000;
  const whole = content.toString("utf8");
  return {
    type: "Blob",
    fields: {
      oid,
      byteSize: content.length,
      isBinary,
      isTruncated,
      text: isBinary ? null : whole.slice(0, 512_000),
    },
  };
}

/** A part of a list, as GraphQL's connections give it. */
function connection(type: string, all: Node[], given: Record<string, unknown>): Node {
  const first = Number(given["first"]);
  if (!(first >= 1 && first <= 100)) throw new Error("first must be from 1 to 100");
  const start = typeof given["after"] === "string" ? Number(given["after"].slice(1)) : 0;
  const end = start + first;
  return {
    type,
    fields: {
      nodes: all.slice(start, end),
      pageInfo: {
        type: "PageInfo",
        fields: { hasNextPage: end < all.length, endCursor: `c${end}` },
      },
    },
  };
}

function organizationNode(world: World, org: Account): Node {
  const teams = world.teams.filter((team) => team.org === org);
  const members = [...world.accounts.values()].filter(({ type }) => type === "User");
  return {
    type: "Organization",
    fields: {
      teams: (given) =>
        connection(
          "TeamConnection",
          teams.map((team) => teamNode(world, team)),
          given,
        ),
      team: ({ slug }) => {
        const found = teams.find((team) => team.slug === slug);
        return found === undefined ? null : teamNode(world, found);
      },
      membersWithRole: (given) =>
        connection(
          "OrganizationMemberConnection",
          members.map((each) => userNode(world, each)),
          given,
        ),
    },
  };
}

function teamNode(world: World, team: World["teams"][number]): Node {
  const members = (team.members ?? []).flatMap((login) => {
    const account = world.accounts.get(login.toLowerCase());
    return account === undefined ? [] : [userNode(world, account)];
  });
  const { parent } = team;
  return {
    type: "Team",
    fields: {
      slug: team.slug,
      name: team.name ?? team.slug,
      description: team.description ?? null,
      url: `${world.webUrl}/orgs/${team.org.login}/teams/${team.slug}`,
      avatarUrl: `${world.webUrl}/avatars/t${team.id}`,
      parentTeam: parent === undefined ? null : { type: "Team", fields: { slug: parent } },
      members: (given) => {
        const membership = given["membership"];
        if (membership !== "IMMEDIATE") throw new Error("only immediate members are emulated");
        return connection("TeamMemberConnection", members, given);
      },
    },
  };
}

function userNode(world: World, account: Account): Node {
  return {
    type: "User",
    fields: {
      login: account.login,
      name: account.name ?? null,
      email: account.email ?? "",
      bio: null,
      avatarUrl: `${world.webUrl}/avatars/${account.id}`,
      url: `${world.webUrl}/${account.login}`,
      organizationVerifiedDomainEmails: account.verifiedEmails ?? [],
    },
  };
}
