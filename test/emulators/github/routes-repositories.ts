import {
  invalid,
  noContent,
  notFound,
  ok,
  problem,
  type Reply,
  ReplyError,
  simplyInvalid,
} from "./replies.ts";
import { type Call, type Handler, list, param, record, records, text } from "./router.ts";
import { commitViewShape, flagNames, repositoryShape, repositoryUrl, userShape } from "./shapes.ts";
import {
  type Account,
  accountOf,
  addRepository,
  commitFiles,
  findRepository,
  fullName,
  isTaken,
  type Repository,
  visibleRepository,
  type World,
} from "./world.ts";

/** The repository of the route; a renamed one answers 301 with its new address. */
export function repositoryOf(call: Call): Repository {
  const owner = param(call, "owner");
  const name = param(call, "repo");
  const renamed = call.world.renames.get(`${owner}/${name}`.toLowerCase());
  if (renamed !== undefined && findRepository(call.world, owner, name) === undefined) {
    const url = `${call.world.apiUrl}/repositories/${renamed.id}`;
    throw new ReplyError({
      status: 301,
      body: {
        message: "Moved Permanently",
        url,
        documentation_url: "https://docs.github.com/rest",
      },
      headers: { location: url },
    });
  }
  return visibleRepository(call.world, owner, name);
}

/** Creating, reading and changing repositories, their branches, topics and people. */
export const repositoryRoutes: Record<string, Handler> = {
  "POST /orgs/{org}/repos": async (call) => {
    const owner = accountOf(call.world, param(call, "org"));
    if (owner.type !== "Organization") throw notFound();
    return create(call, owner);
  },
  "POST /user/repos": async (call) => {
    if (call.actor.kind !== "user") return problem(403, "Resource not accessible by integration");
    return create(call, call.actor.account);
  },
  "GET /repos/{owner}/{repo}": (call) => ok(repositoryShape(call.world, repositoryOf(call))),
  "GET /repositories/{id}": (call) => {
    const id = Number(param(call, "id"));
    const found = call.world.repositories.find((repository) => repository.id === id);
    if (found === undefined) throw notFound();
    return ok(repositoryShape(call.world, found));
  },
  "PATCH /repos/{owner}/{repo}": async (call) => {
    const repository = repositoryOf(call);
    await change(call, repository);
    return ok(repositoryShape(call.world, repository));
  },
  "DELETE /repos/{owner}/{repo}": (call) => {
    const repository = repositoryOf(call);
    call.world.repositories.splice(call.world.repositories.indexOf(repository), 1);
    return noContent;
  },
  "GET /repos/{owner}/{repo}/topics": (call) => ok({ names: repositoryOf(call).topics }),
  "PUT /repos/{owner}/{repo}/topics": (call) => {
    const repository = repositoryOf(call);
    const names = list(call.body, "names");
    const wrong = names.find((name) => !/^[a-z\d][a-z\d-]{0,49}$/.test(name));
    if (wrong !== undefined)
      throw simplyInvalid("Validation Failed", [
        `Topics must start with a lowercase letter or number: ${wrong}`,
      ]);
    repository.topics = names;
    return ok({ names });
  },
  "GET /repos/{owner}/{repo}/properties/values": (call) =>
    ok(
      Object.entries(repositoryOf(call).properties).map(([name, value]) => ({
        property_name: name,
        value,
      })),
    ),
  "PATCH /repos/{owner}/{repo}/properties/values": (call) => {
    const repository = repositoryOf(call);
    for (const { property_name: name, value } of records(call.body["properties"]))
      repository.properties[String(name)] = value;
    return noContent;
  },
  "GET /repos/{owner}/{repo}/branches": async (call) => {
    const repository = repositoryOf(call);
    const perPage = Number(call.query.get("per_page") ?? 30);
    const page = Number(call.query.get("page") ?? 1);
    const all = await repository.git.branches();
    const names = all.slice((page - 1) * perPage, page * perPage);
    const branches = names.map(async (name) => {
      const sha = (await repository.git.resolve(`refs/heads/${name}`)) ?? "";
      const url = `${repositoryUrl(call.world, repository)}/commits/${sha}`;
      return { name, commit: { sha, url }, protected: repository.protection.has(name) };
    });
    return ok(await Promise.all(branches));
  },
  "GET /repos/{owner}/{repo}/branches/{branch}": branch,
  "GET /repos/{owner}/{repo}/collaborators/{username}": (call) => {
    if (!repositoryOf(call).collaborators.has(param(call, "username"))) throw notFound();
    return noContent;
  },
  "PUT /repos/{owner}/{repo}/collaborators/{username}": (call) => {
    const repository = repositoryOf(call);
    const account = accountOf(call.world, param(call, "username"));
    const isNew = !repository.collaborators.has(account.login);
    repository.collaborators.set(account.login, text(call.body, "permission") ?? "push");
    return isNew ? invitation(call, repository, account) : noContent;
  },
  "PUT /orgs/{org}/teams/{team_slug}/repos/{owner}/{repo}": (call) => {
    const repository = repositoryOf(call);
    const slug = param(call, "team_slug");
    const isKnown = call.world.teams.some(
      (team) => team.slug === slug && team.org === repository.owner,
    );
    if (!isKnown) throw notFound();
    repository.teams.set(slug, text(call.body, "permission") ?? "push");
    return noContent;
  },
};

