import { afterEach, beforeEach, expect, test } from "@jest/globals";

import { createGithubReader } from "../../../src/app/github-reader.ts";
import { UpstreamError } from "../../../src/base/errors.ts";
import type { JsonValue } from "../../../src/base/json.ts";
import {
  createGithubSource,
  type GithubSource,
  type GithubSourceOptions,
} from "../../../src/catalog/sources/github.ts";
import { loadCatalog } from "../../../src/usecases/catalog/load-catalog.ts";
import { describeCatalogSource } from "../../contracts/catalog-source.ts";
import { type GithubEmulator, startGithubEmulator } from "../../emulators/github/emulator.ts";
import { connect } from "../../emulators/github/harness.ts";
import { addAccount, commitFiles, findRepository } from "../../emulators/github/world.ts";

const { signal } = new AbortController();
const everything = {
  topic: [],
  excludeTopic: [],
  name: [],
  exclude: [],
  archived: false,
  forks: false,
};

/** Long after every push that a test makes, so that what GitHub answers is believed. */
let nowMs: number;
let github: GithubEmulator;

beforeEach(async () => {
  nowMs = Date.now() + 3_600_000;
  github = await startGithubEmulator({ users: ["octocat", "mona"] });
});
afterEach(() => github.close());

function sourceOn(
  emulator: GithubEmulator,
  given: Partial<GithubSourceOptions> = {},
): GithubSource {
  return createGithubSource({
    reader: createGithubReader(connect(emulator, { timeoutMs: 2_000 })),
    org: "acme",
    path: "/catalog-info.yaml",
    filters: everything,
    clock: () => nowMs,
    listEveryMs: 600_000,
    ...given,
  });
}

async function push(
  emulator: GithubEmulator,
  name: string,
  files: Record<string, string | undefined>,
): Promise<string> {
  const repository =
    findRepository(emulator.world, "acme", name) ??
    (await emulator.addRepository("acme", name, { files: {} }));
  return commitFiles(emulator.world, repository, repository.defaultBranch, files, "Change");
}

const component = (name: string, more = ""): string =>
  `apiVersion: backstage.io/v1alpha1\nkind: Component\nmetadata:\n  name: ${name}\nspec:\n  type: service\n  lifecycle: production\n  owner: team-a\n${more}`;

/** Requests to the emulation since the last call, by route. */
function requests(emulator: GithubEmulator): string[] {
  return emulator.journal.splice(0).map(({ method, template }) => `${method} ${template}`);
}

describeCatalogSource("repositories of an organisation on GitHub", async () => {
  const emulator = await startGithubEmulator();
  return {
    source: sourceOn(emulator, { clock: Date.now }),
    async write(path, text) {
      const [name = "", ...rest] = path.split("/");
      await push(emulator, name, { [rest.join("/")]: text });
    },
    async remove(path) {
      const [name = "", ...rest] = path.split("/");
      await push(emulator, name, { [rest.join("/")]: undefined });
    },
    breakDown: async () => emulator.failNext({ path: /graphql|orgs/, fault: "forbidden" }),
    close: () => emulator.close(),
  };
});

describeCatalogSource("one repository on GitHub, read with wildcards", async () => {
  const emulator = await startGithubEmulator();
  await push(emulator, "mono", { "README.md": "all" });
  return {
    source: sourceOn(emulator, { path: "/**/catalog-info.yaml", clock: Date.now }),
    write: async (path, text) => void (await push(emulator, "mono", { [path]: text })),
    remove: async (path) => void (await push(emulator, "mono", { [path]: undefined })),
    breakDown: async () => emulator.failNext({ path: /graphql|orgs/, fault: "forbidden" }),
    close: () => emulator.close(),
  };
});

