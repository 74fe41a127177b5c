import { cp, mkdtemp, readFile, rename, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";

import { silentLogger } from "../../src/base/logger.ts";
import { openStorage } from "../../src/storage/open.ts";

const modules = path.join(path.dirname(fileURLToPath(import.meta.url)), "../../node_modules");

/**
 * A new data folder whose embedded database is made already: a copy of one that is kept in `node_modules/.cache`, because
 * making a database takes seconds of CPU. Remove it when the test is done, after closing what uses it.
 */
export async function newDataDir(): Promise<string> {
  const template = await findTemplate();
  const dataDir = await mkdtemp(path.join(tmpdir(), "callboard-data-"));
  await cp(template, dataDir, { recursive: true });
  return dataDir;
}

async function findTemplate(): Promise<string> {
  const versions = await Promise.all(
    ["@electric-sql/pglite", "bullmq"].map(async (name) => {
      const text = await readFile(path.join(modules, name, "package.json"), "utf8");
      return String(/"version": "([^"]+)"/.exec(text)?.[1]);
    }),
  );
  const template = path.join(modules, ".cache", `callboard-embedded-${versions.join("-")}`);
  if (await isThere(template)) return template;
  const draft = `${template}.${process.pid}`;
  const storage = await openStorage({ dataDir: draft, logger: silentLogger });
  await storage.close();
  try {
    await rename(draft, template);
  } catch (thrown) {
    // another test process was faster
    await rm(draft, { recursive: true, force: true });
    if (!(await isThere(template))) throw thrown;
  }
  return template;
}

async function isThere(folder: string): Promise<boolean> {
  return stat(folder).then(
    () => true,
    () => false,
  );
}
