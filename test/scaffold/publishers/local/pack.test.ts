import { execFileSync } from "node:child_process";
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { expect, test } from "@jest/globals";

import {
  buildPack,
  storePack,
  type GitObject,
} from "../../../../src/scaffold/publishers/local/pack.ts";
import { fc } from "../../../helpers/properties.ts";

/** A folder and git in it. */
async function withFolder(
  work: (folder: string, git: (args: string[], input?: Buffer) => Buffer) => Promise<void>,
): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "callboard-pack-"));
  try {
    await work(folder, (args, input) => execFileSync("git", args, { cwd: folder, input }));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function asBlobs(contents: readonly Buffer[]): GitObject[] {
  return contents.map((content) => ({ type: "blob", content }));
}

/** Lengths around the places where the header of an object grows by a byte. */
const lengths = [0, 1, 15, 16, 17, 2_047, 2_048, 2_049, 262_143, 262_144, 300_000];

test("git makes the same index of a pack, byte by byte", async () => {
  const contents = lengths.map((length) => Buffer.alloc(length, `${length} grüße\n`));
  await withFolder(async (folder, git) => {
    const { pack, index } = await buildPack(asBlobs(contents));
    await writeFile(join(folder, "given.pack"), pack);

    git(["index-pack", "--strict", "--index-version=2", "-o", "made.idx", "given.pack"]);

    expect(git(["show-index"], index).toString()).toBe(
      git(["show-index"], await readFile(join(folder, "made.idx"))).toString(),
    );
    expect(index.equals(await readFile(join(folder, "made.idx")))).toBe(true);
  });
});

test("what was packed comes out of the repository as it went in, whatever its bytes", async () => {
  const content = fc
    .uint8Array({ maxLength: 5_000, size: "max" })
    .map((bytes) => Buffer.from(bytes));
  await fc.assert(
    fc.asyncProperty(fc.array(content, { minLength: 1, maxLength: 40 }), async (contents) => {
      await withFolder(async (folder, git) => {
        git(["init", "--quiet", "--bare"]);
        const pack = await buildPack(asBlobs(contents));
        await storePack(folder, pack);

        const batch = git(["cat-file", "--batch"], Buffer.from(pack.oids.join("\n")));

        const expected = contents.flatMap((one, index) => [
          Buffer.from(`${pack.oids[index]} blob ${one.length}\n`),
          one,
          Buffer.from("\n"),
        ]);
        expect(batch.equals(Buffer.concat(expected))).toBe(true);
      });
    }),
    { numRuns: 10 },
  );
});

test("the same content is packed once", async () => {
  const { oids, pack } = await buildPack(
    asBlobs([Buffer.from("a\n"), Buffer.from("b\n"), Buffer.from("a\n")]),
  );

  expect(oids[0]).toBe("78981922613b2afb6025042ff6bd878ac1994e85");
  expect(oids[2]).toBe(oids[0]);
  expect(pack.readUInt32BE(8)).toBe(2);
});

test("storing a pack again changes nothing and leaves nothing beside it", async () => {
  await withFolder(async (folder) => {
    await mkdir(join(folder, "objects"));
    const pack = await buildPack(asBlobs([Buffer.from("a\n")]));

    await storePack(folder, pack);
    await storePack(folder, await buildPack(asBlobs([Buffer.from("a\n")])));

    const names = await readdir(join(folder, "objects", "pack"));
    expect(names.toSorted()).toEqual([`${pack.name}.idx`, `${pack.name}.pack`]);
  });
});