test("names files by the pages that show them, so that entities know where they can be edited", async () => {
  await push(github, "pay", { "catalog-info.yaml": component("pay") });

  const { catalog } = await loadCatalog([sourceOn(github)], { signal, nowMs: 1 });

  const annotations = catalog.entities.get("component:default/pay")?.entity.metadata.annotations;
  expect(annotations).toEqual({
    "backstage.io/managed-by-location":
      "url:https://github.com/acme/pay/blob/main/catalog-info.yaml",
    "backstage.io/managed-by-origin-location":
      "url:https://github.com/acme/pay/blob/main/catalog-info.yaml",
    "backstage.io/view-url": "https://github.com/acme/pay/blob/main/catalog-info.yaml",
    "backstage.io/edit-url": "https://github.com/acme/pay/edit/main/catalog-info.yaml",
    "backstage.io/source-location": "url:https://github.com/acme/pay/tree/main/",
  });
});

test("asks for nothing but the listing while nothing changes, and for what changed alone", async () => {
  for (const name of ["a", "b", "c"]) {
    await push(github, name, { "catalog-info.yaml": component(name) });
  }
  const source = sourceOn(github);

  const first = await source.read(signal);
  const cold = requests(github);
  await source.read(signal);
  const unchanged = requests(github);
  await pushLater("b", { "README.md": "no entity" });
  const touched = await source.read(signal);
  const afterTouch = requests(github);
  await pushLater("b", { "catalog-info.yaml": component("b2") });
  const second = await source.read(signal);
  const afterChange = requests(github);

  expect(cold).toEqual(["GET /orgs/{org}/repos", "POST /graphql", "POST /graphql"]);
  expect(unchanged).toEqual(["GET /orgs/{org}/repos"]);
  expect(afterTouch).toEqual(["GET /orgs/{org}/repos", "POST /graphql"]);
  expect(touched.files).toEqual(first.files);
  expect(afterChange).toEqual(["GET /orgs/{org}/repos", "POST /graphql", "POST /graphql"]);
  expect(second.files.map(({ text }) => /name: (\w+)/.exec(text)?.[1])).toEqual(["a", "b2", "c"]);
});

/** A push in another second than those before, as `pushed_at` can tell. */
async function pushLater(name: string, files: Record<string, string | undefined>): Promise<string> {
  const sha = await push(github, name, files);
  const repository = findRepository(github.world, "acme", name);
  pushes += 1;
  if (repository !== undefined) {
    repository.pushedAt = new Date(Date.now() + pushes * 1000).toISOString().replace(/\.\d+/, "");
  }
  return sha;
}
let pushes = 0;

test("does not trust what GitHub says right after a push", async () => {
  nowMs = Date.now();
  await push(github, "a", { "catalog-info.yaml": component("a") });
  const source = sourceOn(github);
  await source.read(signal);
  requests(github);

  await source.read(signal);
  const soon = requests(github);
  nowMs += 600_000;
  await source.read(signal);
  await source.read(signal);
  requests(github);
  await source.read(signal);

  expect(soon).toEqual(["GET /orgs/{org}/repos", "POST /graphql"]);
  expect(requests(github)).toEqual(["GET /orgs/{org}/repos"]);
});

test.each([
  ["topic", { topic: ["catalog"] }, ["tagged"]],
  ["excludeTopic", { excludeTopic: ["catalog"] }, ["pay", "Pay-api"]],
  ["name", { name: ["pay*"] }, ["pay", "Pay-api"]],
  ["exclude", { exclude: ["*-api", "tagged"] }, ["pay"]],
  ["archived", { archived: true }, ["attic", "pay", "Pay-api", "tagged"]],
  ["forks", { forks: true }, ["fork", "pay", "Pay-api", "tagged"]],
])("filters by %s", async (_what, filters, expected) => {
  for (const name of ["pay", "Pay-api", "attic", "fork", "tagged"]) {
    await push(github, name, { "catalog-info.yaml": component(name) });
  }
  const change = (name: string) => findRepository(github.world, "acme", name);
  Object.assign(change("attic")?.flags ?? {}, { archived: true });
  Object.assign(change("fork")?.flags ?? {}, { fork: true });
  change("tagged")?.topics.push("catalog");

  const { files } = await sourceOn(github, { filters: { ...everything, ...filters } }).read(signal);

  const names = files.map(({ base }) => new URL(base).pathname.split("/")[2] ?? "");
  expect(names.toSorted()).toEqual(expected.toSorted());
});

