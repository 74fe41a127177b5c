import { once } from "node:events";
import fs from "node:fs";
import http from "node:http";
import os from "node:os";
import path from "node:path";

import {
  type FaultKind,
  type FaultOrder,
  htmlPage,
  randomFault,
  refusalOf,
  takeFault,
} from "./faults.ts";
import { loadOpenapi, type OpenapiCheck } from "./openapi.ts";
import { problem, type Reply, ReplyError } from "./replies.ts";
import { compileRoutes, matchRoute, record } from "./router.ts";
import { accountRoutes, authenticate } from "./routes-accounts.ts";
import { checkRoutes } from "./routes-checks.ts";
import { gitRoutes } from "./routes-git.ts";
import { graphqlRoutes } from "./routes-graphql.ts";
import { listingRoutes } from "./routes-listing.ts";
import { renameRepository, repositoryRoutes } from "./routes-repositories.ts";
import { settingsRoutes } from "./routes-settings.ts";
import { workRoutes } from "./routes-work.ts";
import {
  accountOf,
  addAccount,
  addApp,
  addRepository,
  commitFiles,
  createWorld,
  findRepository,
  type Repository,
  type World,
} from "./world.ts";

export interface GithubEmulatorOptions {
  /** Default `acme`. */
  organisations?: string[];
  /** Default `octocat`, whose token `token` is. */
  users?: string[];
  /** By organisation. */
  teams?: Record<string, string[]>;
  /** That many requests on a new repository still answer 404. Default 0. */
  lagReads?: number;
  /** The branch of `auto_init`. Default `main`. */
  initialBranch?: string;
  /** As in `html_url`. Default `https://github.com`. */
  webUrl?: string;
  /** Where bare repositories are kept; absent: a temporary folder, removed at the end. */
  folder?: string;
}

/** A request that arrived, for assertions. */
interface JournalEntry {
  method: string;
  path: string;
  /** The route, as GitHub's documentation writes it; empty when there is none. */
  template: string;
  body: Record<string, unknown>;
  status: number;
  fault: FaultOrder["fault"] | undefined;
}

/** A GitHub on 127.0.0.1 that keeps real git objects. */
export interface GithubEmulator {
  /** For `GITHUB_API_URL`. */
  url: string;
  /** A token of the first user. */
  token: string;
  journal: JournalEntry[];
  /** Requests and answers that GitHub's own description does not allow; `close` throws when there are any. */
  violations: string[];
  world: World;
  failNext(order: FaultOrder): void;
  /** From now on, each request meets a random fault with this probability; 0 ends it. */
  unsettle(rate: number, random: () => number): void;
  /** Called when a request has arrived, before anything comes of it. */
  observe: ((entry: JournalEntry) => void) | undefined;
  /** How many requests of this method arrived on this route. */
  count(method: string, template: string): number;
  repository(owner: string, name: string): Repository | undefined;
  /** The bare repository on disk; `git clone` takes it. */
  repositoryPath(owner: string, name: string): string;
  /** Somebody else's repository, with a commit of these files. */
  addRepository(
    owner: string,
    name: string,
    given?: {
      description?: string;
      files?: Record<string, string>;
      isHidden?: boolean;
      branch?: string;
    },
  ): Promise<Repository>;
  renameRepository(owner: string, name: string, to: string): void;
  /** Registers a GitHub App installed on these accounts. */
  addApp(logins: string[]): { appId: string; privateKey: string };
  /** Makes all installation tokens invalid at once. */
  revokeInstallationTokens(): void;
  close(): Promise<void>;
}

const routes = compileRoutes([
  listingRoutes,
  graphqlRoutes,
  checkRoutes,
  accountRoutes,
  repositoryRoutes,
  gitRoutes,
  workRoutes,
  settingsRoutes,
]);

