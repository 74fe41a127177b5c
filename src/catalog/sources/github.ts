import { InputError } from "../../base/errors.ts";
import type { JsonValue } from "../../base/json.ts";
import { createPause } from "../../base/pause.ts";
import type { CatalogSource, SourceFile } from "./contract.ts";
import { createGithubBlobs, type GithubBlobs } from "./github-blobs.ts";
import { createGithubDocuments } from "./github-documents.ts";
import { compileGithubFiles } from "./github-files.ts";
import { createGithubListing } from "./github-listing.ts";
import { createGithubPeople, type GithubPeople } from "./github-organisation.ts";
import { createGithubPlaces, type GithubPlace, type GithubPlaces } from "./github-places.ts";
import type { GithubReader } from "./github-reader.ts";
import { createGithubRelated, type GithubRelated } from "./github-related.ts";
import {
  createGithubRepositories,
  type GithubFilters,
  type GithubRepositories,
  type RepositoryState,
} from "./github-repositories.ts";
import { createUrlSource } from "./url.ts";
import type { WebReader } from "./web-reader.ts";

export interface GithubSourceOptions {
  reader: GithubReader;
  org: string;
  /** Where the file lies in each repository, `/catalog-info.yaml`; may have wildcards. */
  path: string;
  /** Absent: each repository's default branch. */
  branch?: string | undefined;
  filters: GithubFilters;
  /** Teams and members become Groups and Users. */
  hasPeople?: boolean;
  /** Markdown in `docs` of repositories that are in the catalog comes along. */
  hasDocuments?: boolean;
  /** Reads what catalog files name elsewhere on the web; absent: refused. */
  web?: WebReader | undefined;
  clock: () => number;
  /** How old the listing of repositories may be when only single ones are known to have changed. */
  listEveryMs: number;
}

/** What somebody heard of a change. */
export interface GithubHint {
  /** Organisation. */
  owner: string;
  /** Absent: its teams or members changed. */
  repository?: {
    nodeId: string;
    /** What was pushed; absent when the repository itself changed. */
    push?: { branch: string; isDefaultBranch: boolean; headOid: string };
  };
}

/** A source over a whole organisation, which can be told what changed. */
export interface GithubSource extends CatalogSource {
  /** Makes the next reading look at what changed; false when that does not concern the source. */
  take(hint: GithubHint): boolean;
}

/** As many files as one request can ask for. */
const parallelReads = 50;
/** A file that vanished while we were reading is looked for again. */
const againInMs = 1_000;

/** Creates a source of the catalog files in all repositories of an organisation. */
export function createGithubSource(options: GithubSourceOptions): GithubSource {
  const { reader, org, branch } = options;
  const { host } = reader;
  let reading = 0;
  let isBehind = false;
  const path = options.path.replace(/^\/+/, "");
  const blobs = createGithubBlobs(reader, org);
  const listing = createGithubListing(reader, org);
  const repositories = createGithubRepositories({ ...options, path, listing });
  const people = createGithubPeople(options);
  const documents = createGithubDocuments({ reader, blobs, org, branch });
  let places: GithubPlaces = createGithubPlaces([], { host, org, branch, reading });
  const stampOf = (place: GithubPlace): string => places.stampOf(place);
  const related = createGithubRelated({ reader, blobs, org, stampOf });

  return {
    id: idOf(options),
    parallelReads,
    take: (hint) => takeHint(hint, options, repositories, people),
    async read(signal) {
      signal.throwIfAborted();
      // documents come after what everybody waits for, and stop for what was pushed meanwhile
      const isCatchingUp = isBehind && !repositories.hasChanges();
      const waitMs = isCatchingUp ? undefined : await repositories.update(signal);
      const pause = createPause();
      const states = repositories.states();
      reading += 1;
      places = createGithubPlaces(states, { host, org, branch, reading });
      await pause();
      const wanted = states.flatMap(wantedBlobs);
      await blobs.fetch(wanted, signal);
      await pause();
      if (isCatchingUp) await documents.update(states, () => repositories.hasChanges(), signal);
      isBehind = options.hasDocuments === true && documents.isBehind(states);
      const oids = wanted.map(({ oid }) => oid);
      blobs.keepOnly(new Set([...oids, ...related.oids(), ...documents.oids()]));
      const { isWhole, ...given } = await compileGithubFiles(states, { blobs, branch, org, path });
      const found = await people.read(signal);
      const soonMs = isBehind ? 0 : waitMs;
      return {
        files: [...given.files, ...found.files],
        diagnostics: [...given.diagnostics, ...found.diagnostics],
        companions: [...given.companions, ...documents.compile(states)],
        againInMs: isWhole ? soonMs : againInMs,
      };
    },
    async readRelated(base, target, signal) {
      const place = places.resolve(base, target);
      if (place !== undefined) return related.read(place, signal);
      return readElsewhere(options, base, target, signal);
    },
    lastPushMs: (url) => places.lastPushMs(url),
    remember: () => rememberAll([repositories, people, documents]),
    async recall(memory, files) {
      await repositories.recall(memory);
      places = createGithubPlaces(repositories.states(), { host, org, branch, reading });
      people.recall(memory, files);
      documents.recall(memory);
      await recallTexts(files, places, blobs, related);
    },
  };
}

