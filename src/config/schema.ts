import { z } from "zod";

import { catalogSchema, fileSource } from "./catalog-schema.ts";
import { digestSchema } from "./digest-schema.ts";
import { onCallSchema } from "./oncall-schema.ts";
import { approvalsSchema, groupRef, policySchema } from "./policy-schema.ts";
import { scaffolderSchema } from "./scaffolder-schema.ts";
import { httpUrl, key, secret } from "./schema-key.ts";
import { secretsSchema } from "./secrets-schema.ts";

/** Environment variables; an empty one counts as not set. */
export const environmentSchema = z.object({
  SLACK_BOT_TOKEN: key(secret("a bot token, xoxb-…", /^xox[be]/), {
    description: "Bot token of the Slack app. Without it the local playground opens.",
    example: "xoxb-…",
    group: "Slack",
    isSecret: true,
  }),
  SLACK_APP_TOKEN: key(secret("an app-level token, xapp-…", /^xapp-/), {
    description:
      "App-level token with connections:write: Slack reaches the bot by Socket Mode, no public address needed.",
    example: "xapp-…",
    group: "Slack",
    isSecret: true,
  }),
  SLACK_SIGNING_SECRET: key(secret("the signing secret, at least 16 characters", /^\S{16,}$/), {
    description:
      "Signing secret: Slack reaches the bot by HTTP at POST /slack/events. Used when SLACK_APP_TOKEN is not set.",
    example: "0123456789abcdef0123456789abcdef",
    group: "Slack",
    isSecret: true,
  }),
  SLACK_CLIENT_ID: key(
    z
      .string()
      .regex(/^\d+\.\d+$/, { error: "a client id, such as 123.456" })
      .optional(),
    {
      description:
        "Client id of the Slack app, instead of SLACK_BOT_TOKEN: the app is installed through /slack/install in each workspace that slack.workspaces allows. See docs/slack.md.",
      example: "1234567890.1234567890",
      group: "Slack",
    },
  ),
  SLACK_CLIENT_SECRET: key(secret("the client secret", /^\S{16,}$/), {
    description: "Client secret that belongs to SLACK_CLIENT_ID.",
    group: "Slack",
    isSecret: true,
  }),
  SLACK_API_URL: key(httpUrl.optional(), {
    description: "Base address of the Slack Web API; for proxies and tests.",
    example: "https://slack.com/api/",
    group: "Slack",
  }),
  PORT: key(z.coerce.number({ error: "a port number" }).int().min(0).max(65535).default(3000), {
    description:
      "Port of the HTTP server: health, metrics, Slack in HTTP mode, and the playground. 0 takes a free one.",
    group: "Process",
  }),
  GITHUB_TOKEN: key(secret("a token without blanks", /^\S+$/), {
    description:
      "Token that may create repositories. Without any GitHub credentials repositories are made locally.",
    example: "github_pat_…",
    group: "GitHub",
    isSecret: true,
  }),
  GITHUB_APP_ID: key(
    z.string().regex(/^\d+$/, { error: "the numeric id of a GitHub App" }).optional(),
    {
      description: "GitHub App that creates repositories, instead of a token.",
      example: "123456",
      group: "GitHub",
    },
  ),
  GITHUB_APP_PRIVATE_KEY: key(
    secret(
      "a PEM private key; line breaks may be written as \\n",
      /-----BEGIN [A-Z ]*PRIVATE KEY-----/,
    ),
    {
      description: "Private key of the GitHub App, PEM; line breaks may be written as \\n.",
      example: "-----BEGIN RSA PRIVATE KEY-----\\n…",
      group: "GitHub",
      isSecret: true,
    },
  ),
  GITHUB_API_URL: key(httpUrl.default("https://api.github.com"), {
    description:
      "Base address of the GitHub API, such as https://github.example.com/api/v3 for GitHub Enterprise.",
    group: "GitHub",
  }),
  GITHUB_WEBHOOK_SECRET: key(secret("at least 16 characters", /^.{16,}$/), {
    description: "Secret that signs GitHub webhooks to POST /github/webhook.",
    group: "GitHub",
    isSecret: true,
  }),
  REDIS_URL: key(
    secret(
      "a redis:// or rediss:// address, for Sentinel redis+sentinel://, for a Cluster redis+cluster://",
      /^rediss?(\+sentinel|\+cluster)?:\/\//,
    ),
    {
      description:
        "Keeps runs and jobs in Redis. Needs append-only files and the noeviction policy.",
      example: "redis://localhost:6379",
      group: "Storage",
      isSecret: true,
    },
  ),
  DATABASE_URL: key(secret("a postgres:// or postgresql:// address", /^postgres(ql)?:\/\//), {
    description:
      "Keeps runs and jobs in PostgreSQL. Without it and REDIS_URL an embedded database in the data folder is used.",
    example: "postgres://callboard@localhost/callboard",
    group: "Storage",
    isSecret: true,
  }),
  CALLBOARD_DATA_DIR: key(z.string().default(".callboard"), {
    description: "Folder for the embedded database, local repositories and working copies.",
    group: "Storage",
  }),
  CALLBOARD_NAMESPACE: key(
    z
      .string()
      .regex(/^[a-z][a-z0-9_]{0,30}$/, {
        error: "lower-case letters, digits and underscores, at most 31 characters",
      })
      .default("callboard"),
    {
      description:
        "Separates several Callboards on one server: prefix of the keys in Redis, schema in PostgreSQL.",
      group: "Storage",
    },
  ),
  CALLBOARD_SECRET_KEY: key(secret("a random text of at least 32 characters", /^\S{32,}$/), {
    description:
      "Key that tokens and secrets are sealed with before they are stored (AES-256-GCM). Needed with Redis or PostgreSQL; without them a key is made in the data folder. Changing it makes what was sealed unreadable.",
    example: "the output of: openssl rand -base64 48",
    group: "Storage",
    isSecret: true,
  }),
  CALLBOARD_CONFIG: key(z.string().optional(), {
    description:
      "Path of the configuration file. Default: callboard.yaml in the working folder, else the sample company.",
    example: "./callboard.yaml",
    group: "Process",
  }),
  CALLBOARD_ROLE: key(
    z.enum(["all", "web", "worker"], { error: "all, web or worker" }).default("all"),
    {
      description: "What this process does: talk to Slack (web), run jobs (worker), or both (all).",
      group: "Process",
    },
  ),
  LOG_LEVEL: key(
    z
      .enum(["debug", "info", "warn", "error", "silent"], {
        error: "debug, info, warn, error or silent",
      })
      .default("info"),
    { description: "How much is logged.", group: "Process" },
  ),
});