/** Starts an emulated GitHub on a free port. */
export async function startGithubEmulator(
  options: GithubEmulatorOptions = {},
): Promise<GithubEmulator> {
  const folder = options.folder ?? fs.mkdtempSync(path.join(os.tmpdir(), "callboard-github-"));
  const world = createWorld({
    folder,
    webUrl: options.webUrl ?? "https://github.com",
    initialBranch: options.initialBranch ?? "main",
    lagReads: options.lagReads ?? 0,
  });
  populate(world, options);
  const token = "ghp_emulated";
  const login = options.users?.[0] ?? "octocat";
  world.tokens.set(token, { kind: "user", account: accountOf(world, login) });
  const journal: JournalEntry[] = [];
  const violations: string[] = [];
  const orders: FaultOrder[] = [];
  const openapi = loadOpenapi();
  const observe = (entry: JournalEntry): void => emulator.observe?.(entry);
  const trouble = { rate: 0, random: () => 1 };
  const state: State = { world, journal, violations, orders, openapi, observe, trouble };
  const server = http.createServer((request, response) => {
    void answer(state, request, response);
  });
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", resolve);
  });
  world.apiUrl = addressOf(server);
  const existing = (owner: string, name: string): Repository => {
    const found = findRepository(world, owner, name);
    if (found === undefined) throw new Error(`the emulation has no repository ${owner}/${name}`);
    return found;
  };
  const emulator: GithubEmulator = {
    url: world.apiUrl,
    token,
    journal,
    violations,
    world,
    observe: undefined,
    failNext: (order) => void orders.push({ ...order }),
    unsettle(rate, random) {
      state.trouble = { rate, random };
    },
    count: (method, template) =>
      journal.filter((entry) => entry.method === method && entry.template === template).length,
    repository: (owner, name) => findRepository(world, owner, name),
    repositoryPath: (owner, name) => existing(owner, name).git.gitdir,
    async addRepository(owner, name, given = {}) {
      const repository = await addRepository(world, {
        owner: accountOf(world, owner),
        name,
        description: given.description ?? null,
        isHidden: given.isHidden ?? false,
        ...(given.branch === undefined ? {} : { defaultBranch: given.branch }),
      });
      const files = given.files ?? { "README.md": "somebody else's\n" };
      await commitFiles(world, repository, repository.defaultBranch, files, "Initial commit");
      return repository;
    },
    renameRepository: (owner, name, to) => {
      renameRepository(world, existing(owner, name), to);
    },
    addApp: (logins) => addApp(world, logins),
    revokeInstallationTokens() {
      for (const [key, actor] of world.tokens)
        if (actor.kind === "installation") world.tokens.delete(key);
    },
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => {
        server.close(resolve);
      });
      if (options.folder === undefined) fs.rmSync(folder, { recursive: true, force: true });
      if (violations.length > 0)
        throw new Error(`GitHub's description does not allow:\n${violations.join("\n")}`);
    },
  };
  return emulator;
}

function addressOf(server: http.Server): string {
  const address = server.address();
  if (typeof address !== "object" || address === null) throw new Error("the server has no port");
  return `http://127.0.0.1:${address.port}`;
}

function populate(world: World, options: GithubEmulatorOptions): void {
  for (const login of options.organisations ?? ["acme"]) addAccount(world, login, "Organization");
  for (const login of options.users ?? ["octocat"]) addAccount(world, login, "User");
  for (const [login, slugs] of Object.entries(options.teams ?? {})) {
    for (const slug of slugs)
      world.teams.push({ id: world.nextId(), slug, org: accountOf(world, login) });
  }
}

interface State {
  world: World;
  journal: JournalEntry[];
  violations: string[];
  orders: FaultOrder[];
  openapi: OpenapiCheck | undefined;
  observe(entry: JournalEntry): void;
  trouble: { rate: number; random: () => number };
}

