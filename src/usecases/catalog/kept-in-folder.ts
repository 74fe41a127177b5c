import { mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";

import { codeOf } from "../../base/errors.ts";
import type { KeptStore } from "./kept-store.ts";

/** Keeps texts as files of one folder, which only this user may read: for one process on one machine. */
export function createFolderStore(folder: string): KeptStore {
  let count = 0;
  return {
    async read(key) {
      try {
        return await readFile(join(folder, key), "utf8");
      } catch (thrown) {
        if (codeOf(thrown) === "ENOENT") return undefined;
        throw thrown;
      }
    },
    async write(key, text) {
      await mkdir(folder, { recursive: true, mode: 0o700 });
      count += 1;
      const draft = join(folder, `${key}.${process.pid}-${count}.tmp`);
      await writeFile(draft, text, { mode: 0o600 });
      await rename(draft, join(folder, key));
    },
    delete: (key) => rm(join(folder, key), { force: true }),
  };
}
