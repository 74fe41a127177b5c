import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { CallboardError } from "../../base/errors.ts";
import type { FetchSource } from "../../scaffold/fetching/contract.ts";

/** Stand-ins for what a template copies from and is not here. */
export interface SampleSources extends FetchSource {
  /** What was asked for and is not here, as the template names it. */
  missing: ReadonlySet<string>;
  close(): Promise<void>;
}

/**
 * Lets templates be judged by themselves: a path that is not there counts as a folder with a README, and a repository
 * elsewhere as one with a catalog file beside it, which is what templates expect to find.
 */
export async function createSampleSources(source: FetchSource): Promise<SampleSources> {
  const folder = await mkdtemp(join(tmpdir(), "callboard-sample-"));
  const skeleton = join(folder, "skeleton");
  const repository = join(folder, "repository");
  for (const each of [skeleton, repository]) {
    await mkdir(each);
    await writeFile(join(each, "README.md"), "# Ledger\n");
  }
  await writeFile(join(repository, "catalog-info.yaml"), sampleCatalogFile);
  const missing = new Set<string>();
  return {
    missing,
    async fetch(url, base, signal) {
      try {
        return await source.fetch(url, base, signal);
      } catch (thrown) {
        const code = thrown instanceof CallboardError ? thrown.code : "";
        if (!["fetch-not-found", "fetch-url-unsupported"].includes(code)) throw thrown;
        missing.add(url);
        return fetchedInstead(code === "fetch-not-found" ? skeleton : repository, url);
      }
    },
    close: () => rm(folder, { recursive: true, force: true }),
  };
}

/** A page that shows one file (`…/blob/main/x.yaml`, a raw address) is a file. */
function fetchedInstead(folder: string, url: string): Awaited<ReturnType<FetchSource["fetch"]>> {
  // …/blob/… or a host of raw files, and a name with an ending
  const isFile = /(?:\/blob\/|^https:\/\/raw\.)[^?#]*\.[a-z]{1,5}$/i.test(url);
  return isFile
    ? { path: join(folder, "catalog-info.yaml"), isFolder: false }
    : { path: folder, isFolder: true };
}

const sampleCatalogFile = `apiVersion: backstage.io/v1alpha1
kind: Component
metadata:
  name: ledger
  annotations: {}
spec:
  type: service
  lifecycle: production
  owner: group:default/team-ledger
`;