test("drops a repository that is archived, given away or gone, and follows one that is renamed", async () => {
  await github.addRepository("octocat", "elsewhere");
  for (const name of ["archived", "given", "gone", "old"]) {
    await push(github, name, { "catalog-info.yaml": component(name) });
  }
  const source = sourceOn(github);
  await source.read(signal);

  const { world } = github;
  Object.assign(findRepository(world, "acme", "archived")?.flags ?? {}, { archived: true });
  const given = findRepository(world, "acme", "given");
  const octocat = world.accounts.get("octocat");
  if (given !== undefined && octocat !== undefined) given.owner = octocat;
  world.repositories.splice(
    world.repositories.findIndex(({ name }) => name === "gone"),
    1,
  );
  github.renameRepository("acme", "old", "new");
  const { files } = await source.read(signal);

  expect(files.map(({ base }) => base)).toEqual([
    "https://github.com/acme/new/blob/main/catalog-info.yaml",
  ]);
});

test("reads another branch where it is told to, and other default branches by themselves", async () => {
  const repository = await github.addRepository("acme", "pay", { branch: "trunk", files: {} });
  const commit = (branch: string, name: string) =>
    commitFiles(github.world, repository, branch, { "catalog-info.yaml": component(name) }, "x");
  await commit("trunk", "trunk");
  await commit("release/1", "release");

  const usual = await sourceOn(github).read(signal);
  const other = sourceOn(github, { branch: "release/1" });
  const released = await other.read(signal);
  const [file] = released.files;
  const related = await other.readRelated(file?.base ?? "", "./catalog-info.yaml", signal);

  expect(usual.files.map(({ base }) => base)).toEqual([
    "https://github.com/acme/pay/blob/trunk/catalog-info.yaml",
  ]);
  expect(file?.base).toBe("https://github.com/acme/pay/blob/release/1/catalog-info.yaml");
  expect(file?.text).toContain("name: release");
  expect(related?.[0]?.text).toContain("name: release");
  expect(other.id).toBe("github:acme@release/1");
});

const api = (name: string): string =>
  `---\napiVersion: backstage.io/v1alpha1\nkind: API\nmetadata: {name: ${name}}\nspec: {type: openapi, lifecycle: a, owner: team-a, definition: {$text: ./api/${name}.json}}\n`;

test("follows Locations and placeholders through its repositories, many with one request", async () => {
  await push(github, "pay", {
    "catalog-info.yaml": `${component("pay")}---\napiVersion: backstage.io/v1alpha1\nkind: Location\nmetadata: {name: all}\nspec:\n  targets: [./services/*/catalog-info.yaml, https://github.com/acme/shared/blob/main/teams.yaml, /top.yaml]\n${api("x")}${api("y")}`,
    "services/a/catalog-info.yaml": component("a"),
    "services/b/catalog-info.yaml": component("b"),
    "top.yaml": component("top"),
    "api/x.json": '{"x": 1}',
    "api/y.json": '{"y": 1}',
  });
  await push(github, "shared", {
    "teams.yaml":
      "apiVersion: backstage.io/v1alpha1\nkind: Group\nmetadata: {name: team-a}\nspec: {type: team, children: []}\n",
  });

  const { catalog, diagnostics } = await loadCatalog([sourceOn(github)], { signal, nowMs: 1 });

  expect([...catalog.entities.keys()].toSorted()).toEqual([
    "api:default/x",
    "api:default/y",
    "component:default/a",
    "component:default/b",
    "component:default/pay",
    "component:default/top",
    "group:default/team-a",
    "location:default/all",
  ]);
  expect(catalog.entities.get("api:default/y")?.entity.spec?.["definition"]).toBe('{"y": 1}');
  expect(diagnostics.filter(({ severity }) => severity === "error")).toEqual([]);
});

