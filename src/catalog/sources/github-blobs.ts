import { InputError } from "../../base/errors.ts";
import { isRecord } from "../../base/json.ts";
import { brokenAnswer } from "./github-objects.ts";
import type { GithubReader } from "./github-reader.ts";

/** A file to fetch. */
export interface WantedBlob {
  /** The repository's name. */
  repository: string;
  oid: string;
  sizeBytes: number;
}

/** Why a file has no text. */
export type BlobProblem = "file-too-large" | "file-not-utf8";

/** Texts of files by git id: a content that was fetched once is not fetched again, wherever it stands. */
export interface GithubBlobs {
  /** The text, or why there is none; undefined when it was never fetched. */
  get(oid: string): string | { problem: BlobProblem } | undefined;
  put(oid: string, text: string): void;
  /** Fetches what is not there yet, 50 files a request. Files that vanished meanwhile stay unknown. */
  fetch(wanted: readonly WantedBlob[], signal: AbortSignal): Promise<void>;
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

  async function fetchMany(batch: readonly WantedBlob[], signal: AbortSignal): Promise<void> {
    const doing = `reading files of ${owner}`;
    const { query, variables } = textQuery(owner, batch);
    const { data } = await reader.query({ owner, query, variables, doing, signal });
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
      for (const batch of batchesOf(small)) await fetchMany(batch, signal);
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

function textQuery(owner: string, batch: readonly WantedBlob[]) {
  const names = batch.map((_, at) => `$n${at}: String!, $o${at}: GitObjectID!`).join(", ");
  const parts = batch.map(
    (_, at) => `r${at}: repository(owner: $owner, name: $n${at}) {
    object(oid: $o${at}) { oid ... on Blob { text isBinary isTruncated } } }`,
  );
  const entries = batch.flatMap(({ repository, oid }, at) => [
    [`n${at}`, repository],
    [`o${at}`, oid],
  ]);
  return {
    query: `query($owner: String!, ${names}) {\n  ${parts.join("\n  ")}\n}`,
    variables: { owner, ...Object.fromEntries(entries) },
  };
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
