import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join, resolve } from "node:path";

import { Ajv, type ValidateFunction } from "ajv";

/** Slack's packages and, of each, the types that become JSON Schemas: our name for a schema → the type's name. */
const sources = {
  "@slack/types": {
    block: "KnownBlock",
    modal: "ModalView",
    home: "HomeView",
    "event app_home_opened": "AppHomeOpenedEvent",
    "event app_mention": "AppMentionEvent",
    "event link_shared": "LinkSharedEvent",
    "event member_joined_channel": "MemberJoinedChannelEvent",
    "event message": "GenericMessageEvent",
  },
  "@slack/bolt": {
    "payload block_suggestion": "BlockSuggestion",
    "payload message_action": "MessageShortcut",
    "payload shortcut": "GlobalShortcut",
    "payload slash_commands": "SlashCommand",
    "payload view_closed": "ViewClosedAction",
    "payload view_submission": "ViewSubmitAction",
  },
  "@slack/web-api": {
    "answer auth.test": "AuthTestResponse",
    "answer chat.postMessage": "ChatPostMessageResponse",
    "answer chat.update": "ChatUpdateResponse",
    "answer conversations.info": "ConversationsInfoResponse",
    "answer conversations.list": "ConversationsListResponse",
    "answer conversations.open": "ConversationsOpenResponse",
    "answer conversations.replies": "ConversationsRepliesResponse",
    "answer users.info": "UsersInfoResponse",
    "answer users.list": "UsersListResponse",
    "answer views.open": "ViewsOpenResponse",
    "call assistant.threads.setStatus": "AssistantThreadsSetStatusArguments",
    "call assistant.threads.setSuggestedPrompts": "AssistantThreadsSetSuggestedPromptsArguments",
    "call chat.appendStream": "ChatAppendStreamArguments",
    "call chat.delete": "ChatDeleteArguments",
    "call chat.getPermalink": "ChatGetPermalinkArguments",
    "call chat.postEphemeral": "ChatPostEphemeralArguments",
    "call chat.postMessage": "ChatPostMessageArguments",
    "call chat.startStream": "ChatStartStreamArguments",
    "call chat.stopStream": "ChatStopStreamArguments",
    "call chat.unfurl": "ChatUnfurlArguments",
    "call chat.update": "ChatUpdateArguments",
    "call conversations.history": "ConversationsHistoryArguments",
    "call conversations.info": "ConversationsInfoArguments",
    "call conversations.join": "ConversationsJoinArguments",
    "call conversations.open": "ConversationsOpenArguments",
    "call conversations.replies": "ConversationsRepliesArguments",
    "call users.info": "UsersInfoArguments",
    "call users.lookupByEmail": "UsersLookupByEmailArguments",
    "call views.open": "ViewsOpenArguments",
    "call views.publish": "ViewsPublishArguments",
    "call views.push": "ViewsPushArguments",
    "call views.update": "ViewsUpdateArguments",
  },
} as const;

const names = Object.values(sources).flatMap((types) => Object.keys(types));
const root = resolve(import.meta.dirname, "../..");
const cache = join(root, "node_modules/.cache/callboard");

/** Checks values against what Slack's own packages say about them. */
export interface SlackSchemas {
  /** What is wrong with `value`; nothing when it fits. `name` is such as `block` or `call chat.postMessage`. */
  faults(name: string, value: unknown): string[];
  /** Whether there is a schema of this name. */
  has(name: string): boolean;
}

let loaded: SlackSchemas | undefined;

/**
 * JSON Schemas made from the TypeScript types of `@slack/types`, `@slack/bolt` and `@slack/web-api`, by a tool that
 * knows nothing of us. Made once for each version of those packages (about three seconds) and kept in
 * `node_modules/.cache`.
 */
export function slackSchemas(): SlackSchemas {
  loaded ??= createSchemas(readSchemas());
  return loaded;
}