test("reads no other organisation and no other host, unless the host was named", async () => {
  await push(github, "pay", { "catalog-info.yaml": component("pay") });
  await github.addRepository("octocat", "private", { files: { "a.yaml": component("secret") } });
  const source = sourceOn(github);
  const { files } = await source.read(signal);
  const base = files[0]?.base ?? "";

  for (const target of [
    "https://github.com/octocat/private/blob/main/a.yaml",
    "https://evil.example/a.yaml",
    "http://169.254.169.254/latest",
  ]) {
    await expect(source.readRelated(base, target, signal)).rejects.toMatchObject({
      code: "url-not-read",
    });
  }
});

test("large files come whole, binary and huge ones are reported", async () => {
  const long = `# ${"x".repeat(300_000)}\n`;
  await push(github, "long", { "catalog-info.yaml": component("long") + long });
  await push(github, "binary", { "catalog-info.yaml": "kind: \0" });
  await push(github, "huge", { "catalog-info.yaml": "#".repeat(6 * 1024 * 1024) });

  const { files, diagnostics } = await sourceOn(github).read(signal);

  expect(files.map(({ text }) => text)).toEqual([component("long") + long]);
  expect(diagnostics.map(({ file, code }) => `${file} ${code}`)).toEqual([
    "https://github.com/acme/binary/blob/main/catalog-info.yaml file-not-utf8",
    "https://github.com/acme/huge/blob/main/catalog-info.yaml file-too-large",
  ]);
});

test("CODEOWNERS comes along, the one that GitHub uses", async () => {
  await push(github, "pay", {
    "catalog-info.yaml": component("pay"),
    "docs/CODEOWNERS": "* @acme/docs\n",
    ".github/CODEOWNERS": "* @acme/pay\n",
  });
  await push(github, "none", { CODEOWNERS: "* @acme/none\n" });

  const { companions } = await sourceOn(github).read(signal);

  expect(companions).toEqual([
    {
      kind: "codeowners",
      repository: "https://github.com/acme/pay",
      slug: "acme/pay",
      file: "https://github.com/acme/pay/blob/main/.github/CODEOWNERS",
      text: "* @acme/pay\n",
      version: expect.stringMatching(/^[\da-f]{40}$/),
    },
  ]);
});

test("Markdown in docs comes after the catalog files, again only when the folder changed", async () => {
  await push(github, "pay", {
    "catalog-info.yaml": component("pay"),
    "docs/index.md": "# Pay\n",
    "docs/runbooks/lag.md": "# Lag\n",
    "docs/a/b/deep.md": "# Deep\n",
    "docs/a/b/c/deeper.md": "# Deeper than is looked\n",
    "docs/logo.png": "\0",
    "docs/huge.md": "x".repeat(300_000),
  });
  await push(github, "none", { "docs/index.md": "# Not in the catalog\n" });
  const source = sourceOn(github, { hasDocuments: true });

  const first = await source.read(signal);
  requests(github);
  const second = await source.read(signal);
  const catchingUp = requests(github);
  await source.read(signal);
  requests(github);
  await pushLater("pay", { "README.md": "x" });
  await source.read(signal);
  const untouched = requests(github);

  expect([first.againInMs, first.companions]).toEqual([0, []]);
  expect(second.companions?.map(({ kind, file }) => `${kind} ${file}`)).toEqual([
    "document https://github.com/acme/pay/blob/main/docs/a/b/deep.md",
    "document https://github.com/acme/pay/blob/main/docs/index.md",
    "document https://github.com/acme/pay/blob/main/docs/runbooks/lag.md",
  ]);
  expect(catchingUp).toEqual(["POST /graphql", "POST /graphql"]);
  expect(second.againInMs).toBeUndefined();
  expect(untouched).toEqual(["GET /orgs/{org}/repos", "POST /graphql"]);
});

