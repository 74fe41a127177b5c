import { createHash } from "node:crypto";
import { promisify } from "node:util";
import { gunzip, gzip } from "node:zlib";

import { isRecord, type JsonValue } from "../../base/json.ts";
import { createPause } from "../../base/pause.ts";
import { fromEntries, type KeptSource, toEntries } from "./kept-source.ts";

/** Texts by key that outlive the process; where several processes share a storage, all of them see them. */
export interface KeptStore {
  read(key: string): Promise<string | undefined>;
  /** A reader sees the old text or the new one, never a part. */
  write(key: string, text: string): Promise<void>;
  delete(key: string): Promise<void>;
}

/** A part of what is kept, stored under a name made of its content. */
interface Bucket {
  digest: string;
  /** Pieces of at most `maxPieceLength`. */
  pieces: number;
}

/** Which buckets make up a kept source. */
export interface Manifest {
  readAtMs: number;
  buckets: Bucket[];
}

const compress = promisify(gzip);
const expand = promisify(gunzip);

/** One changed file rewrites one bucket. */
const entriesPerBucket = 64;
const maxPieceLength = 4 * 1024 * 1024;
/** What a bucket holds when it is unpacked; more is not ours. */
const maxBucketBytes = 512 * 1024 * 1024;

/** A name for a source that fits into file names and ids. */
function storeKeyOf(sourceId: string): string {
  return createHash("sha256").update(sourceId).digest("hex").slice(0, 24);
}

/**
 * Stores a kept source. The manifest comes last, so that whoever reads it finds all buckets, and buckets of the manifest
 * before go after it.
 * @param previous What this process stored or loaded last: its buckets are not written again, unless another process came between.
 */
export async function saveKept(
  store: KeptStore,
  sourceId: string,
  kept: KeptSource,
  previous?: Manifest,
): Promise<Manifest> {
  const key = storeKeyOf(sourceId);
  const before = await readManifest(store, sourceId);
  const isOurs = JSON.stringify(before) === JSON.stringify(previous);
  const known = new Map((isOurs ? before : undefined)?.buckets.map((each) => [each.digest, each]));
  const buckets: Bucket[] = [];
  const pause = createPause();
  for (const texts of await toBuckets(kept)) {
    await pause();
    const text = `[${texts.join(",\n")}]`;
    const digest = createHash("sha256").update(text).digest("hex").slice(0, 32);
    buckets.push(known.get(digest) ?? (await writeBucket(store, key, digest, text)));
  }
  const manifest = { readAtMs: kept.readAtMs, buckets };
  await store.write(key, JSON.stringify(manifest));
  const present = new Set(buckets.map(({ digest }) => digest));
  for (const { digest, pieces } of before?.buckets ?? []) {
    if (present.has(digest)) continue;
    for (const piece of pieceKeys(key, digest, pieces)) await store.delete(piece);
  }
  return manifest;
}

/** Texts of entries by bucket; an entry's group decides where it goes. */
async function toBuckets(kept: KeptSource): Promise<string[][]> {
  const size = kept.files.length + kept.related.length + kept.memory.size;
  const count = 2 ** Math.max(0, Math.ceil(Math.log2(size / entriesPerBucket || 1)));
  const buckets: string[][] = Array.from({ length: count }, () => []);
  const pause = createPause();
  for (const { group, value } of toEntries(kept)) {
    await pause();
    const hash = createHash("sha256").update(group).digest().readUInt32BE();
    buckets[hash % count]?.push(JSON.stringify(value));
  }
  return buckets.filter((texts) => texts.length > 0);
}

async function writeBucket(
  store: KeptStore,
  key: string,
  digest: string,
  text: string,
): Promise<Bucket> {
  const packed = (await compress(text)).toString("base64");
  const pieces = Math.ceil(packed.length / maxPieceLength);
  for (const [at, piece] of pieceKeys(key, digest, pieces).entries()) {
    await store.write(piece, packed.slice(at * maxPieceLength, (at + 1) * maxPieceLength));
  }
  return { digest, pieces };
}

function pieceKeys(key: string, digest: string, pieces: number): string[] {
  return Array.from({ length: pieces }, (_, at) => `${key}-${digest}-${at}`);
}

/** What is stored of a source; undefined when nothing is, or nothing that can be understood. */
export async function readManifest(
  store: KeptStore,
  sourceId: string,
): Promise<Manifest | undefined> {
  const text = await store.read(storeKeyOf(sourceId));
  const value = text === undefined ? undefined : parseJson(text);
  return isManifest(value) ? value : undefined;
}

/** Entries of buckets that were read before, by digest: those that have not changed are not read again. */
export type BucketCache = Map<string, JsonValue[]>;

/**
 * Reads what is stored of a source. `cache` is brought up to date.
 * @returns undefined when a bucket is missing or damaged: somebody is just storing, or the disk lost something.
 */
export async function loadKept(
  store: KeptStore,
  sourceId: string,
  manifest: Manifest,
  cache: BucketCache = new Map(),
): Promise<KeptSource | undefined> {
  const pause = createPause();
  const entries: JsonValue[] = [];
  for (const bucket of manifest.buckets) {
    const found = cache.get(bucket.digest) ?? (await readBucket(store, sourceId, bucket));
    if (found === undefined) return undefined;
    cache.set(bucket.digest, found);
    for (const entry of found) entries.push(entry);
    await pause();
  }
  const present = new Set(manifest.buckets.map(({ digest }) => digest));
  for (const digest of cache.keys()) if (!present.has(digest)) cache.delete(digest);
  return fromEntries(entries, manifest.readAtMs);
}

async function readBucket(
  store: KeptStore,
  sourceId: string,
  { digest, pieces }: Bucket,
): Promise<JsonValue[] | undefined> {
  const keys = pieceKeys(storeKeyOf(sourceId), digest, pieces);
  const texts = await Promise.all(keys.map((key) => store.read(key)));
  if (texts.includes(undefined)) return undefined;
  const packed = Buffer.from(texts.join(""), "base64");
  const text = await expand(packed, { maxOutputLength: maxBucketBytes }).catch(() => undefined);
  const found = createHash("sha256")
    .update(text ?? "")
    .digest("hex");
  if (text === undefined || !found.startsWith(digest)) return undefined;
  const value = parseJson(text.toString("utf8"));
  return Array.isArray(value) ? value : undefined;
}

function isManifest(value: JsonValue | undefined): value is JsonValue & Manifest {
  if (!isRecord(value) || typeof value["readAtMs"] !== "number") return false;
  const { buckets } = value;
  return Array.isArray(buckets) && buckets.every(isBucket);
}

function isBucket(value: unknown): value is Bucket {
  if (!isRecord(value)) return false;
  const { digest, pieces } = value;
  return typeof digest === "string" && Number.isInteger(pieces) && Number(pieces) < 1000;
}

function parseJson(text: string): JsonValue | undefined {
  try {
    const value: JsonValue = JSON.parse(text);
    return value;
  } catch {
    return undefined;
  }
}
