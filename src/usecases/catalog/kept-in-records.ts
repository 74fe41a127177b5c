import type { RecordStore } from "../../storage/contract.ts";
import type { KeptStore } from "./kept-store.ts";

const collection = "catalog-cache";

/** Keeps texts in the storage that several processes share. */
export function createRecordsStore(records: RecordStore): KeptStore {
  return {
    read: async (key) => (await records.get<string>(collection, key))?.value,
    write: async (key, text) => void (await records.put(collection, key, text)),
    delete: async (key) => void (await records.delete(collection, key)),
  };
}