test("the runbooks of a repository and its mkdocs.yml come along, again when one of them changed", async () => {
  await push(github, "pay", {
    "catalog-info.yaml": component("pay"),
    "runbooks/lag.md": "# Lag\n",
    "docs/index.md": "# Pay\n",
    "mkdocs.yml": "nav: [{Start: index.md}]\n",
  });
  await push(github, "bare", { "catalog-info.yaml": component("bare"), "mkdocs.yml": "nav: []\n" });
  const source = sourceOn(github, { hasDocuments: true });
  const read = async (): Promise<unknown> => {
    await source.read(signal);
    const { companions = [] } = await source.read(signal);
    return companions.map(({ kind, file, text }) => [kind, file.split("/main/").at(-1), text]);
  };

  const first = await read();
  await pushLater("pay", { "mkdocs.yml": "nav: [index.md]\n" });
  const second = await read();

  const documents = [
    ["document", "runbooks/lag.md", "# Lag\n"],
    ["document", "docs/index.md", "# Pay\n"],
  ];
  expect(first).toEqual([["navigation", "mkdocs.yml", "nav: [{Start: index.md}]\n"], ...documents]);
  expect(second).toEqual([["navigation", "mkdocs.yml", "nav: [index.md]\n"], ...documents]);
});

const day = (at: number): number => Date.UTC(2026, 0, at);

test("documents say when they last changed, by their own commits, also after a restart", async () => {
  const pushOn = async (at: number, files: Record<string, string>): Promise<void> => {
    github.world.now = () => new Date(day(at)).toISOString();
    await push(github, "pay", files);
  };
  await pushOn(1, { "catalog-info.yaml": component("pay"), "docs/old.md": "# Old\n" });
  await pushOn(2, { "docs/new.md": "# New\n" });
  await pushOn(3, { "README.md": "x" });
  const source = sourceOn(github, { hasDocuments: true });
  const datesOf = async (read: GithubSource): Promise<unknown> => {
    const { companions = [] } = await read.read(signal);
    return companions.map(({ file, changedAtMs }) => [file.split("/").at(-1), changedAtMs]);
  };

  await source.read(signal);
  const first = await datesOf(source);
  await pushOn(4, { "docs/new.md": "# Newer\n" });
  nowMs += 3_600_000;
  await source.read(signal);
  const afterPush = await datesOf(source);
  const { files, companions = [] } = await source.read(signal);
  const texts = companions.map(({ file, ...rest }) => ({ ...rest, file, base: file }));
  const memory: [string, JsonValue][] = JSON.parse(
    JSON.stringify([...(source.remember?.() ?? [])]),
  );
  const again = sourceOn(github, { hasDocuments: true });
  await again.recall?.(new Map(memory), [...files, ...texts]);
  const recalled = await datesOf(again);

  expect(first).toEqual([
    ["new.md", day(2)],
    ["old.md", day(1)],
  ]);
  expect(afterPush).toEqual([
    ["new.md", day(4)],
    ["old.md", day(1)],
  ]);
  expect(recalled).toEqual(afterPush);
});

test("the last push to a repository is known of what the listing says anyway, also in another life of the process", async () => {
  const pushOn = async (at: number, files: Record<string, string>): Promise<string> => {
    github.world.now = () => new Date(day(at)).toISOString();
    return push(github, "pay", files);
  };
  const file = "https://github.com/acme/pay/blob/main/catalog-info.yaml:9";
  await pushOn(1, { "catalog-info.yaml": component("pay") });
  const source = sourceOn(github);

  const before = source.lastPushMs?.(file);
  const { files } = await source.read(signal);
  const first = source.lastPushMs?.(file);
  await pushOn(2, { "README.md": "no entity" });
  const { files: unchanged } = await source.read(signal);
  const second = source.lastPushMs?.(file);
  const headOid = await pushOn(3, { "README.md": "a webhook tells of it" });
  const id = findRepository(github.world, "acme", "pay")?.id;
  const nodeId = Buffer.from(`Repository:${id}`).toString("base64");
  const pushed = { branch: "main", isDefaultBranch: true, headOid };
  source.take({ owner: "acme", repository: { nodeId, push: pushed } });
  await source.read(signal);
  const third = source.lastPushMs?.(file);
  requests(github);
  const again = sourceOn(github);
  await again.recall?.(new Map(source.remember?.() ?? []), files);

  expect([before, first, second, third]).toEqual([undefined, day(1), day(2), day(3)]);
  expect(unchanged).toEqual(files);
  expect(again.lastPushMs?.(file)).toBe(day(3));
  expect(again.lastPushMs?.("https://github.com/acme/other/blob/main/a.yaml")).toBeUndefined();
  expect(again.lastPushMs?.("https://example.com/acme/pay/blob/main/a.yaml")).toBeUndefined();
  expect(requests(github)).toEqual([]);
});

