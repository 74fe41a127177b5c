import { InputError, NotFoundError } from "../base/errors.ts";
import type { CatalogSource } from "../catalog/sources/contract.ts";
import type { GithubReader } from "../catalog/sources/github-reader.ts";
import { createUrlSource } from "../catalog/sources/url.ts";
import {
  createGithub,
  type GithubConfig,
  openGithub,
  type SourcesOptions,
  webOf,
} from "./catalog-sources.ts";

/** What a person may name to have it checked, taken apart. */
interface Named {
  /** The repository's page, without a slash at the end. */
  repository: string;
  owner: string;
  /** `blob` or `tree` and what follows; empty for the repository as a whole. */
  rest: string;
}

/**
 * The source of what a person names: `acme/pay`, the page of a repository, folder or file on GitHub, or a URL of a
 * configured host. Read anew, whatever the catalog holds of it.
 * @throws InputError `check-target-unknown` for anything else: the bot is no way to look around in the network.
 */
export function createTargetSource(options: SourcesOptions, target: string): CatalogSource {
  const { config } = options;
  const orgs = config.file.catalog.sources.filter((source) => source.type === "github");
  const web = webOf(config);
  const text = target.trim();
  if (orgs.length > 0) {
    const reader = openGithub(options);
    const named = parseNamed(text, reader);
    const org = orgs.find((each) => each.org.toLowerCase() === named?.owner.toLowerCase());
    if (named !== undefined && org !== undefined) {
      const source = createGithub(org, {
        ...options,
        reader,
        ...(web === undefined ? {} : { web }),
      });
      return fileSource(source, addressOf(named, org));
    }
  }
  if (web?.canRead(text) === true)
    return { ...createUrlSource({ urls: [text], web }), id: `check:${text}` };
  const known = orgs.map(({ org }) => `${org}/<repository>`).join(", ");
  throw new InputError(
    "check-target-unknown",
    `“${text.slice(0, 200)}” is nothing that I may read`,
    {
      hint:
        known === ""
          ? "name something of the catalog, one of its files, or a URL of a host in catalog.hosts"
          : `name something of the catalog, ${known}, its page on GitHub, or a URL of a host in catalog.hosts`,
    },
  );
}

// owner/name; or https://<host>/<owner>/<name> with what follows
const shortForm = /^([\w.-]+)\/([\w.-]+)$/;
const pageForm =
  /^(https?:\/\/([^/]+)\/([\w.-]+)\/([\w.-]+?))(?:\.git)?(?:\/((?:blob|tree)\/.+?))?\/?$/;

function parseNamed(text: string, { host }: GithubReader): Named | undefined {
  const [, owner, name] = shortForm.exec(text) ?? [];
  if (owner !== undefined && name !== undefined) {
    return { repository: `https://${host}/${owner}/${name}`, owner, rest: "" };
  }
  const [, repository, pageHost, pageOwner, , rest = ""] = pageForm.exec(text) ?? [];
  if (repository === undefined || pageOwner === undefined || pageHost !== host) return undefined;
  return { repository, owner: pageOwner, rest };
}

function addressOf({ repository, rest }: Named, { path, branch }: GithubConfig): string {
  const file = path.replace(/^\/+/, "");
  if (rest.startsWith("blob/")) return `${repository}/${rest}`;
  const name = file.slice(file.lastIndexOf("/") + 1);
  if (rest.startsWith("tree/")) return `${repository}/${rest.replace("tree/", "blob/")}/${name}`;
  return `${repository}/blob/${branch ?? "HEAD"}/${file}`;
}

function fileSource(source: CatalogSource, url: string): CatalogSource {
  return {
    id: `check:${url}`,
    async read(signal) {
      const files = (await source.readRelated(url, url, signal)) ?? [];
      if (files.length > 0) return { files, diagnostics: [] };
      throw new NotFoundError("source-missing", `${url} does not exist`);
    },
    readRelated: (base, target, signal) => source.readRelated(base, target, signal),
  };
}
