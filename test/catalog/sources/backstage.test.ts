import type http from "node:http";

import { afterEach, beforeEach, expect, test } from "@jest/globals";
import { parse } from "yaml";

import { isRecord } from "../../../src/base/json.ts";
import { Secret } from "../../../src/base/secret.ts";
import { createBackstageSource } from "../../../src/catalog/sources/backstage.ts";
import { loadCatalog } from "../../../src/usecases/catalog/load-catalog.ts";
import { describeCatalogSource } from "../../contracts/catalog-source.ts";
import { startWebServer, type WebServer } from "../../helpers/web-server.ts";

const { signal } = new AbortController();

/** The part of Backstage's catalog that hands out entities in pages, with a cursor as Backstage's is: opaque. */
interface Emulation {
  server: WebServer;
  entities: Map<string, unknown>;
  /** Answers everything with this status. */
  status: number | undefined;
  token: string | undefined;
}

async function startBackstage(): Promise<Emulation> {
  const emulation: Omit<Emulation, "server"> = {
    entities: new Map(),
    status: undefined,
    token: undefined,
  };
  const server = await startWebServer((request, response) => {
    const { status, body } = replyTo(request, emulation);
    response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
  });
  return Object.assign(emulation, { server });
}

function replyTo(
  request: http.IncomingMessage,
  { entities, status, token }: Omit<Emulation, "server">,
) {
  if (status !== undefined) return { status, body: { error: {} } };
  if (token !== undefined && request.headers.authorization !== `Bearer ${token}`)
    return { status: 401, body: {} };
  const url = new URL(request.url ?? "", "http://x");
  if (url.pathname !== "/api/catalog/entities/by-query") return { status: 404, body: {} };
  const cursor = url.searchParams.get("cursor");
  const start = cursor === null ? 0 : Number(Buffer.from(cursor, "base64url").toString());
  const end = start + Number(url.searchParams.get("limit"));
  const all = [...entities.values()];
  const pageInfo =
    end < all.length ? { nextCursor: Buffer.from(String(end)).toString("base64url") } : {};
  return { status: 200, body: { items: all.slice(start, end), totalItems: all.length, pageInfo } };
}

/** An entity with what Backstage adds when it answers. */
function answered(text: string): unknown {
  const entity: unknown = parse(text);
  if (!isRecord(entity) || !isRecord(entity["metadata"])) throw new Error("no entity");
  return {
    ...entity,
    metadata: {
      namespace: "default",
      uid: crypto.randomUUID(),
      etag: crypto.randomUUID(),
      ...entity["metadata"],
    },
    relations: [{ type: "ownedBy", targetRef: "group:default/team-a" }],
    status: { items: [] },
  };
}

describeCatalogSource(
  "a running Backstage",
  async () => {
    const backstage = await startBackstage();
    return {
      source: createBackstageSource({ url: backstage.server.url }),
      async write(path, text) {
        backstage.status = undefined;
        backstage.entities.set(path, answered(text));
      },
      remove: async (path) => void backstage.entities.delete(path),
      breakDown: async () => void (backstage.status = 503),
      close: () => backstage.server.close(),
    };
  },
  { hasRelatedFiles: false },
);

let backstage: Emulation;
beforeEach(async () => {
  backstage = await startBackstage();
});
afterEach(() => backstage.server.close());

const component = (name: string): string =>
  `{apiVersion: backstage.io/v1alpha1, kind: Component, metadata: {name: ${name}}, spec: {type: a, lifecycle: b, owner: team-a}}`;

test("reads all pages", async () => {
  for (let index = 0; index < 25; index += 1) {
    backstage.entities.set(String(index), answered(component(`c${index}`)));
  }
  const source = createBackstageSource({
    url: `${backstage.server.url}/`,
    pageSize: 10,
    filters: ["kind=component"],
  });

  const { files } = await source.read(signal);

  expect(files).toHaveLength(25);
  expect(backstage.server.requests.map(({ path }) => path)).toEqual([
    "/api/catalog/entities/by-query?limit=10&filter=kind%3Dcomponent",
    "/api/catalog/entities/by-query?limit=10&cursor=MTA",
    "/api/catalog/entities/by-query?limit=10&cursor=MjA",
  ]);
});