test("where GitHub fails over the dates of documents, they are read without", async () => {
  await push(github, "pay", {
    "catalog-info.yaml": component("pay"),
    "docs/index.md": "# Pay\n",
  });
  const reader = createGithubReader(connect(github, { timeoutMs: 2_000 }));
  const source = sourceOn(github, {
    hasDocuments: true,
    reader: {
      ...reader,
      async query(request) {
        if (request.query.includes("history("))
          throw new UpstreamError("github-query-failed", "it took too long", { isRetryable: true });
        return reader.query(request);
      },
    },
  });

  await source.read(signal);
  const { companions } = await source.read(signal);

  expect(companions?.map(({ text, changedAtMs }) => [text, changedAtMs])).toEqual([
    ["# Pay\n", undefined],
  ]);
});

test("a push is not kept waiting by documents", async () => {
  for (const name of ["a", "b"]) {
    await push(github, name, {
      "catalog-info.yaml": component(name),
      "docs/index.md": `# ${name}\n`,
    });
  }
  const source = sourceOn(github, { hasDocuments: true });
  await source.read(signal);
  const headOid = await push(github, "a", { "catalog-info.yaml": component("a2") });
  const id = findRepository(github.world, "acme", "a")?.id;
  const nodeId = Buffer.from(`Repository:${id}`).toString("base64");
  source.take({ owner: "acme", repository: { nodeId, push: pushOf(headOid) } });

  const next = await source.read(signal);
  const last = await source.read(signal);

  expect(next.files[0]?.text).toContain("name: a2");
  expect([next.companions, next.againInMs]).toEqual([[], 0]);
  expect(last.companions).toHaveLength(2);
});

const person = (login: string) => {
  const account = github.world.accounts.get(login);
  if (account === undefined) throw new Error(`nobody is called ${login}`);
  return account;
};

function addTeam(slug: string, given: { members?: string[]; parent?: string } = {}): void {
  const org = person("acme");
  github.world.teams.push({ id: github.world.nextId(), slug, org, name: `The ${slug}`, ...given });
}

test("teams and members become Groups and Users, with addresses by which Slack knows them", async () => {
  addTeam("platform");
  addTeam("pay", { members: ["octocat", "mona"], parent: "platform" });
  Object.assign(person("mona"), {
    name: "Mona Lisa",
    email: "mona@home.example",
    verifiedEmails: ["mona@acme.example"],
  });
  await push(github, "pay", { "catalog-info.yaml": component("pay").replace("team-a", "pay") });

  const source = sourceOn(github, { hasPeople: true });
  const { catalog, diagnostics } = await loadCatalog([source], { signal, nowMs: 1 });

  const { entities } = catalog;
  expect(entities.get("group:default/pay")?.entity).toMatchObject({
    metadata: { name: "pay", annotations: { "github.com/team-slug": "acme/pay" } },
    spec: { type: "team", parent: "platform", children: [], profile: { displayName: "The pay" } },
  });
  expect(entities.get("group:default/pay")?.relations).toEqual(
    expect.arrayContaining([
      { type: "hasMember", targetRef: "user:default/mona" },
      { type: "ownerOf", targetRef: "component:default/pay" },
      { type: "childOf", targetRef: "group:default/platform" },
    ]),
  );
  expect(entities.get("user:default/mona")?.entity.spec).toEqual({
    profile: expect.objectContaining({ displayName: "Mona Lisa", email: "mona@acme.example" }),
    memberOf: ["pay"],
  });
  expect(diagnostics.filter(({ severity }) => severity === "error")).toEqual([]);
});

