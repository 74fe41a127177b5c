import { isRecord } from "../../base/json.ts";
import type { SourceFile } from "./contract.ts";
import { blobError, type GithubBlobs } from "./github-blobs.ts";
import { type GitObject, parseObject } from "./github-objects.ts";
import { type GithubPlace, pageOf } from "./github-places.ts";
import type { GithubReader } from "./github-reader.ts";
import { parseTreePattern, readTree, type TreeFile } from "./github-tree.ts";

/** Reads files that catalog files name, many with one request, and again only after a push. */
export interface GithubRelated {
  /** The file, or the files that a pattern takes; undefined when there is none. */
  read(place: GithubPlace, signal: AbortSignal): Promise<SourceFile[] | undefined>;
  /** Takes up what was read in another life of the process. */
  recall(place: GithubPlace, oid: string): void;
  /** Git ids of all files that are known. */
  oids(): Iterable<string>;
}

export interface RelatedOptions {
  reader: GithubReader;
  blobs: GithubBlobs;
  org: string;
  /** Changes when what is known of a repository is worth nothing any more. */
  stampOf: (place: GithubPlace) => string;
}

interface Known {
  stamp: string;
  /** Absent: there is nothing at this place. */
  files: TreeFile[] | undefined;
}

interface Waiting {
  place: GithubPlace;
  resolve: (object: GitObject | undefined) => void;
  reject: (reason: unknown) => void;
}

const placesPerQuery = 50;

/** Creates the reader; it remembers what it found. */
export function createGithubRelated(options: RelatedOptions): GithubRelated {
  const { reader, blobs, org, stampOf } = options;
  const known = new Map<string, Known>();
  const objectAt = createLookup(reader, org);

  async function find(place: GithubPlace, signal: AbortSignal): Promise<TreeFile[] | undefined> {
    const { repository, path } = place;
    const pattern = parseTreePattern(path);
    const object = await objectAt({ ...place, path: pattern?.folder ?? path }, signal);
    if (pattern === undefined) {
      return object === undefined || object.isFolder ? undefined : [{ path, ...object }];
    }
    if (object === undefined || !object.isFolder) return [];
    const { oid } = object;
    const tree = await readTree(
      reader,
      { owner: org, repository, oid, folder: pattern.folder },
      signal,
    );
    return tree.files.filter((file) => pattern.isMatch(file.path));
  }

  return {
    async read(place, signal) {
      const key = pageOf(place);
      const stamp = stampOf(place);
      let found = known.get(key);
      if (found?.stamp !== stamp) {
        found = { stamp, files: await find(place, signal) };
        known.set(key, found);
      }
      const { files } = found;
      if (files === undefined) return undefined;
      const { repository } = place;
      await blobs.fetch(
        files.map((file) => ({ repository, ...file })),
        signal,
      );
      return files.flatMap(({ path, oid }) => {
        const page = pageOf({ ...place, path });
        const text = blobs.get(oid);
        if (text === undefined) return [];
        if (typeof text !== "string") throw blobError(page, text.problem);
        return [{ file: page, base: page, text, version: oid }];
      });
    },
    recall(place, oid) {
      const files = [{ path: place.path, oid, sizeBytes: 0 }];
      known.set(pageOf(place), { stamp: stampOf(place), files });
    },
    *oids() {
      for (const { files = [] } of known.values()) for (const { oid } of files) yield oid;
    },
  };
}

/** Tells what stands at a place; asked together with all that others want at the moment. */
function createLookup(reader: GithubReader, org: string) {
  let waiting: Waiting[] = [];

  async function lookUp(batch: readonly Waiting[], signal: AbortSignal): Promise<void> {
    try {
      const { query, variables } = objectQuery(org, batch);
      const doing = `reading files of ${org}`;
      const { data } = await reader.query({ owner: org, query, variables, doing, signal });
      for (const [at, { resolve }] of batch.entries()) {
        const repository = data[`r${at}`];
        resolve(isRecord(repository) ? parseObject(repository["object"]) : undefined);
      }
    } catch (thrown) {
      for (const { reject } of batch) reject(thrown);
    }
  }

  return (place: GithubPlace, signal: AbortSignal): Promise<GitObject | undefined> =>
    new Promise((resolve, reject) => {
      waiting.push({ place, resolve, reject });
      if (waiting.length > 1) return;
      setImmediate(() => {
        const all = waiting;
        waiting = [];
        for (let start = 0; start < all.length; start += placesPerQuery) {
          void lookUp(all.slice(start, start + placesPerQuery), signal);
        }
      });
    });
}

function objectQuery(owner: string, batch: readonly Waiting[]) {
  const names = batch.map((_, at) => `$n${at}: String!, $e${at}: String!`).join(", ");
  const parts = batch.map(
    (_, at) => `r${at}: repository(owner: $owner, name: $n${at}) {
    object(expression: $e${at}) { __typename oid ... on Blob { byteSize } } }`,
  );
  const entries = batch.flatMap(({ place }, at) => [
    [`n${at}`, place.repository],
    [`e${at}`, `${place.ref}:${place.path}`],
  ]);
  return {
    query: `query($owner: String!, ${names}) {\n  ${parts.join("\n  ")}\n}`,
    variables: { owner, ...Object.fromEntries(entries) },
  };
}
