import { InputError, UpstreamError } from "../../base/errors.ts";
import { isRecord } from "../../base/json.ts";
import { brokenAnswer } from "./github-objects.ts";
import type { GithubReader } from "./github-reader.ts";

/** A file to fetch. */
export interface WantedBlob {
  /** The repository's name. */
  repository: string;
  oid: string;
  sizeBytes: number;
  /** Where it stands, to learn when it last changed there. */
  place?: { ref: string; path: string };
}

/** Why a file has no text. */
export type BlobProblem = "file-too-large" | "file-not-utf8";

/** Texts of files by git id: a content that was fetched once is not fetched again, wherever it stands. */
export interface GithubBlobs {
  /** The text, or why there is none; undefined when it was never fetched. */
  get(oid: string): string | { problem: BlobProblem } | undefined;
  put(oid: string, text: string): void;
  /**
   * Fetches what is not there yet, 50 files a request. Files that vanished meanwhile stay unknown. Gives the dates of the last
   * commits, in milliseconds since the epoch, of those fetched with a place whose date GitHub told.
   */
  fetch(
    wanted: readonly WantedBlob[],
    signal: AbortSignal,
  ): Promise<ReadonlyMap<WantedBlob, number>>;
  /** Forgets everything else. */
  keepOnly(oids: ReadonlySet<string>): void;
}

const blobsPerQuery = 50;
const bytesPerQuery = 1024 * 1024;
/** What GraphQL gives whole; larger files come one by one. */
const maxInlineBytes = 256 * 1024;
/** As for files on a disk that placeholders name. */
const maxBytes = 5 * 1024 * 1024;

/** Creates an empty store. */
export function createGithubBlobs(reader: GithubReader, owner: string): GithubBlobs {
  const texts = new Map<string, string | { problem: BlobProblem }>();

  async function fetchOne({ repository, oid }: WantedBlob, signal: AbortSignal): Promise<void> {
    const answer = await reader.get({
      owner,
      route: "GET /repos/{owner}/{repo}/git/blobs/{file_sha}",
      parameters: { owner, repo: repository, file_sha: oid },
      doing: `reading a file of ${owner}/${repository}`,
      signal,
    });
    if (answer.status !== "ok" || !isRecord(answer.data)) return;
    const { content } = answer.data;
    const bytes = Buffer.from(typeof content === "string" ? content : "", "base64");
    texts.set(oid, decode(bytes) ?? { problem: "file-not-utf8" });
  }

  async function fetchMany(
    batch: readonly WantedBlob[],
    dates: Map<WantedBlob, number>,
    signal: AbortSignal,
  ): Promise<void> {
    const doing = `reading files of ${owner}`;
    const data = await askFor(reader, { owner, batch, doing, signal });
    for (const [at, wanted] of batch.entries()) {
      const repository = data[`r${at}`];
      const blob = isRecord(repository) ? repository["object"] : undefined;
      // the repository or the commit went away: whoever asked finds nothing
      if (!isRecord(blob)) continue;
      if (blob["oid"] !== wanted.oid) throw brokenAnswer(doing);
      const { text, isBinary, isTruncated } = blob;
      if (isBinary === true) texts.set(wanted.oid, { problem: "file-not-utf8" });
      else if (typeof text === "string" && isTruncated === false) texts.set(wanted.oid, text);
      else await fetchOne(wanted, signal);
      const changedAtMs = dateIn(isRecord(repository) ? repository["commit"] : undefined);
      if (changedAtMs !== undefined) dates.set(wanted, changedAtMs);
    }
  }

  return {
    get: (oid) => texts.get(oid),
    put: (oid, text) => void texts.set(oid, text),
    async fetch(wanted, signal) {
      const unknown = new Map(wanted.map((each) => [each.oid, each]));
      for (const oid of unknown.keys()) if (texts.has(oid)) unknown.delete(oid);
      const small: WantedBlob[] = [];
      for (const each of unknown.values()) {
        if (each.sizeBytes > maxBytes) texts.set(each.oid, { problem: "file-too-large" });
        else if (each.sizeBytes > maxInlineBytes) await fetchOne(each, signal);
        else small.push(each);
      }
      const dates = new Map<WantedBlob, number>();
      for (const batch of batchesOf(small)) await fetchMany(batch, dates, signal);
      return dates;
    },
    keepOnly(oids) {
      for (const oid of texts.keys()) if (!oids.has(oid)) texts.delete(oid);
    },
  };
}