function* rememberAll(
  parts: readonly { remember(): Iterable<[string, JsonValue]> }[],
): Generator<[string, JsonValue]> {
  for (const part of parts) yield* part.remember();
}

async function recallTexts(
  files: readonly SourceFile[],
  places: GithubPlaces,
  blobs: GithubBlobs,
  related: GithubRelated,
): Promise<void> {
  const pause = createPause();
  for (const { base, text, version } of files) {
    await pause();
    const place = places.find(base);
    if (version === undefined || place === undefined) continue;
    blobs.put(version, text);
    related.recall(place, version);
  }
}

function takeHint(
  { owner, repository }: GithubHint,
  { org, branch, hasPeople = false }: GithubSourceOptions,
  repositories: GithubRepositories,
  people: GithubPeople,
): boolean {
  if (owner.toLowerCase() !== org.toLowerCase()) return false;
  if (repository === undefined) {
    people.change();
    return hasPeople;
  }
  const { nodeId, push } = repository;
  const isRead =
    push === undefined || (branch === undefined ? push.isDefaultBranch : push.branch === branch);
  if (!isRead) return false;
  repositories.change({ nodeId, ...(push === undefined ? {} : { headOid: push.headOid }) });
  return true;
}

async function readElsewhere(
  { org, reader, web }: GithubSourceOptions,
  base: string,
  target: string,
  signal: AbortSignal,
): Promise<SourceFile[] | undefined> {
  if (web !== undefined)
    return createUrlSource({ urls: [], web }).readRelated(base, target, signal);
  throw new InputError("url-not-read", `${target} lies outside of ${org} on ${reader.host}`, {
    hint: "name its host under catalog.hosts",
  });
}

/** `github:acme`, with what sets it apart from other sources of the same organisation. */
function idOf({ org, path, branch, filters }: GithubSourceOptions): string {
  const chosen = Object.entries(filters).flatMap(([key, value]: [string, boolean | string[]]) =>
    value === false || (Array.isArray(value) && value.length === 0)
      ? []
      : [`${key}=${String(value)}`],
  );
  const shownPath = path.replace(/^\/+/, "");
  const at = branch === undefined ? "" : `@${branch}`;
  const file = shownPath === "catalog-info.yaml" ? "" : `/${shownPath}`;
  return `github:${org}${file}${at}${chosen.length === 0 ? "" : `?${chosen.join("&")}`}`;
}

/** Files to fetch of a repository; only those that are in the catalog tell who owns what. */
function wantedBlobs({ listed, files, codeowners }: RepositoryState) {
  const all = codeowners === undefined || files.length === 0 ? files : [...files, codeowners];
  return all.map(({ oid, sizeBytes }) => ({ repository: listed.name, oid, sizeBytes }));
}
