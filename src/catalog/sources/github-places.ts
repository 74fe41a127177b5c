import { posix } from "node:path";

import { ForbiddenError } from "../../base/errors.ts";
import { lastPushMs, type RepositoryState } from "./github-repositories.ts";

/** A place in a repository. */
export interface GithubPlace {
  /** The repository's page, `https://github.com/acme/pay`. */
  url: string;
  /** The repository's name. */
  repository: string;
  ref: string;
  /** From the repository's top. */
  path: string;
}

/** The page that shows a file, which is how the catalog names it. */
export function pageOf({ url, ref, path }: Omit<GithubPlace, "repository">): string {
  return `${url}/blob/${encodePath(ref)}/${encodePath(path)}`;
}

function encodePath(path: string): string {
  return path.split("/").map(encodeURIComponent).join("/");
}

/** Finds repositories of one organisation by addresses of what is in them. */
export interface GithubPlaces {
  /** Where an address leads; undefined when it is no file or folder in a repository of the organisation. */
  find(url: string): GithubPlace | undefined;
  /** Changes when what is known of the repository is worth nothing any more. */
  stampOf(place: GithubPlace): string;
  /** As of a source. */
  lastPushMs(url: string): number | undefined;
  /**
   * Where `target` leads from a file; undefined when it is elsewhere on the web.
   * @throws ForbiddenError `path-outside` when a relative path leaves the repository.
   */
  resolve(base: string, target: string): GithubPlace | undefined;
}

/**
 * Creates the index of a moment.
 * @param reading Counts readings: of repositories without a state nobody knows whether they changed since the last.
 */
export function createGithubPlaces(
  states: readonly RepositoryState[],
  {
    host,
    org,
    branch,
    reading,
  }: { host: string; org: string; branch?: string | undefined; reading: number },
): GithubPlaces {
  const byUrl = new Map(states.map((state) => [state.listed.url.toLowerCase(), state]));
  // https://<host>
  const listed = states.map((state) => state.listed.url.split("/", 3).join("/"));
  const origins = new Set([`https://${host}`, ...listed]);

  function find(text: string): GithubPlace | undefined {
    const address = parseAddress(text);
    if (address === undefined || !origins.has(address.origin)) return undefined;
    const { origin, owner, repository, rest } = address;
    if (owner.toLowerCase() !== org.toLowerCase()) return undefined;
    const state = byUrl.get(`${origin}/${owner}/${repository}`.toLowerCase());
    const ref = refOf(rest, branch ?? state?.listed.branch);
    const path = rest.slice(ref.length + 1);
    const named = { url: `${origin}/${owner}/${repository}`, name: repository };
    const { url, name } = state?.listed ?? named;
    return { url, repository: name, ref, path };
  }

  return {
    find,
    stampOf({ url }) {
      const state = byUrl.get(url.toLowerCase());
      return state === undefined ? `reading ${reading}` : `${state.stamp} ${state.headOid ?? ""}`;
    },
    lastPushMs(url) {
      const state = byUrl.get(find(url)?.url.toLowerCase() ?? "");
      return state === undefined ? undefined : lastPushMs(state);
    },
    resolve(base, target) {
      if (URL.canParse(target)) return find(target);
      const place = find(base);
      if (place === undefined) return undefined;
      // as in Backstage, a leading slash means the repository's top
      const from = target.startsWith("/") ? "" : posix.dirname(place.path);
      const path = posix.join(from, target);
      if (path === ".." || path.startsWith("../")) {
        const message = `${target} lies outside the repository of ${base}`;
        throw new ForbiddenError("path-outside", message);
      }
      return { ...place, path: path.replace(/^\//, "") };
    },
  };
}

// https://<host>/<owner>/<repository>/<view>/<ref and path>
const pageForm = /^(https?:\/\/[^/]+)\/([^/]+)\/([^/]+)\/(?:blob|tree|raw|edit)\/([^?#]+)/;

function parseAddress(text: string) {
  const [, origin, owner, repository, rest] = pageForm.exec(text) ?? [];
  if (origin === undefined || owner === undefined || repository === undefined) return undefined;
  return { origin, owner, repository, rest: decode(rest ?? "") };
}

/** A branch may have slashes: the one that we read is known, of others it is the first part. */
function refOf(rest: string, known: string | undefined): string {
  if (known !== undefined && rest.startsWith(`${known}/`)) return known;
  return rest.split("/", 1).join("");
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
