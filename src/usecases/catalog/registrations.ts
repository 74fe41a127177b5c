import { createHash } from "node:crypto";

import type { CatalogSource, SourceFile } from "../../catalog/sources/contract.ts";
import type { RecordStore } from "../../storage/contract.ts";
import { updateRecord } from "../../storage/update.ts";

const files = "registered-files";
const meta = "meta";
const versionId = "registrations";
const pageSize = 200;

/** Catalog files that runs registered: kept in storage, read as one more source. */
export interface Registrations extends CatalogSource {
  /** Keeps a file for good; the same URL again replaces it. */
  add(url: string, text: string): Promise<void>;
  remove(url: string): Promise<void>;
  /** Grows with each change, in whatever process it was made. */
  version(): Promise<number>;
}

/** Creates the source over any backend's records. */
export function createRegistrations(records: RecordStore): Registrations {
  const bump = async (): Promise<void> =>
    void (await updateRecord<number>(records, meta, versionId, (version) => (version ?? 0) + 1));
  return {
    id: "registered",
    async read() {
      return { files: await readAll(records), diagnostics: [] };
    },
    // a registered file stands alone: what it points to relatively lives in its repository
    readRelated: async () => undefined,
    async add(url, text) {
      await records.put(files, idOf(url), { url, text });
      await bump();
    },
    async remove(url) {
      await records.delete(files, idOf(url));
      await bump();
    },
    async version() {
      return (await records.get<number>(meta, versionId))?.value ?? 0;
    },
  };
}

function idOf(url: string): string {
  return createHash("sha256").update(url).digest("hex");
}

async function readAll(records: RecordStore): Promise<SourceFile[]> {
  const found: SourceFile[] = [];
  let afterId: string | undefined;
  for (;;) {
    const page = await records.list<{ url: string; text: string }>(files, {
      limit: pageSize,
      ...(afterId === undefined ? {} : { afterId }),
    });
    found.push(
      ...page.map(({ value }) => ({ file: value.url, base: value.url, text: value.text })),
    );
    afterId = page.at(-1)?.id;
    if (page.length < pageSize || afterId === undefined) return found;
  }
}
