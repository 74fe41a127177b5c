import { readdirSync, readFileSync } from "node:fs";

import { describe, expect, test } from "@jest/globals";
import { Ajv } from "ajv";
import { parse } from "yaml";
import { z } from "zod";

import { shortcutIds } from "../../src/slack/action-ids.ts";
import { sharedPath } from "../helpers/shared.ts";

const root = new URL("../../", import.meta.url);
const read = (name: string): string => readFileSync(new URL(name, root), "utf8");

const manifestShape = z.object({
  features: z.object({
    slash_commands: z.array(z.object({ command: z.string() })),
    shortcuts: z.array(z.object({ callback_id: z.string() })),
  }),
  oauth_config: z.object({ scopes: z.object({ bot: z.array(z.string()) }) }),
  settings: z.object({ event_subscriptions: z.object({ bot_events: z.array(z.string()) }) }),
});
const manifest = manifestShape.parse(parse(read("manifest.yml")));
const scopes = manifest.oauth_config.scopes.bot;
const events = manifest.settings.event_subscriptions.bot_events;

const sources = readdirSync(new URL("src/slack/", root), { recursive: true, encoding: "utf8" })
  .filter((name) => name.endsWith(".ts"))
  .map((name) => read(`src/slack/${name}`))
  .join("\n");

const sorted = (names: readonly (string | undefined)[]): string[] =>
  names.filter((name) => name !== undefined).toSorted((a, b) => (a < b ? -1 : 1));

/** Web API methods that our code calls: `web.chat.update(`, `clients.once.conversations.open(`. */
const methods = [
  ...new Set(
    [
      ...sources.matchAll(
        /\.((?:apps|assistant|auth|chat|conversations|entity|functions|reactions|team|usergroups|users|views)(?:\.\w+)+)\(/g,
      ),
    ].flatMap(([, name]) => name ?? []),
  ),
];

const oracles = sharedPath("oracles");
const readOracle = (name: string): unknown =>
  JSON.parse(readFileSync(`${oracles ?? ""}/${name}`, "utf8"));

/** What is needed beside the methods: an event or a feature, and the scope it takes. */
const needs: Record<string, readonly string[]> = {
  "app_mentions:read": ["app_mention"],
  "im:history": ["message.im"],
  commands: ["slash commands and shortcuts"],
  "assistant:write": ["agent_view"],
  "links:read": ["link_shared"],
  "users:read.email": ["profile.email of users.info"],
};

const methodCatalogue = z.record(
  z.string(),
  z.object({
    args: z.record(z.string(), z.object({ required: z.boolean() })),
    scopes: z.object({ bot: z.array(z.object({ name: z.string() })).optional() }).optional(),
  }),
);

(oracles === undefined ? describe.skip : describe)(
  "by Slack's own schema and list of methods",
  () => {
    test.each(["manifest.yml", "manifest.http.yml", "manifest.json"])(
      "%s is one that Slack accepts",
      (name) => {
        const schema = z
          .record(z.string(), z.unknown())
          .parse(readOracle("slack-manifest.schema.json"));
        const validate = new Ajv({
          strict: false,
          allErrors: true,
          validateFormats: false,
        }).compile(schema);

        validate(parse(read(name)));

        expect(validate.errors ?? []).toEqual([]);
      },
    );

    test("every method that we call exists and has its scope in the manifest, and no scope is there for nothing", () => {
      const known = methodCatalogue.parse(readOracle("slack-methods.json"));
      const used = new Set(Object.keys(needs));
      expect(methods).toContain("chat.postMessage");

      for (const method of methods) {
        const spec = known[method];
        expect({ method, isKnown: spec !== undefined }).toEqual({ method, isKnown: true });
        const alternatives = (spec?.scopes?.bot ?? []).map((scope) => scope.name);
        const ours = scopes.filter((scope) => alternatives.includes(scope));
        for (const scope of ours) used.add(scope);
        expect({ method, has: alternatives.length === 0 || ours.length > 0 }).toEqual({
          method,
          has: true,
        });
      }
      expect(scopes.filter((scope) => !used.has(scope))).toEqual([]);
    });
  },
);

test("the HTTP manifest and the JSON one are written from manifest.yml", async () => {
  const { renderManifests } = z
    .object({
      renderManifests: z.custom<() => Record<string, string>>(
        (value) => typeof value === "function",
      ),
    })
    .parse(await import(new URL("scripts/write-manifests.mjs", root).href));

  const written = renderManifests();

  expect(Object.keys(written)).toEqual(["manifest.http.yml", "manifest.json"]);
  for (const [name, text] of Object.entries(written)) expect(read(name)).toBe(text);
});

test("docs/slack.md justifies exactly the scopes of the manifest", () => {
  const rows = [...read("docs/slack.md").matchAll(/^\| `([a-z_.:]+)` \| \S/gm)].map(
    ([, scope]) => scope,
  );

  expect(rows).toEqual(scopes);
});

test("every command, shortcut and event of the manifest has a handler, and the other way round", () => {
  const commands = [...sources.matchAll(/^ +"(\/\w+)": (?:async|handler)/gm)].map(
    ([, name]) => name,
  );
  const handled = [...sources.matchAll(/app\.event\("([^"]+)"/g)].map(([, name]) => name);
  const shortcuts = manifest.features.shortcuts.map((each) => each.callback_id);

  expect(sorted(commands)).toEqual(
    sorted(manifest.features.slash_commands.map((each) => each.command)),
  );
  expect(sorted(shortcuts)).toEqual(sorted(Object.values(shortcutIds)));
  expect(sorted([...handled, "message.im"])).toEqual(sorted(events));
});