test("keeps what Backstage says about an entity's origin and does not follow its Locations again", async () => {
  const annotations = {
    "backstage.io/managed-by-location": "url:https://github.com/a/b/blob/main/c.yaml",
  };
  backstage.entities.set(
    "a",
    answered(
      JSON.stringify({
        ...JSON.parse(JSON.stringify(parse(component("a")))),
        metadata: { name: "a", annotations },
      }),
    ),
  );
  backstage.entities.set(
    "l",
    answered(
      "{apiVersion: backstage.io/v1alpha1, kind: Location, metadata: {name: l}, spec: {target: ./gone.yaml}}",
    ),
  );
  backstage.entities.set(
    "t",
    answered(
      "{apiVersion: backstage.io/v1alpha1, kind: Group, metadata: {name: team-a}, spec: {type: team, children: []}}",
    ),
  );

  const loaded = await loadCatalog([createBackstageSource({ url: backstage.server.url })], {
    signal,
    nowMs: 1,
  });

  expect(loaded.diagnostics).toEqual([]);
  expect([...loaded.catalog.entities.keys()]).toEqual([
    "component:default/a",
    "group:default/team-a",
    "location:default/l",
  ]);
  const found = loaded.catalog.entities.get("component:default/a");
  expect(found?.entity.metadata).toEqual({ name: "a", namespace: "default", annotations });
  expect(found?.origin.file).toBe(`${backstage.server.url}/catalog/default/component/a`);
  expect(found?.relations).toEqual([{ type: "ownedBy", targetRef: "group:default/team-a" }]);
});

test("gives the same text for an entity that has not changed", async () => {
  backstage.entities.set("a", answered(component("a")));
  const source = createBackstageSource({ url: backstage.server.url });

  const first = await source.read(signal);
  backstage.entities.set("a", answered(component("a")));
  const second = await source.read(signal);

  expect(second.files).toEqual(first.files);
});

test("takes entities whose definitions are larger than a file may be", async () => {
  const api = {
    apiVersion: "backstage.io/v1alpha1",
    kind: "API",
    metadata: { name: "a" },
    spec: { type: "openapi", lifecycle: "b", owner: "nobody", definition: "x".repeat(400_000) },
  };
  backstage.entities.set("a", answered(JSON.stringify(api)));

  const loaded = await loadCatalog([createBackstageSource({ url: backstage.server.url })], {
    signal,
    nowMs: 1,
  });

  expect(loaded.catalog.entities.size).toBe(1);
  expect(loaded.diagnostics).toEqual([
    expect.objectContaining({ code: "ref-kind-absent", line: 1, column: 1 }),
  ]);
});

test("sends its token", async () => {
  backstage.token = "secret";
  const { url } = backstage.server;

  await expect(createBackstageSource({ url }).read(signal)).rejects.toMatchObject({
    code: "url-unreadable",
    hint: expect.stringContaining("token"),
  });
  expect(await createBackstageSource({ url, token: new Secret("secret") }).read(signal)).toEqual({
    files: [],
    diagnostics: [],
  });
});

test("says what is wrong when something else answers", async () => {
  const page = await startWebServer((_request, response) => response.writeHead(200).end("<html>"));
  const empty = await startWebServer((_request, response) => response.writeHead(404).end());

  await expect(createBackstageSource({ url: page.url }).read(signal)).rejects.toMatchObject({
    code: "backstage-answer-broken",
  });
  await expect(createBackstageSource({ url: empty.url }).read(signal)).rejects.toMatchObject({
    code: "backstage-not-found",
  });
  await Promise.all([page.close(), empty.close()]);

  expect(() => createBackstageSource({ url: "backstage" })).toThrow("no address");
});