test("what people wrote replaces teams and members of the same name or annotation, without a word", async () => {
  addTeam("pay", { members: ["octocat", "mona"] });
  addTeam("ops", { members: ["mona"], parent: "pay" });
  await push(github, "org", {
    "catalog-info.yaml": [
      "apiVersion: backstage.io/v1alpha1\nkind: Group\nmetadata: {name: payments, annotations: {github.com/team-slug: acme/pay}}\nspec: {type: squad, children: []}\n",
      "apiVersion: backstage.io/v1alpha1\nkind: User\nmetadata: {name: mona.lisa, annotations: {github.com/user-login: mona, slack.com/user-id: U0MONA}}\nspec: {memberOf: []}\n",
      "apiVersion: backstage.io/v1alpha1\nkind: User\nmetadata: {name: octocat}\nspec: {memberOf: [payments]}\n",
    ].join("---\n"),
  });

  const source = sourceOn(github, { hasPeople: true });
  const { catalog, diagnostics } = await loadCatalog([source], { signal, nowMs: 1 });

  expect([...catalog.entities.keys()].toSorted()).toEqual([
    "group:default/ops",
    "group:default/payments",
    "user:default/mona.lisa",
    "user:default/octocat",
  ]);
  expect(catalog.entities.get("user:default/mona.lisa")?.relations).toContainEqual({
    type: "memberOf",
    targetRef: "group:default/ops",
  });
  expect(catalog.entities.get("group:default/ops")?.relations).toContainEqual({
    type: "childOf",
    targetRef: "group:default/payments",
  });
  expect(diagnostics.map(({ code }) => code)).not.toContain("entity-duplicate");
});

test("reads all pages of teams and members, once an hour or when they changed", async () => {
  const logins = Array.from({ length: 120 }, (_, at) => `person-${at}`);
  for (const login of logins) addAccount(github.world, login, "User");
  for (let at = 0; at < 60; at += 1) addTeam(`team-${at}`, { members: at === 7 ? logins : [] });
  const source = sourceOn(github, { hasPeople: true });

  const { files } = await source.read(signal);
  const first = requests(github).filter((each) => each === "POST /graphql").length;
  await source.read(signal);
  const second = requests(github);
  source.take({ owner: "Acme" });
  await source.read(signal);
  const third = requests(github).filter((each) => each === "POST /graphql").length;

  const large = files.find(({ base }) => base.endsWith("/team-7"))?.text ?? "";
  expect(files).toHaveLength(60 + 122);
  expect(JSON.parse(large)).toMatchObject({ spec: { members: logins } });
  expect([first, third]).toEqual([2 + 1 + 2, 5]);
  expect(second).toEqual(["GET /orgs/{org}/repos"]);
});

test("repositories are read although teams may not be, and known teams stay", async () => {
  await push(github, "pay", { "catalog-info.yaml": component("pay") });
  addTeam("pay");
  const source = sourceOn(github, { hasPeople: true });
  await source.read(signal);
  source.take({ owner: "Acme" });
  github.failNext({ path: /graphql/, fault: "forbidden" });

  const { files, diagnostics } = await source.read(signal);

  expect(files.map(({ base }) => base)).toEqual(
    expect.arrayContaining([
      "https://github.com/acme/pay/blob/main/catalog-info.yaml",
      "https://github.com/orgs/acme/teams/pay",
    ]),
  );
  expect(diagnostics.map(({ code }) => code)).toEqual(["source-people-unreadable"]);
});

test("goes on where it was after a restart, without fetching a text again", async () => {
  for (const name of ["a", "b"]) {
    await push(github, name, { "catalog-info.yaml": component(name), CODEOWNERS: "* @acme/a\n" });
  }
  const first = sourceOn(github);
  const { files, companions = [] } = await first.read(signal);
  const memory: [string, JsonValue][] = JSON.parse(JSON.stringify([...(first.remember?.() ?? [])]));
  requests(github);

  const second = sourceOn(github);
  const texts = companions.map(({ file, ...rest }) => ({ ...rest, file, base: file }));
  await second.recall?.(new Map(memory), [...files, ...texts]);
  const again = await second.read(signal);
  const unchanged = requests(github);
  await pushLater("b", { "catalog-info.yaml": component("b2") });
  await second.read(signal);

  expect(again.files).toEqual(files);
  expect(again.companions).toEqual(companions);
  expect(unchanged).toEqual(["GET /orgs/{org}/repos"]);
  expect(requests(github)).toHaveLength(3);
});

