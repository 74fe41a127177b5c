import { z } from "zod";

import { httpUrl, key, secret } from "./schema-key.ts";

const sourceKinds = key(z.array(z.string().min(1)).optional(), {
  description:
    "Kinds that files of this source may define; groups and users that it makes of teams and members come anyway. Absent: those of catalog.allow.",
  example: "[Component, API, System, Resource, Location]",
});

/** Files on this machine. */
export const fileSource = z.strictObject({
  type: z.literal("file"),
  path: key(z.string().min(1), {
    description: "A file, a folder or a glob, relative to the configuration file.",
    example: "./catalog",
  }),
  allow: sourceKinds,
});

const token = key(secret("a token without blanks", /^\S+$/), {
  description: "Sent as a bearer token, to this host only. Write it as ${NAME}.",
  isSecret: true,
});

const urlSource = z.strictObject({
  type: z.literal("url"),
  urls: key(z.array(httpUrl).min(1), {
    description:
      "Catalog files on the web; pages of GitHub and GitLab that show a file are read as the file.",
  }),
  token,
  allow: sourceKinds,
});

const backstageSource = z.strictObject({
  type: z.literal("backstage"),
  url: key(httpUrl, {
    description: "Where the backend of a running Backstage answers.",
    example: "https://backstage.example.com",
  }),
  token,
  filters: key(z.array(z.string().min(1)).default([]), {
    description: "Backstage's own filters, such as kind=component; several mean any of them.",
  }),
  allow: sourceKinds,
});

const names = (description: string) => key(z.array(z.string().min(1)).default([]), { description });

const githubFilters = z.strictObject({
  topic: names("Only repositories with one of these topics."),
  excludeTopic: names("No repositories with one of these topics."),
  name: names("Only repositories with one of these names; * stands for any letters."),
  exclude: names("No repositories with one of these names; * stands for any letters."),
  archived: key(z.boolean().default(false), { description: "Archived repositories too." }),
  forks: key(z.boolean().default(false), { description: "Forks too." }),
});

const githubSource = z.strictObject({
  type: z.literal("github"),
  org: key(z.string().regex(/^[A-Za-z\d][A-Za-z\d-]*$/, { error: "the name of an organisation" }), {
    description: "An organisation on GitHub, read with the credentials of the environment.",
  }),
  path: key(z.string().min(1).default("/catalog-info.yaml"), {
    description: "Where the file lies in each repository; * and ** are wildcards.",
  }),
  branch: key(z.string().min(1).optional(), {
    description: "The branch to read instead of each repository's default branch.",
  }),
  filters: githubFilters.prefault({}),
  documents: key(z.boolean().default(true), {
    description: "Markdown in the folder docs of repositories with catalog files comes along.",
  }),
  teams: key(z.boolean().default(false), {
    description: "The organisation's teams and members become Groups and Users.",
  }),
  allow: sourceKinds,
});

const sourceTypes = "file, url, github or backstage";
const catalogSource = z.discriminatedUnion(
  "type",
  [fileSource, urlSource, githubSource, backstageSource],
  {
    error: ({ code }) => (code === "invalid_union" ? sourceTypes : undefined),
  },
);

const webHost = z.strictObject({
  host: key(z.string().regex(/^[^\s/@]+$/, { error: "a host such as example.com" }), {
    description: "Such as example.com or localhost:8080.",
  }),
  token,
});

/** Keys that mean something, in place of our own; those left out keep theirs. */
const keys = (what: string) =>
  key(z.array(z.string().min(1)).min(1).optional(), { description: `Annotations for ${what}.` });
const words = (what: string) =>
  key(z.array(z.string().min(1).toLowerCase()).min(1).optional(), {
    description: `Words in type, icon or title of a link to ${what}.`,
  });

const annotations = z.strictObject({
  slackChannel: keys("the Slack channel"),
  slackUserGroup: keys("the Slack user group"),
  slackUser: keys("a User's Slack id"),
  runbooks: keys("runbooks"),
  dashboards: keys("dashboards"),
  docs: keys("documentation"),
  onCall: key(
    z
      .array(
        z.union([
          z
            .string()
            .min(1)
            .transform((annotation) => ({ annotation, label: "" })),
          z.strictObject({ annotation: z.string().min(1), label: z.string() }),
        ]),
      )
      .min(1)
      .optional(),
    { description: "Annotations for who is on call; {annotation, label} puts a label before it." },
  ),
  aliases: keys("other names"),
  email: keys("an e-mail address"),
});

const linkWords = z.strictObject({
  runbooks: words("a runbook"),
  dashboards: words("a dashboard"),
  docs: words("documentation"),
  onCall: words("who is on call"),
  repository: words("the repository"),
});

/** The section `catalog` of the configuration file. */
export const catalogSchema = z.strictObject({
  sources: key(
    z.array(catalogSource).default([
      { type: "file", path: "./catalog" },
      { type: "file", path: "./templates" },
    ]),
    {
      description: "Where catalog files and templates are read from.",
    },
  ),
  allow: key(z.array(z.string().min(1)).optional(), {
    description:
      "Kinds that catalog files may define. Absent: every kind, those of your own company too.",
    example: "[Component, API, System, Group, User]",
  }),
  orphans: key(z.enum(["delete", "keep"]).default("delete"), {
    description:
      "What happens to entities that no file holds any more: they are gone, or kept and marked with backstage.io/orphan.",
  }),
  refreshMinutes: key(z.number().min(1).max(1440).default(10), {
    description: "How often sources that are no files on this machine are read again.",
  }),
  holdBackPercent: key(z.int().min(1).max(100).default(20), {
    description:
      "A reading without more than this share of a source's entities waits to be accepted; 100: none waits.",
  }),
  feedback: key(z.boolean().default(false), {
    description:
      "Authors are told what is wrong with the catalog files that they push: by a check run on GitHub and a message in Slack.",
  }),
  hosts: key(z.array(webHost).default([]), {
    description: "Hosts that Locations in catalog files may lead to.",
  }),
  annotations: annotations.prefault({}),
  linkWords: linkWords.prefault({}),
});

export type CatalogConfig = z.output<typeof catalogSchema>;
export type CatalogSourceConfig = CatalogConfig["sources"][number];
