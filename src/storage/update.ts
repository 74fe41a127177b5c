import { ConflictError } from "../base/errors.ts";
import type { JsonValue } from "../base/json.ts";
import type { RecordStore, StoredRecord } from "./contract.ts";

export interface UpdateOptions {
  /** How often to try against others who write the same record; default 10. */
  attempts?: number;
  /** As in `RecordStore.put`. */
  ttlMs?: number;
}

/**
 * Changes one record by compare-and-set, again and again until nobody wrote in between, so that no change is lost.
 * `change` gets the present value (undefined when there is none) and returns the next one, or undefined to leave it as it is;
 * it may run several times and must not have side effects. What it throws comes through.
 * @returns the record as written, or as found when `change` left it
 * @throws ConflictError `record-busy` when others wrote at every attempt
 */
export async function updateRecord<T extends JsonValue>(
  store: RecordStore,
  collection: string,
  id: string,
  change: (value: T | undefined) => T | undefined,
  { attempts = 10, ttlMs }: UpdateOptions = {},
): Promise<StoredRecord<T> | undefined> {
  for (let attempt = 1; attempt <= attempts; attempt++) {
    const found = await store.get<T>(collection, id);
    const value = change(found?.value);
    if (value === undefined) return found;
    const version = await store.put(collection, id, value, {
      ifVersion: found?.version ?? 0,
      ...(ttlMs === undefined ? {} : { ttlMs }),
    });
    if (version !== undefined) return { id, value, version };
  }
  throw new ConflictError("record-busy", `${collection} ${id} is being changed by others`, {
    hint: "try again in a moment",
  });
}
