import { createHash } from "node:crypto";
import { rm } from "node:fs/promises";

import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "@jest/globals";

import { silentLogger } from "../../../src/base/logger.ts";
import { createSealer } from "../../../src/base/sealing.ts";
import { Secret } from "../../../src/base/secret.ts";
import type { Storage } from "../../../src/storage/contract.ts";
import { openStorage } from "../../../src/storage/open.ts";
import type { RunSecrets } from "../../../src/usecases/secrets/secret-fields.ts";
import {
  createSecretService,
  type SecretService,
  type SecretServiceOptions,
} from "../../../src/usecases/secrets/secret-service.ts";
import { newDataDir } from "../../helpers/embedded.ts";
import { startWebServer, type WebServer } from "../../helpers/web-server.ts";

const place = {
  formId: "form-1",
  field: "token",
  slackUserId: "U0DARIOCO1",
  label: "API token",
  templateTitle: "Node service",
};
const runSecrets: RunSecrets = {
  id: "form-1",
  fields: [
    { key: "token", path: ["token"], readAs: "secrets" },
    { key: "db.password", path: ["db", "password"], readAs: "parameters" },
  ],
};
const { signal } = new AbortController();
const value = "s3cr3t-hunter2";

let storage: Storage;
let dataDir: string;
let nowMs: number;
let ids = 0;
let vault: WebServer | undefined;

beforeAll(async () => {
  dataDir = await newDataDir();
  storage = await openStorage({ dataDir, logger: silentLogger });
}, 30_000);
afterAll(async () => {
  await storage.close();
  await rm(dataDir, { recursive: true, force: true });
});
beforeEach(async () => {
  nowMs = 1_000_000;
  ids += 1000;
  for (const id of ["form-1", "form-2"]) {
    await storage.records.delete("secrets", id);
    await storage.records.delete("secret-forms-sent", id);
  }
});
afterEach(async () => {
  await vault?.close();
  vault = undefined;
});

function service(more: Partial<SecretServiceOptions> = {}): SecretService {
  return createSecretService({
    records: storage.records,
    sealer: createSealer(new Secret("7".repeat(32))),
    publicUrl: () => "https://callboard.example.com",
    references: [],
    vault: undefined,
    clock: () => nowMs,
    newId: () => `nonce-${(ids += 1)}`,
    ...more,
  });
}

const ticketOf = (secrets: SecretService, more: Partial<typeof place> = {}): string =>
  (secrets.link({ ...place, ...more }) ?? "").split("/secrets/")[1] ?? "";

test("a value goes from its link to the run, and lies sealed in between", async () => {
  const secrets = service();
  const told: string[] = [];
  secrets.onEntered(({ field }) => told.push(field));

  await secrets.enter(ticketOf(secrets), value);
  await secrets.enter(ticketOf(secrets, { field: "db.password" }), `${value}-db`);
  await secrets.keepForRun(runSecrets);
  const dump = JSON.stringify(await storage.records.list("secrets"));
  const resolved = await secrets.resolve(runSecrets, "template:default/x", signal);

  expect(told).toEqual(["token", "db.password"]);
  expect(await secrets.given("form-1")).toEqual({ token: {}, "db.password": {} });
  expect(dump).not.toContain(value);
  expect(dump).not.toContain(Buffer.from(value).toString("base64").slice(0, 12));
  expect(resolved).toEqual({
    secrets: { token: value },
    parameters: [{ path: ["db", "password"], value: `${value}-db` }],
  });
});

test("a link works once, for ten minutes, and only as it was made", async () => {
  const secrets = service();
  const used = ticketOf(secrets);
  await secrets.enter(used, value);
  const late = ticketOf(secrets);
  const good = ticketOf(secrets);
  const forged = `${good.slice(0, 40)}${good[40] === "A" ? "B" : "A"}${good.slice(41)}`;

  await expect(secrets.look(used)).rejects.toMatchObject({ code: "secret-link-used" });
  await expect(secrets.enter(used, "another")).rejects.toMatchObject({ code: "secret-link-used" });
  for (const odd of [forged, good.slice(0, -4), `${good}.x`, "", ".", "v1.", "__proto__"]) {
    await expect(secrets.look(odd)).rejects.toMatchObject({ code: "secret-link-invalid" });
  }
  nowMs += 10 * 60_000 + 1;
  await expect(secrets.look(late)).rejects.toMatchObject({ code: "secret-link-expired" });
});

