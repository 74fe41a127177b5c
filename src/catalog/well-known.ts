import { isRecord } from "../base/json.ts";
import type { CatalogEntity, EntityLink } from "./model.ts";
import {
  channelOfUrl,
  parseSlackChannel,
  parseSlackUserGroup,
  parseSlackUserId,
} from "./slack-names.ts";
import { wellKnownDefaults, type WellKnownOptions } from "./well-known-defaults.ts";

/** A path into the entity, for `CatalogEntity.locate`: where a value was found. */
type EntityPath = readonly (string | number)[];

/** What a value is, and where it stands. */
interface Found {
  path: EntityPath;
}

/** A link or annotation that leads somewhere. */
interface FoundTarget extends Found {
  /** A URL, or a path relative to the entity's file. */
  target: string;
  /** As people call it; absent when nobody said. */
  title?: string;
}

/** Reads from an entity what Backstage has no field for. All functions are pure and never throw. */
export interface WellKnown {
  slackChannel(entity: CatalogEntity): (Found & { id?: string; name?: string }) | undefined;
  slackUserGroup(entity: CatalogEntity): (Found & { id?: string; handle?: string }) | undefined;
  /** The Slack id of a User. */
  slackUserId(entity: CatalogEntity): (Found & { id: string }) | undefined;
  /** From annotations first, then links. */
  runbooks(entity: CatalogEntity): FoundTarget[];
  dashboards(entity: CatalogEntity): FoundTarget[];
  docs(entity: CatalogEntity): FoundTarget[];
  /** Who is called: a text such as `PagerDuty service PABC123`, with a URL where a link gives one. */
  onCall(entity: CatalogEntity): (Found & { text: string; url?: string })[];
  /** Other names of the entity, as written. */
  aliases(entity: CatalogEntity): string[];
  email(entity: CatalogEntity): (Found & { address: string }) | undefined;
  /** The repository: its page, and `owner/name` where the host has such. */
  repository(entity: CatalogEntity): (Found & { url: string; slug?: string }) | undefined;
}

/** Creates the readers; lists that `options` leaves out keep their defaults. */
export function createWellKnown(options: Partial<WellKnownOptions> = {}): WellKnown {
  const known: WellKnownOptions = { ...wellKnownDefaults, ...options };
  return {
    slackChannel: (entity) => slackChannel(entity, known),
    slackUserGroup: (entity) =>
      firstAnnotation(entity, known.slackUserGroupAnnotations, parseSlackUserGroup),
    slackUserId: (entity) =>
      firstAnnotation(entity, known.slackUserAnnotations, (text) => {
        const id = parseSlackUserId(text);
        return id === undefined ? undefined : { id };
      }),
    runbooks: (entity) => targets(entity, known.runbookAnnotations, known.runbookWords),
    dashboards: (entity) => targets(entity, known.dashboardAnnotations, known.dashboardWords),
    docs: (entity) => targets(entity, known.docsAnnotations, known.docsWords),
    onCall: (entity) => onCall(entity, known),
    aliases: (entity) =>
      known.aliasAnnotations.flatMap((key) => splitList(annotation(entity, key) ?? "")),
    email: (entity) => email(entity, known),
    repository: (entity) => repository(entity, known),
  };
}

/** The value of an annotation; undefined when absent or not a text. */
function annotation(entity: CatalogEntity, key: string): string | undefined {
  const annotations: unknown = entity.entity.metadata.annotations;
  const value =
    isRecord(annotations) && Object.hasOwn(annotations, key) ? annotations[key] : undefined;
  return typeof value === "string" && value.trim() !== "" ? value.trim() : undefined;
}

function firstAnnotation<T extends object>(
  entity: CatalogEntity,
  keys: readonly string[],
  parse: (text: string) => T | undefined,
): (T & Found) | undefined {
  for (const key of keys) {
    const text = annotation(entity, key);
    const value = text === undefined ? undefined : parse(text);
    if (value !== undefined) return { ...value, path: ["metadata", "annotations", key] };
  }
  return undefined;
}

function linksOf(entity: CatalogEntity): { link: EntityLink; path: EntityPath }[] {
  return (entity.entity.metadata.links ?? []).map((link, index) => ({
    link,
    path: ["metadata", "links", index],
  }));
}

/** True when type, icon or title says one of the words; a word counts only as a whole word, in any number. */
function says(link: EntityLink, words: readonly string[]): boolean {
  const text = ` ${[link.type, link.icon, link.title]
    .join(" ")
    .toLowerCase()
    .replace(/[_/:()]/g, " ")} `;
  return words.some((word) => text.includes(` ${word} `) || text.includes(` ${word}s `));
}