async function answer(
  state: State,
  request: http.IncomingMessage,
  response: http.ServerResponse,
): Promise<void> {
  const url = new URL(request.url ?? "/", state.world.apiUrl);
  // GitHub Enterprise serves the same API below this prefix.
  const pathname = url.pathname.replace(/^\/api\/v3(?=\/)/, "");
  const method = request.method ?? "GET";
  const match = matchRoute(routes, method, pathname);
  const template = match?.route.template ?? "";
  const body = await readBody(request);
  const order =
    takeFault(state.orders, { method, path: pathname, template }) ?? randomFault(state.trouble);
  const entry = { method, path: pathname, template, body, status: 0, fault: order?.fault };
  state.journal.push(entry);
  state.observe(entry);
  if (order?.fault === "drop") {
    response.destroy();
    return;
  }
  const refused = order === undefined ? undefined : refusalOf(order);
  const reply = refused ?? (await carryOut(state, entry, match, request.headers, url.searchParams));
  entry.status = reply.status;
  if (refused === undefined) deliver(response, reply, order);
  else send(response, refused);
}

/** Does what was asked, holding request and answer against GitHub's description. */
async function carryOut(
  state: State,
  entry: JournalEntry,
  match: ReturnType<typeof matchRoute>,
  headers: http.IncomingHttpHeaders,
  query: URLSearchParams,
): Promise<Reply> {
  const { method, template, body } = entry;
  const { world, openapi } = state;
  let reply: Reply;
  try {
    const actor = authenticate(world, headers.authorization);
    if (match === undefined) return problem(404, "Not Found");
    note(state, entry, openapi?.request({ method, template, query, body }) ?? [], "request");
    const ifNoneMatch = headers["if-none-match"];
    const { params } = match;
    reply = await match.route.handler({ world, actor, params, query, body, ifNoneMatch });
  } catch (thrown) {
    if (!(thrown instanceof ReplyError)) {
      const trace = thrown instanceof Error ? (thrown.stack ?? "") : String(thrown);
      note(state, entry, [trace], "emulation failed");
      return problem(500, "the emulation failed");
    }
    reply = thrown.reply;
  }
  const { status } = reply;
  const faults = openapi?.response({ method, template, status, body: reply.body }) ?? [];
  note(state, entry, faults, "answer");
  return reply;
}

function note(state: State, entry: JournalEntry, faults: string[], what: string): void {
  for (const fault of faults)
    state.violations.push(`${entry.method} ${entry.template} (${what}): ${fault}`);
}

/** How the answer of a request that was carried out gets lost, spoilt or late. */
const deliveries: Partial<
  Record<FaultKind, (response: http.ServerResponse, reply: Reply, order: FaultOrder) => void>
> = {
  "lost-reply": (response) => void response.destroy(),
  hang: () => undefined,
  "bad-gateway": (response) => {
    send(response, { status: 502, body: htmlPage("502 Bad Gateway") });
  },
  half(response, reply) {
    const text = JSON.stringify(reply.body ?? {});
    response.writeHead(reply.status, {
      "content-type": "application/json; charset=utf-8",
      "content-length": Buffer.byteLength(text),
    });
    response.write(text.slice(0, text.length / 2), () => response.destroy());
  },
  slow(response, reply, order) {
    setTimeout(() => {
      send(response, reply);
    }, order.delayMs ?? 100).unref();
  },
};

function deliver(response: http.ServerResponse, reply: Reply, order: FaultOrder | undefined): void {
  const delivery = typeof order?.fault === "string" ? deliveries[order.fault] : undefined;
  if (order === undefined || delivery === undefined) send(response, reply);
  else delivery(response, reply, order);
}

function send(response: http.ServerResponse, { status, body, headers }: Reply): void {
  const type = typeof body === "string" ? "text/html" : "application/json";
  const isBinary = Buffer.isBuffer(body);
  response.writeHead(status, {
    "x-github-request-id": "EMUL:0001",
    "x-ratelimit-limit": "5000",
    "x-ratelimit-remaining": "4999",
    ...(body === undefined || isBinary ? {} : { "content-type": `${type}; charset=utf-8` }),
    ...headers,
  });
  response.end(typeof body === "string" || isBinary ? body : JSON.stringify(body));
}

async function readBody(request: http.IncomingMessage): Promise<Record<string, unknown>> {
  const chunks: Buffer[] = [];
  request.on("data", (chunk: Buffer) => chunks.push(chunk));
  await once(request, "end");
  return chunks.length === 0 ? {} : record(JSON.parse(Buffer.concat(chunks).toString()));
}
