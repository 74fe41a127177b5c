import { InputError } from "../base/errors.ts";
import type { Logger } from "../base/logger.ts";
import { createBackstageSource } from "../catalog/sources/backstage.ts";
import type { CatalogSource, WatchedSource } from "../catalog/sources/contract.ts";
import { createFileSource } from "../catalog/sources/file.ts";
import type { GithubReader } from "../catalog/sources/github-reader.ts";
import { createGithubSource, type GithubSource } from "../catalog/sources/github.ts";
import { createUrlSource } from "../catalog/sources/url.ts";
import {
  createWebReader,
  type WebReader,
  type WebReaderOptions,
} from "../catalog/sources/web-reader.ts";
import type { CatalogSourceConfig } from "../config/catalog-schema.ts";
import type { Config } from "../config/load.ts";
import type { GithubClient } from "../scaffold/publishers/github/client.ts";
import { createPublishing } from "./create-publisher.ts";
import { createGithubReader } from "./github-reader.ts";

type Hosts = WebReaderOptions["hosts"];
/** A source on GitHub, as configured. */
export type GithubConfig = Extract<CatalogSourceConfig, { type: "github" }>;
type RemoteConfig = Exclude<CatalogSourceConfig, { type: "file" | "github" }>;

/** The configured sources: those whose files are watched, and those behind a network. */
export interface ConfiguredSources {
  /** In the order of the configuration, which decides who keeps a name. */
  all: readonly CatalogSource[];
  files: readonly WatchedSource[];
  remote: readonly CatalogSource[];
  /** Those among them that webhooks tell of. */
  github: readonly GithubSource[];
}

export interface SourcesOptions {
  config: Config;
  logger: Logger;
  clock: () => number;
  /** The connection to GitHub; absent: one is made when a source needs it. */
  github?: GithubClient | undefined;
}

/**
 * Creates the sources that the configuration names; nothing is read yet.
 * @throws InputError `github-credentials-missing` for a source on GitHub without any.
 */
export function createSources(options: SourcesOptions): ConfiguredSources {
  const { config } = options;
  const { sources, hosts } = config.file.catalog;
  const files: WatchedSource[] = [];
  const remote: CatalogSource[] = [];
  const github: GithubSource[] = [];
  const reader = lazy(() => openGithub(options));
  const reading = webOf(config);
  const web = reading === undefined ? {} : { web: reading };
  const all = sources.map((source) => {
    if (source.type === "github") {
      const created = permitting(
        source,
        createGithub(source, { ...options, reader: reader(), ...web }),
      );
      github.push(created);
      remote.push(created);
      return created;
    }
    if (source.type !== "file") {
      const created = permitting(source, createRemote(source, hosts.map(toHost)));
      remote.push(created);
      return created;
    }
    const { path } = source;
    const created = permitting(source, createFileSource({ path, baseDir: config.baseDir, ...web }));
    files.push(created);
    return created;
  });
  return { all, files, remote, github };
}

/** The source with the kinds that its part of the configuration allows. */
function permitting<T extends CatalogSource>({ allow }: CatalogSourceConfig, source: T): T {
  if (allow === undefined) return source;
  return { ...source, allow: new Set(allow.map((kind) => kind.toLowerCase())) };
}

/** Reads the hosts that the configuration names; undefined when there are none. */
export function webOf({ file }: Config): WebReader | undefined {
  const { sources, hosts } = file.catalog;
  const all = [...hosts, ...sources.flatMap(urlHosts)].map(toHost);
  return all.length === 0 ? undefined : createWebReader({ hosts: all });
}

/** The connection of sources on GitHub. @throws InputError `github-credentials-missing`. */
export function openGithub({ config, logger, clock, github }: SourcesOptions): GithubReader {
  const client = github ?? createPublishing(config, logger).github;
  if (client !== undefined) return createGithubReader(client, clock);
  throw new InputError(
    "github-credentials-missing",
    "catalog.sources names an organisation on GitHub, but there are no credentials for GitHub",
    { hint: "set GITHUB_TOKEN, or GITHUB_APP_ID and GITHUB_APP_PRIVATE_KEY; see docs/github.md" },
  );
}

/** Creates the source of an organisation. */
export function createGithub(
  { org, path, branch, filters, teams: hasPeople, documents: hasDocuments }: GithubConfig,
  { config, clock, reader, web }: SourcesOptions & { reader: GithubReader; web?: WebReader },
): GithubSource {
  const listEveryMs = config.file.catalog.refreshMinutes * 60_000;
  const where = { reader, org, path, branch, filters, hasPeople, hasDocuments };
  return createGithubSource({ ...where, web, clock, listEveryMs });
}

/** Makes something when it is first needed. */
function lazy<T>(make: () => T): () => T {
  let made: { value: T } | undefined;
  return () => (made ??= { value: make() }).value;
}

function createRemote(source: RemoteConfig, hosts: Hosts): CatalogSource {
  if (source.type === "url") {
    // its own token counts where a host is named twice
    const web = createWebReader({ hosts: [...hosts, ...urlHosts(source).map(toHost)] });
    return createUrlSource({ urls: source.urls, web });
  }
  const { url, filters, token } = source;
  return createBackstageSource({ url, filters, ...(token === undefined ? {} : { token }) });
}

/** The hosts of a source's own URLs may be read, with its token. */
function urlHosts(source: CatalogSourceConfig) {
  if (source.type !== "url") return [];
  return source.urls.map((url) => ({ host: new URL(url).host, token: source.token }));
}

function toHost({ host, token }: { host: string; token?: Hosts[number]["token"] | undefined }) {
  return { host, ...(token === undefined ? {} : { token }) };
}
