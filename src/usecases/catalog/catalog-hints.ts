import { randomUUID } from "node:crypto";

import { isRecord, type JsonObject, toJsonObject } from "../../base/json.ts";
import type { GithubHint } from "../../catalog/sources/github.ts";
import type { RecordStore } from "../../storage/contract.ts";

/** Something that changed on GitHub, as a webhook told it to some process. */
export type CatalogHint = GithubHint;

/** Carries hints from the process that heard of a change to the one that reads. */
export interface CatalogHints {
  add(hint: CatalogHint): Promise<void>;
  /** Those that nobody took before, oldest first. */
  take(): Promise<CatalogHint[]>;
}

const collection = "catalog-hints";
/** A listing has told of the change by then. */
const ttlMs = 3_600_000;
const pageSize = 200;

/** Creates the carrier over records that all processes share. */
export function createCatalogHints(records: RecordStore, clock: () => number): CatalogHints {
  return {
    async add(hint) {
      const id = `${String(clock()).padStart(15, "0")}-${randomUUID()}`;
      await records.put(collection, id, toJsonObject(hint), { ttlMs });
    },
    async take() {
      const taken: CatalogHint[] = [];
      for (const { id, value } of await records.list<JsonObject>(collection, { limit: pageSize })) {
        const isOurs = await records.delete(collection, id);
        if (isOurs && isHint(value)) taken.push(value);
      }
      return taken;
    },
  };
}

function isHint(value: unknown): value is JsonObject & CatalogHint {
  if (!isRecord(value) || typeof value["owner"] !== "string") return false;
  const { repository } = value;
  return (
    repository === undefined || (isRecord(repository) && typeof repository["nodeId"] === "string")
  );
}