function createSchemas(schemas: Record<string, object>): SlackSchemas {
  const ajv = new Ajv({ strict: false, validateFormats: false });
  const compiled = new Map<string, ValidateFunction>();
  return {
    has: (name) => names.includes(name),
    faults(name, value) {
      const schema = schemas[name];
      if (schema === undefined) throw new Error(`There is no schema named “${name}”.`);
      const validate = compiled.get(name) ?? ajv.compile(schema);
      compiled.set(name, validate);
      if (validate(value)) return [];
      return (validate.errors ?? []).map(({ instancePath, message, params }) =>
        `${name}${instancePath}: ${message} ${params["additionalProperty"] ?? ""}`.trim(),
      );
    },
  };
}

function readSchemas(): Record<string, object> {
  const file = join(cache, `slack-schemas-${fingerprint()}.json`);
  if (!existsSync(file)) generateOnce(file);
  const schemas: Record<string, object> = JSON.parse(readFileSync(file, "utf8"));
  return schemas;
}

/** Several test processes may come here at once: one generates, the others wait for its file. */
function generateOnce(file: string): void {
  const lock = `${file}.lock`;
  mkdirSync(cache, { recursive: true });
  for (let waitedMs = 0; !existsSync(file); waitedMs += 100) {
    // Whoever held the lock has died when there is no file after two minutes.
    if (waitedMs > 120_000) rmSync(lock, { recursive: true, force: true });
    try {
      mkdirSync(lock);
    } catch {
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 100);
      continue;
    }
    writeWhole(file, JSON.stringify(generate()));
    rmSync(lock, { recursive: true, force: true });
  }
}

/** Changes with the versions of the packages and with this file. */
function fingerprint(): string {
  const versions = Object.keys(sources).map((name) =>
    readFileSync(join(root, "node_modules", name, "package.json"), "utf8"),
  );
  return createHash("sha256")
    .update(JSON.stringify([sources, versions]))
    .digest("hex")
    .slice(0, 16);
}

/** Nobody sees a file that is half written. */
function writeWhole(file: string, text: string): void {
  const draft = `${file}.${process.pid}`;
  writeFileSync(draft, text);
  renameSync(draft, file);
}

function generate(): Record<string, object> {
  // The generator is CommonJS and big: it is loaded only when there is something to generate.
  const { createGenerator } = createRequire(import.meta.url)("ts-json-schema-generator");
  const path = join(cache, `slack-types-${process.pid}.ts`);
  writeWhole(path, renderTypes());
  const generator = createGenerator({
    path,
    tsconfig: join(root, "tsconfig.json"),
    skipTypeCheck: true,
    additionalProperties: false,
    functions: "hide",
    expose: "export",
    topRef: true,
    jsDoc: "extended",
  });
  return Object.fromEntries(
    names.map((name, index) => [name, generator.createSchema(`Schema${index}`)]),
  );
}

function renderTypes(): string {
  const imports = Object.entries(sources).map(
    ([from, types]) =>
      `import type { ${[...new Set(Object.values(types))].join(", ")} } from "${from}";`,
  );
  const aliases = Object.values(sources)
    .flatMap((types) => Object.values(types))
    .map((type, index) => `export type Schema${index} = ${type};`);
  return [...imports, ...aliases].join("\n");
}

/** What is wrong with these calls of the bot, by Slack's own types; calls without a schema are not looked at. */
export function callFaults(calls: readonly { name: string; request: unknown }[]): string[] {
  const schemas = slackSchemas();
  return calls.flatMap(({ name, request }) => {
    const schema = `call ${name}`;
    return schemas.has(schema) ? schemas.faults(schema, withTypes(request)) : [];
  });
}

/**
 * A form carries texts only: numbers and booleans become what the caller meant. Bolt adds `team_id` to every call of a
 * listener's client.
 */
function withTypes(request: unknown): unknown {
  if (typeof request !== "object" || request === null) return request;
  const entries = Object.entries(request)
    .filter(([name]) => name !== "team_id")
    .map(([name, value]) => [name, readScalar(name, value)]);
  return Object.fromEntries(entries);
}

const scalars = new Set(["limit", "unfurl_links", "unfurl_media", "reply_broadcast", "inclusive"]);

function readScalar(name: string, value: unknown): unknown {
  const isScalar =
    typeof value === "string" &&
    (scalars.has(name) || name.startsWith("include_") || name.startsWith("return_"));
  return isScalar ? JSON.parse(value) : value;
}