function* batchesOf(wanted: readonly WantedBlob[]): Generator<WantedBlob[]> {
  let batch: WantedBlob[] = [];
  let bytes = 0;
  for (const each of wanted) {
    batch.push(each);
    bytes += each.sizeBytes;
    if (batch.length < blobsPerQuery && bytes < bytesPerQuery) continue;
    yield batch;
    batch = [];
    bytes = 0;
  }
  if (batch.length > 0) yield batch;
}

interface Asking {
  owner: string;
  batch: readonly WantedBlob[];
  doing: string;
  signal: AbortSignal;
}

/** Dates are good to have: where GitHub fails with them, the texts are asked for alone. */
async function askFor(reader: GithubReader, asking: Asking): Promise<Record<string, unknown>> {
  const { owner, batch, doing, signal } = asking;
  const ask = async (wanted: readonly WantedBlob[]) =>
    (await reader.query({ owner, ...textQuery(owner, wanted), doing, signal })).data;
  try {
    return await ask(batch);
  } catch (thrown) {
    signal.throwIfAborted();
    const isDated = batch.some(({ place }) => place !== undefined);
    const isLimit = thrown instanceof UpstreamError && thrown.code === "github-rate-limited";
    if (!isDated || isLimit || !(thrown instanceof UpstreamError)) throw thrown;
    // a long history can take GitHub longer than it gives itself
    const undated = batch.map(({ repository, oid, sizeBytes }) => ({ repository, oid, sizeBytes }));
    return await ask(undated);
  }
}

function textQuery(owner: string, batch: readonly WantedBlob[]) {
  const names: string[] = [];
  const parts: string[] = [];
  const variables: Record<string, string> = { owner };
  for (const [at, { repository, oid, place }] of batch.entries()) {
    names.push(`$n${at}: String!, $o${at}: GitObjectID!`);
    Object.assign(variables, { [`n${at}`]: repository, [`o${at}`]: oid });
    if (place !== undefined) {
      names.push(`$r${at}: String!, $p${at}: String!`);
      Object.assign(variables, { [`r${at}`]: place.ref, [`p${at}`]: place.path });
    }
    const history = `commit: object(expression: $r${at}) { ... on Commit {
      history(first: 1, path: $p${at}) { nodes { committedDate } } } }`;
    parts.push(`r${at}: repository(owner: $owner, name: $n${at}) {
    object(oid: $o${at}) { oid ... on Blob { text isBinary isTruncated } }
    ${place === undefined ? "" : history} }`);
  }
  return {
    query: `query($owner: String!, ${names.join(", ")}) {\n  ${parts.join("\n  ")}\n}`,
    variables,
  };
}

/** The date of the newest commit in a history; undefined where there is none. */
function dateIn(commit: unknown): number | undefined {
  const history = isRecord(commit) ? commit["history"] : undefined;
  const nodes = isRecord(history) ? history["nodes"] : undefined;
  const [newest]: unknown[] = Array.isArray(nodes) ? nodes : [];
  const date = isRecord(newest) ? newest["committedDate"] : undefined;
  const ms = typeof date === "string" ? Date.parse(date) : Number.NaN;
  return Number.isNaN(ms) ? undefined : ms;
}

function decode(bytes: Buffer): string | undefined {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

/** What a person is told about a file without a text. */
export function blobError(file: string, problem: BlobProblem): InputError {
  const message =
    problem === "file-too-large"
      ? `${file} is larger than ${maxBytes / 1024 / 1024} MB`
      : `${file} is not UTF-8 text`;
  return new InputError(problem, message);
}