test("a link that is left over changes nothing once the form was sent, and nothing is kept after the run", async () => {
  const secrets = service({ references: [{ name: "held", from: { value: new Secret("held") } }] });
  const fields = runSecrets.fields.slice(0, 1);
  await secrets.enter(ticketOf(secrets), value);
  const left = ticketOf(secrets);
  await secrets.keepForRun({ id: "form-1", fields });

  const sent = { code: "secret-form-sent" };
  await expect(secrets.look(left)).rejects.toMatchObject(sent);
  await expect(secrets.enter(left, "another")).rejects.toMatchObject(sent);
  await expect(
    secrets.choose("form-1", "token", "template:default/x", "held"),
  ).rejects.toMatchObject(sent);
  const resolved = await secrets.resolve({ id: "form-1", fields }, "template:default/x", signal);
  await secrets.erase({ id: "form-1", fields });
  await expect(secrets.enter(left, "another")).rejects.toMatchObject(sent);

  expect(resolved.secrets).toEqual({ token: value });
  expect(await storage.records.get("secrets", "form-1")).toBeUndefined();
});

test("a restart neither frees a used link nor breaks a fresh one", async () => {
  const before = service();
  const used = ticketOf(before);
  const fresh = ticketOf(before, { field: "db.password" });
  await before.enter(used, value);

  const after = service();

  await expect(after.enter(used, "another")).rejects.toMatchObject({ code: "secret-link-used" });
  await expect(after.enter(fresh, value)).resolves.toMatchObject({ field: "db.password" });
  nowMs += 10 * 60_000 + 1;
  await expect(after.enter(used, "another")).rejects.toMatchObject({ code: "secret-link-expired" });
});

test("neither guessing nor changing any one sign of a link opens it, and nothing is kept of the tries", async () => {
  const secrets = service();
  const good = ticketOf(secrets);
  const signs = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  const changed = good.split("").map((sign, index) => {
    const other = signs[(signs.indexOf(sign) + 7) % signs.length] ?? "A";
    return `${good.slice(0, index)}${other}${good.slice(index + 1)}`;
  });
  const guesses = Array.from({ length: 500 }, (_, index) =>
    createHash("sha512").update(String(index)).digest("base64url").repeat(3).slice(0, good.length),
  );

  const opened = await Promise.allSettled(
    [...changed, ...guesses].map(async (text) => await secrets.enter(text, "guessed")),
  );

  expect(opened.filter(({ status }) => status === "fulfilled")).toEqual([]);
  expect(await storage.records.list("secrets")).toEqual([]);
  await expect(secrets.enter(good, value)).resolves.toMatchObject(place);
});

test("the link of one person's field fills no other field, form or person", async () => {
  const secrets = service();

  await secrets.enter(ticketOf(secrets, { formId: "form-2", slackUserId: "U0MALLORY1" }), "theirs");

  expect(await secrets.given("form-1")).toEqual({});
  expect(await secrets.given("form-2")).toEqual({ token: {} });
});

test("of two that come at once, one is taken", async () => {
  const secrets = service();
  const ticket = ticketOf(secrets);

  const results = await Promise.allSettled([
    secrets.enter(ticket, "first"),
    secrets.enter(ticket, "second"),
  ]);

  expect(results.map(({ status }) => status).toSorted()).toEqual(["fulfilled", "rejected"]);
});

test("what was sealed for one form, or with another key, opens nowhere else", async () => {
  const secrets = service();
  await secrets.enter(ticketOf(secrets), value);
  const sealed = await storage.records.get("secrets", "form-1");
  await storage.records.put("secrets", "form-2", sealed?.value ?? null);
  const [field] = runSecrets.fields;
  const fields = field === undefined ? [] : [field];

  const moved = secrets.resolve({ id: "form-2", fields }, "template:default/x", signal);
  const otherKey = service({ sealer: createSealer(new Secret("8".repeat(32))) });

  await expect(moved).rejects.toMatchObject({ code: "sealed-unreadable" });
  await expect(
    otherKey.resolve({ id: "form-1", fields }, "template:default/x", signal),
  ).rejects.toMatchObject({ code: "sealed-unreadable" });
});