/** Secrets do not cross a network in the clear. */
function isSafeAddress(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, hostname } = new URL(text);
  return protocol === "https:" || ["localhost", "127.0.0.1", "[::1]"].includes(hostname);
}

/** The configuration file, `callboard.yaml`; every key may be left out. */
export const fileSchema = z.strictObject({
  catalog: catalogSchema.prefault({}),
  documents: z
    .strictObject({
      sources: key(z.array(fileSource).default([]), {
        description: "Folders with runbooks and other Markdown documents.",
      }),
    })
    .prefault({}),
  operators: key(z.array(groupRef).default([]), {
    description:
      "Groups of the catalog whose people, with those of the groups below them, may operate the bot in Slack: accept a reading that is held back. Empty: every full member of the workspace may.",
    example: "group:default/platform",
  }),
  policy: policySchema,
  approvals: approvalsSchema,
  audit: z
    .strictObject({
      keepDays: key(z.int().min(1).max(3650).default(400), {
        description: "How long entries of the audit log are kept.",
      }),
    })
    .prefault({}),
  slack: z
    .strictObject({
      workspaces: key(
        z
          .array(
            z.string().regex(/^[TE][A-Z0-9]+$/, {
              error: "the id of a workspace (T…) or an organisation (E…)",
            }),
          )
          .default([]),
        {
          description:
            "Workspaces and organisations that may install the app through OAuth; all others are refused. Needed with SLACK_CLIENT_ID.",
          example: "[T0123ABCD]",
        },
      ),
    })
    .prefault({}),
  oncall: onCallSchema.prefault({}),
  digest: digestSchema.prefault({}),
  http: z
    .strictObject({
      publicUrl: key(
        z
          .url({ protocol: /^https?$/, error: "an https address" })
          .refine(isSafeAddress, { error: "an https address (http on this machine only)" })
          .optional(),
        {
          description:
            "Address at which people reach this process's HTTP server, for the page on which secrets are entered. Not needed in the playground.",
          example: "https://callboard.acme.example",
        },
      ),
    })
    .prefault({}),
  secrets: secretsSchema.prefault({}),
  plugins: key(z.array(z.string().min(1)).default([]), {
    description:
      "Files (.mjs, relative to this file) or packages with actions of your own; see docs/actions.md.",
  }),
  scaffolder: scaffolderSchema,
});

/** The whole configuration: both parts, checked in one go. */
export const configSchema = z.object({ environment: environmentSchema, file: fileSchema });

export type Environment = z.output<typeof environmentSchema>;
export type FileConfig = z.output<typeof fileSchema>;
