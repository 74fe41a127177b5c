import { createHash, randomUUID } from "node:crypto";
import { mkdir, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { crc32, deflate as deflateWithCallback, deflateSync } from "node:zlib";

import { createPause } from "../../../base/pause.ts";

/** What git stores. */
export interface GitObject {
  type: "commit" | "tree" | "blob";
  content: Buffer;
}

/** A pack of objects and its index, as git keeps them: two files in place of one for each object. */
export interface Pack {
  /** Without ending: `pack-<checksum>`. */
  name: string;
  pack: Buffer;
  index: Buffer;
  /** Ids of the objects that were given, in their order: forty hexadecimal digits each. */
  oids: string[];
}

interface PackedObject {
  id: Buffer;
  /** Header and compressed content. */
  data: Buffer;
}

const deflate = promisify(deflateWithCallback);
/** What is smaller is compressed sooner than handed to a thread. */
const smallBytes = 65_536;
/** Git's numbers in the header of an object. */
const typeNumbers = { commit: 1, tree: 2, blob: 3 };

/** The id of an object: twenty bytes. */
export function objectId({ type, content }: GitObject): Buffer {
  return createHash("sha1").update(`${type} ${content.length}\0`).update(content).digest();
}

/**
 * Packs objects; the same one twice is packed once. isomorphic-git's `packObjects` wants every object as a file of
 * its own first, which is what a pack is to avoid.
 * @see https://git-scm.com/docs/gitformat-pack
 */
export async function buildPack(given: readonly GitObject[]): Promise<Pack> {
  const byId = new Map<string, GitObject & { id: Buffer }>();
  const oids = given.map((object) => {
    const id = objectId(object);
    const oid = id.toString("hex");
    byId.set(oid, { ...object, id });
    return oid;
  });
  const objects: PackedObject[] = [];
  const pause = createPause();
  for (const { id, type, content } of byId.values()) {
    await pause();
    const compressed = content.length < smallBytes ? deflateSync(content) : await deflate(content);
    const header = objectHeader(typeNumbers[type], content.length);
    objects.push({ id, data: Buffer.concat([header, compressed]) });
  }
  const body = Buffer.concat([
    Buffer.from("PACK"),
    uint32(2),
    uint32(objects.length),
    ...objects.map(({ data }) => data),
  ]);
  const checksum = sha1(body);
  return {
    name: `pack-${checksum.toString("hex")}`,
    pack: Buffer.concat([body, checksum]),
    index: renderIndex(objects, checksum),
    oids,
  };
}

/** Puts a pack into a repository. Whoever reads it meanwhile sees all of it or nothing: git looks for indexes only. */
export async function storePack(gitdir: string, { name, pack, index }: Pack): Promise<void> {
  const folder = join(gitdir, "objects", "pack");
  await mkdir(folder, { recursive: true });
  await writeWhole(join(folder, `${name}.pack`), pack);
  await writeWhole(join(folder, `${name}.idx`), index);
}

async function writeWhole(file: string, content: Buffer): Promise<void> {
  const draft = `${file}.${randomUUID()}`;
  try {
    await writeFile(draft, content, { mode: 0o444 });
    await rename(draft, file);
  } catch (thrown) {
    await rm(draft, { force: true });
    throw thrown;
  }
}

/** Type and length: four bits of the length first, then seven in each byte, the lowest first. */
function objectHeader(type: number, length: number): Buffer {
  const bytes: number[] = [];
  let byte = (type << 4) | (length & 0x0f);
  for (let left = length >>> 4; left > 0; left >>>= 7) {
    bytes.push(byte | 0x80);
    byte = left & 0x7f;
  }
  return Buffer.from([...bytes, byte]);
}

/** Version 2: how many ids begin with each byte or a smaller one, the ids in order, their checksums, their places in the pack. */
function renderIndex(objects: readonly PackedObject[], packChecksum: Buffer): Buffer {
  let place = 12;
  const placed = objects.map((object) => {
    const at = place;
    place += object.data.length;
    return { ...object, at };
  });
  const sorted = placed.toSorted((a, b) => a.id.compare(b.id));
  const beginning = new Uint32Array(256);
  for (const { id } of sorted) {
    const first = id[0] ?? 0;
    beginning[first] = (beginning[first] ?? 0) + 1;
  }
  let upTo = 0;
  const fanout = [...beginning].map((count) => uint32((upTo += count)));
  const body = Buffer.concat([
    Buffer.from([0xff, 0x74, 0x4f, 0x63]),
    uint32(2),
    ...fanout,
    ...sorted.map(({ id }) => id),
    ...sorted.map(({ data }) => uint32(crc32(data))),
    ...sorted.map(({ at }) => uint32(at)),
    packChecksum,
  ]);
  return Buffer.concat([body, sha1(body)]);
}

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}

function sha1(data: Buffer): Buffer {
  return createHash("sha1").update(data).digest();
}
