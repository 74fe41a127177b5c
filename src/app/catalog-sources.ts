import { createBackstageSource } from "../catalog/sources/backstage.ts";
import type { CatalogSource, WatchedSource } from "../catalog/sources/contract.ts";
import { createFileSource } from "../catalog/sources/file.ts";
import { createUrlSource } from "../catalog/sources/url.ts";
import { createWebReader, type WebReaderOptions } from "../catalog/sources/web-reader.ts";
import type { CatalogSourceConfig } from "../config/catalog-schema.ts";
import type { Config } from "../config/load.ts";

type Hosts = WebReaderOptions["hosts"];
type RemoteConfig = Exclude<CatalogSourceConfig, { type: "file" }>;

/** The configured sources: those whose files are watched, and those behind a network. */
export interface ConfiguredSources {
  /** In the order of the configuration, which decides who keeps a name. */
  all: readonly CatalogSource[];
  files: readonly WatchedSource[];
  remote: readonly CatalogSource[];
}

/** Creates the sources that the configuration names; nothing is read yet. */
export function createSources(config: Pick<Config, "file" | "baseDir">): ConfiguredSources {
  const { sources, hosts } = config.file.catalog;
  const files: WatchedSource[] = [];
  const remote: CatalogSource[] = [];
  const allHosts = [...hosts, ...sources.flatMap(urlHosts)].map(toHost);
  const web = allHosts.length === 0 ? {} : { web: createWebReader({ hosts: allHosts }) };
  const all = sources.map((source) => {
    if (source.type !== "file") {
      const created = createRemote(source, hosts.map(toHost));
      remote.push(created);
      return created;
    }
    const created = createFileSource({ path: source.path, baseDir: config.baseDir, ...web });
    files.push(created);
    return created;
  });
  return { all, files, remote };
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