async function create(call: Call, owner: Account): Promise<Reply> {
  const { world, body } = call;
  const name = (text(body, "name") ?? "").replaceAll(/[^\w.-]+/g, "-");
  if (isTaken(world, owner.login, name)) {
    throw invalid("Repository creation failed.", [
      {
        resource: "Repository",
        code: "custom",
        field: "name",
        message: "name already exists on this account",
      },
    ]);
  }
  const description = text(body, "description") ?? null;
  checkDescription(description);
  const visibility = text(body, "visibility") ?? (body["private"] === true ? "private" : "public");
  const repository = await addRepository(world, {
    owner,
    name,
    description,
    homepage: text(body, "homepage") ?? null,
    visibility,
    properties: record(body["custom_properties"]),
    flags: flagsOf(body),
    blindReads: world.lagReads,
  });
  if (body["auto_init"] === true) {
    const readme = `# ${name}\n${description === null ? "" : `${description}\n`}`;
    await commitFiles(
      world,
      repository,
      world.initialBranch,
      { "README.md": readme },
      "Initial commit",
    );
  }
  return ok(repositoryShape(world, repository), 201);
}

function flagsOf(body: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(body).filter(([key]) => flagNames.includes(key)));
}

function checkDescription(description: string | null): void {
  if (description === null) return;
  if (description.length > 350)
    throw badDescription("description cannot be more than 350 characters");
  if (/\p{Cc}/u.test(description))
    throw badDescription("description control characters are not allowed");
}

function badDescription(message: string): ReplyError {
  return invalid("Validation Failed", [
    { resource: "Repository", code: "custom", field: "description", message },
  ]);
}

async function change(call: Call, repository: Repository): Promise<void> {
  const { world, body } = call;
  const name = text(body, "name");
  if (name !== undefined && name !== repository.name) renameRepository(world, repository, name);
  const description = text(body, "description");
  if (description !== undefined) {
    checkDescription(description);
    repository.description = description;
  }
  repository.homepage = text(body, "homepage") ?? repository.homepage;
  repository.visibility = text(body, "visibility") ?? repository.visibility;
  Object.assign(repository.flags, flagsOf(body));
  const branchName = text(body, "default_branch");
  if (branchName === undefined) return;
  if ((await repository.git.resolve(`refs/heads/${branchName}`)) === undefined) {
    throw invalid("Validation Failed", [
      {
        resource: "Repository",
        code: "invalid",
        field: "default_branch",
        message: `The branch ${branchName} was not found. Please push that ref first or create it via the Git Data API.`,
      },
    ]);
  }
  repository.defaultBranch = branchName;
  await repository.git.setHead(branchName);
}

/** Renames; the old name redirects, as on GitHub, until a new repository takes it. */
export function renameRepository(world: World, repository: Repository, name: string): void {
  world.renames.set(fullName(repository).toLowerCase(), repository);
  repository.name = name;
}

async function branch(call: Call): Promise<Reply> {
  const repository = repositoryOf(call);
  const name = param(call, "branch");
  const sha = await repository.git.resolve(`refs/heads/${name}`);
  const commit = sha === undefined ? undefined : await repository.git.readCommit(sha);
  if (commit === undefined) return problem(404, "Branch not found");
  const url = `${repositoryUrl(call.world, repository)}/branches/${name}`;
  const isProtected = repository.protection.has(name);
  return ok({
    name,
    commit: commitViewShape(call.world, repository, commit),
    protected: isProtected,
    protection: { enabled: isProtected },
    protection_url: `${url}/protection`,
    _links: { self: url, html: `${call.world.webUrl}/${fullName(repository)}/tree/${name}` },
  });
}

function invitation(call: Call, repository: Repository, invitee: Account): Reply {
  const { world } = call;
  const id = world.nextId();
  return ok(
    {
      id,
      node_id: `invitation-${id}`,
      repository: repositoryShape(world, repository),
      invitee: userShape(world, invitee),
      inviter: null,
      permissions: "write",
      created_at: world.now(),
      url: `${world.apiUrl}/user/repository_invitations/${id}`,
      html_url: `${world.webUrl}/${fullName(repository)}/invitations`,
    },
    201,
  );
}