const pushOf = (headOid: string) => ({ branch: "main", isDefaultBranch: true, headOid });

test("asks only for the repository that a push named, and waits until the push can be seen", async () => {
  for (const name of ["a", "b"]) {
    await push(github, name, { "catalog-info.yaml": component(name) });
  }
  const source = sourceOn(github);
  await source.read(signal);
  requests(github);
  const nodeId = Buffer.from(
    `Repository:${findRepository(github.world, "acme", "a")?.id}`,
  ).toString("base64");

  // GitHub told of a commit that its replicas do not have yet
  source.take({ owner: "acme", repository: { nodeId, push: pushOf("f".repeat(40)) } });
  const early = await source.read(signal);
  const headOid = await push(github, "a", { "catalog-info.yaml": component("a2") });
  source.take({ owner: "acme", repository: { nodeId, push: pushOf(headOid) } });
  const late = await source.read(signal);

  expect(early.againInMs).toBe(1_000);
  expect(early.files[0]?.text).toContain("name: a\n");
  expect(late.files[0]?.text).toContain("name: a2");
  expect(late.againInMs).toBeUndefined();
  expect(requests(github)).toEqual(["POST /graphql", "POST /graphql", "POST /graphql"]);
});

test("waits as long as GitHub asks, and leaves a reserve for others", async () => {
  await push(github, "pay", { "catalog-info.yaml": component("pay") });
  github.failNext({ path: /graphql/, fault: "secondary-limit", retryAfterSeconds: 90 });
  const source = sourceOn(github);

  await expect(source.read(signal)).rejects.toMatchObject({
    code: "github-secondary-limit",
    retryAfterMs: 90_000,
  });
  github.world.graphqlLimit.remaining = 500;
  await expect(source.read(signal)).rejects.toMatchObject({ code: "github-rate-limited" });
  const asked = github.count("POST", "/graphql");
  await expect(source.read(signal)).rejects.toMatchObject({ code: "github-rate-limited" });

  expect(github.count("POST", "/graphql")).toBe(asked);
});

test("a GitHub that fails in parts never makes repositories vanish", async () => {
  for (const name of ["a", "b"]) await push(github, name, { "catalog-info.yaml": component(name) });
  const source = sourceOn(github);
  await source.read(signal);
  await pushLater("a", { "README.md": "x" });
  const errors = [{ message: "Timeout on validation of query" }];
  github.failNext({
    path: /graphql/,
    fault: { status: 200, body: { data: { nodes: [null] }, errors } },
  });

  await expect(source.read(signal)).rejects.toMatchObject({ code: "github-query-failed" });
  expect((await source.read(signal)).files).toHaveLength(2);
});

test("an organisation that does not exist is said so", async () => {
  await expect(sourceOn(github, { org: "nobody" }).read(signal)).rejects.toMatchObject({
    code: "github-organisation-unknown",
  });
});

test("works on a server of GitHub Enterprise, whose pages are its own", async () => {
  // the emulation stands on this machine, which counts as github.com
  const host = "git.acme.example";
  await github.close();
  github = await startGithubEmulator({ webUrl: `https://${host}` });
  await push(github, "pay", { "catalog-info.yaml": component("pay"), "b.yaml": component("b") });
  const client = connect(github, { baseUrl: `${github.url}/api/v3` });
  const source = sourceOn(github, { reader: { ...createGithubReader(client), host } });

  const { files } = await source.read(signal);
  const base = files[0]?.base ?? "";
  const related = await source.readRelated(
    base,
    `https://${host}/acme/pay/blob/main/b.yaml`,
    signal,
  );

  expect(files.map((file) => file.base)).toEqual([
    `https://${host}/acme/pay/blob/main/catalog-info.yaml`,
  ]);
  expect(related?.map(({ text }) => text)).toEqual([component("b")]);
  expect(github.journal.map(({ path }) => path)).toContain("/api/graphql");
});