test("erased secrets are gone, and say that they are needed again", async () => {
  const secrets = service();
  await secrets.enter(ticketOf(secrets), value);
  await secrets.erase(runSecrets);

  expect(await storage.records.get("secrets", runSecrets.id)).toBeUndefined();
  await expect(secrets.resolve(runSecrets, "template:default/x", signal)).rejects.toMatchObject({
    code: "run-secrets-needed",
  });
  await expect(secrets.assertKept(runSecrets)).rejects.toMatchObject({
    code: "run-secrets-needed",
  });
});

test("empty and endless values are refused before the link is used up", async () => {
  const secrets = service();
  const ticket = ticketOf(secrets);

  for (const bad of ["", "x".repeat(40_000)]) {
    await expect(secrets.enter(ticket, bad)).rejects.toMatchObject({
      code: "secret-value-invalid",
    });
  }

  await expect(secrets.enter(ticket, value)).resolves.toMatchObject(place);
});

test("says what to set when there is no address or no key, and gives no link", () => {
  const secrets = service({ publicUrl: () => undefined, sealer: undefined });

  expect(secrets.problem()).toContain("http.publicUrl");
  expect(secrets.problem()).toContain("CALLBOARD_SECRET_KEY");
  expect(secrets.link(place)).toBeUndefined();
});

test("a stored secret is used by its name, by the templates that may", async () => {
  const secrets = service({
    sealer: undefined,
    references: [
      { name: "npm", from: { value: new Secret("npm_abc") } },
      { name: "prod", templates: ["template:default/x"], from: { value: new Secret("p") } },
    ],
  });
  const fields = runSecrets.fields.slice(0, 1);

  await secrets.choose("form-1", "token", "template:default/x", "npm");
  const resolved = await secrets.resolve({ id: "form-1", fields }, "template:default/x", signal);

  expect(resolved.secrets).toEqual({ token: "npm_abc" });
  expect(secrets.references("template:default/y")).toEqual([{ name: "npm", title: "npm" }]);
  for (const name of ["prod", "nothing", "constructor"]) {
    await expect(
      secrets.choose("form-1", "token", "template:default/y", name),
    ).rejects.toMatchObject({ code: "secret-reference-refused" });
  }
});

const at = (path: string, key: string) => ({ vault: { mount: "secret", path, key } });

/** Chooses a stored secret and reads it as a run would. */
async function read(secrets: SecretService, name: string) {
  await secrets.choose("form-1", "token", "template:default/x", name);
  const fields = runSecrets.fields.slice(0, 1);
  return await secrets.resolve({ id: "form-1", fields }, "template:default/x", signal);
}

test("a stored secret may stand in a vault", async () => {
  vault = await startWebServer((request, response) => {
    const isKnown = request.url === "/v1/secret/data/payments/db";
    const isAllowed = request.headers["x-vault-token"] === "vault-token";
    response.writeHead(isAllowed ? (isKnown ? 200 : 404) : 403, {
      "content-type": "application/json",
    });
    response.end(JSON.stringify({ data: { data: { password: "from-vault" } } }));
  });
  const withToken = (token: string): SecretService =>
    service({
      vault: { address: vault?.url ?? "", token },
      references: [
        { name: "db", from: at("payments/db", "password") },
        { name: "no-key", from: at("payments/db", "user") },
        { name: "no-path", from: at("payments/other", "password") },
      ],
    });

  await expect(read(withToken("vault-token"), "db")).resolves.toMatchObject({
    secrets: { token: "from-vault" },
  });
  for (const name of ["no-key", "no-path"]) {
    await expect(read(withToken("vault-token"), name)).rejects.toMatchObject({
      code: "vault-value-missing",
    });
  }
  await expect(read(withToken("wrong"), "db")).rejects.toMatchObject({
    code: "vault-failed",
    isRetryable: false,
    message: expect.not.stringContaining("wrong"),
  });
});
