import { createVerify } from "node:crypto";

import { notFound, ok, problem, type Reply, ReplyError } from "./replies.ts";
import { type Handler, param } from "./router.ts";
import {
  nodeId,
  organisationShape,
  publicUserShape,
  teamFullShape,
  teamShape,
  userShape,
} from "./shapes.ts";
import { type Account, accountOf, type Actor, type GithubApp, type World } from "./world.ts";

/** Users, organisations, teams and GitHub Apps. */
export const accountRoutes: Record<string, Handler> = {
  "GET /user": ({ world, actor }) => {
    if (actor.kind !== "user") return problem(403, "Resource not accessible by integration");
    return ok(publicUserShape(world, actor.account));
  },
  "GET /user/orgs": ({ world }) =>
    ok(
      [...world.accounts.values()]
        .filter(({ type }) => type === "Organization")
        .map((account) => organisationShape(world, account)),
    ),
  "GET /users/{username}": (call) =>
    ok(publicUserShape(call.world, accountOf(call.world, param(call, "username")))),
  "GET /orgs/{org}": (call) =>
    ok(organisationShape(call.world, organisation(call.world, param(call, "org")))),
  "GET /orgs/{org}/teams": (call) => {
    const org = organisation(call.world, param(call, "org"));
    const teams = call.world.teams.filter((team) => team.org === org);
    return ok(teams.map((team) => teamShape(call.world, team)));
  },
  "GET /orgs/{org}/teams/{team_slug}": (call) => {
    const org = organisation(call.world, param(call, "org"));
    const slug = param(call, "team_slug");
    const team = call.world.teams.find((known) => known.org === org && known.slug === slug);
    if (team === undefined) throw notFound();
    return ok(teamFullShape(call.world, team));
  },
  "GET /app": ({ world, actor }) => {
    const app = appFor(world, actor);
    return ok({
      id: app.id,
      slug: app.slug,
      node_id: nodeId("App", app.id),
      owner: [...world.accounts.values()].map((account) => userShape(world, account))[0],
      name: app.slug,
      description: null,
      external_url: world.webUrl,
      html_url: `${world.webUrl}/apps/${app.slug}`,
      created_at: "2020-01-01T00:00:00Z",
      updated_at: "2020-01-01T00:00:00Z",
      permissions: { contents: "write", metadata: "read" },
      events: [],
    });
  },
  "GET /app/installations": ({ world, actor }) =>
    ok(appFor(world, actor).installations.map((one) => installationShape(world, one))),
  "POST /app/installations/{installation_id}/access_tokens": (call) => {
    const { world } = call;
    const id = Number(param(call, "installation_id"));
    const found = appFor(world, call.actor).installations.find((one) => one.id === id);
    if (found === undefined) throw notFound();
    const token = `ghs_${id}_${world.nextId()}`;
    world.tokens.set(token, { kind: "installation", account: found.account });
    const expires = new Date(Date.now() + 3_600_000).toISOString().replace(/\.\d+Z$/, "Z");
    return ok(
      {
        token,
        expires_at: expires,
        permissions: installationPermissions,
        repository_selection: "all",
      },
      201,
    );
  },
  "GET /orgs/{org}/installation": (call) =>
    installationOf(call.world, call.actor, param(call, "org"), "Organization"),
  "GET /users/{username}/installation": (call) =>
    installationOf(call.world, call.actor, param(call, "username"), "User"),
  "GET /repos/{owner}/{repo}/installation": (call) =>
    installationOf(call.world, call.actor, param(call, "owner")),
  "GET /rate_limit": () => {
    const limit = {
      limit: 5000,
      used: 1,
      remaining: 4999,
      reset: Math.floor(Date.now() / 1000) + 3600,
    };
    return ok({ resources: { core: limit, search: limit }, rate: limit });
  },
};

const installationPermissions = {
  administration: "write",
  contents: "write",
  metadata: "read",
  pull_requests: "write",
  workflows: "write",
};

function organisation(world: World, login: string): Account {
  const account = accountOf(world, login);
  if (account.type !== "Organization") throw notFound();
  return account;
}

function appFor(world: World, actor: Actor): GithubApp {
  if (actor.kind === "app" && world.app !== undefined) return world.app;
  throw new ReplyError(problem(401, "A JSON web token could not be decoded"));
}

function installationOf(world: World, actor: Actor, login: string, type?: string): Reply {
  const found = appFor(world, actor).installations.find(
    ({ account }) =>
      account.login.toLowerCase() === login.toLowerCase() &&
      (type === undefined || account.type === type),
  );
  if (found === undefined) throw notFound();
  return ok(installationShape(world, found));
}

function installationShape(
  world: World,
  { id, account }: { id: number; account: Account },
): Record<string, unknown> {
  const app = world.app;
  return {
    id,
    // GitHub's description of the list wants an enterprise's properties beside a user's.
    account: {
      ...userShape(world, account),
      name: account.login,
      slug: account.login,
      created_at: "2020-01-01T00:00:00Z",
      updated_at: "2020-01-01T00:00:00Z",
    },
    app_id: app?.id ?? 0,
    app_slug: app?.slug ?? "",
    target_id: account.id,
    target_type: account.type,
    single_file_name: null,
    repository_selection: "all",
    access_tokens_url: `${world.apiUrl}/app/installations/${id}/access_tokens`,
    repositories_url: `${world.apiUrl}/installation/repositories`,
    html_url: `${world.webUrl}/organizations/${account.login}/settings/installations/${id}`,
    events: [],
    permissions: installationPermissions,
    created_at: "2020-01-01T00:00:00Z",
    updated_at: "2020-01-01T00:00:00Z",
    suspended_by: null,
    suspended_at: null,
  };
}

/** Who sent a request, by its Authorization header; a GitHub App's JWT is verified as GitHub does. */
export function authenticate(world: World, header: string | undefined): Actor {
  const token = /^(?:token|bearer) (.+)$/i.exec(header ?? "")?.[1] ?? "";
  const actor = world.tokens.get(token);
  if (actor !== undefined) return actor;
  if (isJwtOf(world.app, token)) return { kind: "app" };
  throw new ReplyError(problem(401, "Bad credentials"));
}

function isJwtOf(app: GithubApp | undefined, token: string): boolean {
  const [head = "", payload = "", signature = ""] = token.split(".");
  if (app === undefined || signature === "") return false;
  const verifier = createVerify("RSA-SHA256").update(`${head}.${payload}`);
  if (!verifier.verify(app.publicKey, Buffer.from(signature, "base64url"))) return false;
  const claims: { iss: unknown; iat: number; exp: number } = JSON.parse(
    Buffer.from(payload, "base64url").toString(),
  );
  const { iss, iat, exp } = claims;
  const nowSeconds = Date.now() / 1000;
  return String(iss) === String(app.id) && exp > nowSeconds && exp - iat <= 600 + 60;
}
