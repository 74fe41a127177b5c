import { z } from "zod";

import { key } from "./schema-key.ts";

/** `[group:][namespace/]name` */
export const groupRef = z.string().regex(/^(?:group:)?(?:[a-z\d-]+\/)?[\w.-]+$/i, {
  error: "a group of the catalog, such as group:default/platform",
});

const userRef = z.string().regex(/^(?:user:)?(?:[a-z\d-]+\/)?[\w.-]+$/i, {
  error: "a user of the catalog, such as user:default/ada",
});

const channelId = z.string().regex(/^[CG][A-Z0-9]{6,}$/, {
  error: "a channel's id, such as C0123ABCD (in Slack: the end of the channel's details)",
});

const texts = z.array(z.string().min(1)).min(1);

/** Values that parameters must have: one, or any of a list. */
const parameters = z.record(
  z.string(),
  z.preprocess(
    (value) => (Array.isArray(value) ? value : [value]),
    z.array(z.union([z.string(), z.number(), z.boolean()])).min(1),
  ),
);

const conditions = {
  templates: key(texts.optional(), {
    description: "Only these templates, by name or reference; `*` stands for any characters.",
    example: "[node-service, infra-*]",
  }),
  tags: key(texts.optional(), { description: "Only templates with one of these tags." }),
  parameters: key(parameters.optional(), {
    description: "Only when parameters have these values; `*` in a text stands for any characters.",
    example: "{ environment: production }",
  }),
};

const rule = z.strictObject({
  name: key(z.string().min(1).max(100), {
    description: "What people who are refused are told, and what the log says.",
  }),
  effect: key(z.enum(["allow", "deny"], { error: "allow or deny" }).default("allow"), {
    description: "A rule that denies wins over all that allow.",
  }),
  actions: key(
    z
      .array(
        z.enum([
          "start",
          "approve",
          "cancel",
          "retry",
          "undo",
          "accept-catalog",
          "see-audit",
          "see-gaps",
          "see-stats",
          "use-part",
        ]),
      )
      .min(1),
    { description: "What it is about; docs/policy.md explains each.", example: "[start, retry]" },
  ),
  groups: key(z.array(groupRef).min(1).optional(), {
    description: "Only people of these groups and of the groups below them.",
  }),
  users: key(z.array(userRef).min(1).optional(), {
    description: "Only these people, or those of `groups`.",
  }),
  ...conditions,
  channels: key(z.array(channelId).min(1).optional(), {
    description: "Only when asked for in one of these channels, by id.",
  }),
  partTags: key(texts.optional(), {
    description: "For use-part: tags of `backstage:permissions` on pages, properties and steps.",
  }),
});

/** Who may do what. */
export const policySchema = z
  .strictObject({
    contact: key(z.string().min(1).max(100).optional(), {
      description: "Where people who are refused may ask.",
      example: '"#platform-help"',
    }),
    rules: key(z.array(rule).default([]), {
      description:
        "Rules. Once `policy` stands here, what no rule allows is denied; see docs/policy.md.",
    }),
  })
  .optional();

/** `30m`, `12h`, `7d` */
const duration = z.string().regex(/^\d{1,6}[smhd]$/, { error: "a time such as 30m, 12h or 7d" });

/** Which runs must be approved, beside what templates say themselves. */
export const approvalsSchema = z
  .array(
    z.strictObject({
      ...conditions,
      step: key(z.string().min(1).optional(), {
        description: "The id of the step before which it is asked. Absent: before the run.",
      }),
      groups: key(z.array(groupRef).min(1), {
        description: "Members of these groups, and of the groups below, may approve.",
      }),
      count: key(z.int().min(1).max(10).default(1), {
        description: "How many different people must approve.",
      }),
      expires: key(duration.default("7d"), {
        description: "For how long it can be approved, at most 30d.",
      }),
      channel: key(
        z
          .string()
          .regex(/^(?:[CG][A-Z0-9]{6,}|#\S{1,80})$/, { error: "a channel's id or #name" })
          .optional(),
        { description: "Where it is asked. Absent: in the first group's channel." },
      ),
      remind: key(z.boolean().default(true), {
        description: "Whether those who were asked are reminded once, at half time.",
      }),
    }),
  )
  .default([]);