function slackChannel(entity: CatalogEntity, known: WellKnownOptions) {
  const annotated = firstAnnotation(entity, known.slackChannelAnnotations, parseSlackChannel);
  const linked = linksOf(entity).flatMap(({ link, path }) => {
    const id = channelOfUrl(link.url);
    // A title such as "#payments" or "payments" is the channel's name; "Team chat" is not.
    const name = link.title === undefined ? undefined : parseSlackChannel(link.title)?.name;
    return id === undefined ? [] : [{ id, ...(name === undefined ? {} : { name }), path }];
  })[0];
  if (annotated === undefined) return linked;
  // The annotation names the channel, the link knows its id.
  const isSame = annotated.id === undefined && (linked?.name ?? annotated.name) === annotated.name;
  return isSame && linked !== undefined ? { ...annotated, id: linked.id } : annotated;
}

function targets(
  entity: CatalogEntity,
  annotations: readonly string[],
  words: readonly string[],
): FoundTarget[] {
  const annotated = annotations.flatMap((key) =>
    splitList(annotation(entity, key) ?? "").map((target) => ({
      target,
      path: ["metadata", "annotations", key],
    })),
  );
  const linked = linksOf(entity)
    .filter(({ link }) => says(link, words))
    .map(({ link, path }) => ({
      target: link.url,
      ...(link.title === undefined ? {} : { title: link.title }),
      path,
    }));
  return [...annotated, ...linked];
}

function onCall(entity: CatalogEntity, known: WellKnownOptions) {
  const annotated = known.onCallAnnotations.flatMap(({ annotation: key, label }) => {
    const value = annotation(entity, key);
    if (value === undefined) return [];
    const isUrl = /^https?:\/\//.test(value);
    return [
      {
        text: label === "" ? value : `${label} ${value}`,
        ...(isUrl ? { url: value } : {}),
        path: ["metadata", "annotations", key],
      },
    ];
  });
  const linked = linksOf(entity)
    .filter(({ link }) => says(link, known.onCallWords))
    .map(({ link, path }) => ({ text: link.title ?? link.url, url: link.url, path }));
  return [...annotated, ...linked];
}

function email(entity: CatalogEntity, known: WellKnownOptions) {
  const profile = entity.entity.spec?.["profile"];
  const address = isRecord(profile) ? profile["email"] : undefined;
  if (typeof address === "string" && address.includes("@"))
    return { address, path: ["spec", "profile", "email"] };
  const annotated = firstAnnotation(entity, known.emailAnnotations, (text) =>
    text.includes("@") ? { address: text } : undefined,
  );
  if (annotated !== undefined) return annotated;
  const mail = linksOf(entity).find(({ link }) => link.url.startsWith("mailto:"));
  return mail === undefined
    ? undefined
    : { address: mail.link.url.slice("mailto:".length).split("?")[0] ?? "", path: mail.path };
}

/** Annotations that hold `owner/name` on a host. */
const slugAnnotations = [
  { annotation: "github.com/project-slug", host: "github.com" },
  { annotation: "gitlab.com/project-slug", host: "gitlab.com" },
  { annotation: "bitbucket.org/project-slug", host: "bitbucket.org" },
];

function repository(entity: CatalogEntity, known: WellKnownOptions) {
  const source = annotation(entity, "backstage.io/source-location");
  const sourceUrl = source === undefined ? undefined : repositoryOfUrl(source.replace(/^url:/, ""));
  for (const { annotation: key, host } of slugAnnotations) {
    const slug = annotation(entity, key);
    if (slug === undefined) continue;
    // The slug is the same on an own GitHub server; only the source location tells the host.
    const isSame = sourceUrl?.slug?.toLowerCase() === slug.toLowerCase();
    return {
      url: isSame && sourceUrl !== undefined ? sourceUrl.url : `https://${host}/${slug}`,
      slug,
      path: ["metadata", "annotations", key],
    };
  }
  if (sourceUrl !== undefined)
    return { ...sourceUrl, path: ["metadata", "annotations", "backstage.io/source-location"] };
  const linked = linksOf(entity).find(({ link }) => says(link, known.repositoryWords));
  const found = linked === undefined ? undefined : repositoryOfUrl(linked.link.url);
  return linked === undefined || found === undefined ? undefined : { ...found, path: linked.path };
}

/**
 * The repository a URL of a code host lies in: `https://github.com/acme/pay/tree/main/docs` gives
 * `https://github.com/acme/pay` and `acme/pay`; GitLab's subgroups stay in the slug.
 */
export function repositoryOfUrl(text: string): { url: string; slug?: string } | undefined {
  if (!URL.canParse(text)) return undefined;
  const url = new URL(text);
  if (url.protocol !== "https:" && url.protocol !== "http:") return undefined;
  const marked = url.pathname.split("/-/")[0] ?? "";
  const parts = marked.split("/").filter((part) => part !== "");
  const isGitLab = url.pathname.includes("/-/") || url.hostname.startsWith("gitlab.");
  const slug = (isGitLab ? parts : parts.slice(0, 2)).join("/").replace(/\.git$/, "");
  return slug.includes("/") ? { url: `${url.origin}/${slug}`, slug } : undefined;
}

function splitList(text: string): string[] {
  return text
    .split(",")
    .map((part) => part.trim())
    .filter((part) => part !== "");
}
