import { z } from "zod";

import { Secret } from "../base/secret.ts";
import { rotationsSchema } from "../oncall/rotation-file.ts";
import { createZone } from "../oncall/zone.ts";
import { httpUrl, key } from "./schema-key.ts";

const id = key(z.string().regex(/^[A-Za-z][\w-]{0,39}$/, { error: "a short name such as rota" }), {
  description: "How annotations name this source: `callboard.dev/on-call: <id>:<schedule>`.",
});

const timeZone = key(
  z
    .string()
    .refine((name) => createZone(name) !== undefined, { error: "a zone such as Europe/Berlin" })
    .default("UTC"),
  { description: "For schedules and times that name none." },
);

const token = key(
  z
    .string()
    .regex(/^\S+$/, { error: "a token without blanks" })
    .transform((text) => new Secret(text)),
  { description: "May read schedules and people. Write it as ${NAME}.", isSecret: true },
);

const path = key(z.string().min(1).optional(), {
  description: "A file, relative to the configuration file.",
  example: "./on-call.yaml",
});
const url = key(httpUrl.optional(), { description: "The address of the file, instead of a path." });

const rotationsSource = z
  .strictObject({
    type: z.literal("rotations"),
    id,
    timeZone,
    schedules: key(rotationsSchema.optional(), {
      description: "Rotations by name; docs/oncall.md shows one with all of its keys.",
    }),
    path,
    url,
  })
  .refine((source) => isOneOf(source.schedules, source.path, source.url), {
    error: "exactly one of schedules, path and url",
  });

const icalSource = z
  .strictObject({ type: z.literal("ical"), id, timeZone, path, url })
  .refine((source) => isOneOf(source.path, source.url), { error: "either path or url" });

const pagerDutySource = z.strictObject({
  type: z.literal("pagerduty"),
  id,
  url: key(httpUrl.default("https://api.pagerduty.com"), {
    description: "Of the API; https://api.eu.pagerduty.com in Europe.",
  }),
  token,
});

const grafanaSource = z.strictObject({
  type: z.literal("grafana"),
  id,
  url: key(httpUrl, {
    description: "Of the API of Grafana IRM or OnCall, as its settings show it.",
    example: "https://oncall-prod-us-central-0.grafana.net/oncall",
  }),
  stackUrl: key(httpUrl.optional(), {
    description: "Address of the stack, for tokens of service accounts.",
  }),
  token,
});

const jiraSource = z.strictObject({
  type: z.literal("jira"),
  id,
  url: key(httpUrl.default("https://api.atlassian.com"), { description: "Of Atlassian's API." }),
  cloudId: key(z.string().regex(/^[\w-]+$/, { error: "the id of a site" }), {
    description: "Of the site, as https://<site>.atlassian.net/_edge/tenant_info tells.",
  }),
  email: key(z.string().includes("@", { error: "an e-mail address" }), {
    description: "Of the account that the token belongs to.",
  }),
  token,
});

function isOneOf(...values: unknown[]): boolean {
  return values.filter((value) => value !== undefined).length === 1;
}

const sourceTypes = "rotations, ical, pagerduty, grafana or jira";
const source = z.discriminatedUnion(
  "type",
  [rotationsSource, icalSource, pagerDutySource, grafanaSource, jiraSource],
  { error: ({ code }) => (code === "invalid_union" ? sourceTypes : undefined) },
);

/** The section `oncall` of the configuration file. */
export const onCallSchema = z.strictObject({
  sources: key(
    z
      .array(source)
      .default([])
      .refine((sources) => new Set(sources.map((each) => each.id)).size === sources.length, {
        error: "an id for each source that no other has",
      }),
    { description: "Where it is known who is on call." },
  ),
  entities: key(z.record(z.string(), z.string()).default({}), {
    description:
      "Schedules of entities that carry no annotation: reference to <id> or <id>:<schedule>.",
  }),
});

export type OnCallConfig = z.output<typeof onCallSchema>;
export type OnCallSourceConfig = OnCallConfig["sources"][number];
