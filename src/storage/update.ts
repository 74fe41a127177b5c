import { ConflictError } from "../base/errors.ts";
import type { JsonValue } from "../base/json.ts";
import type { RecordStore, StoredRecord } from "./contract.ts";

export interface UpdateOptions<T extends JsonValue = JsonValue> {
  /** How often to try against others who write the same record; default 10. */
  attempts?: number;
  /** As in `RecordStore.put`. */
  ttlMs?: number;
  /** The record as its caller saw it last: the first attempt begins with it in place of a reading. */
  known?: StoredRecord<T>;
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
  { attempts = 10, ttlMs, known }: UpdateOptions<T> = {},
): Promise<StoredRecord<T> | undefined> {
  const put = async (found: StoredRecord<T> | undefined, value: T) => {
    const ifVersion = found?.version ?? 0;
    const times = ttlMs === undefined ? {} : { ttlMs };
    const version = await store.put(collection, id, value, { ifVersion, ...times });
    return version === undefined ? undefined : { id, value, version };
  };
  let left = attempts;
  if (known !== undefined) {
    left -= 1;
    const value = unlessRefused(change, known.value);
    const written = value === undefined ? undefined : await put(known, value);
    if (written !== undefined) return written;
  }
  for (; left > 0; left -= 1) {
    const found = await store.get<T>(collection, id);
    const value = change(found?.value);
    if (value === undefined) return found;
    const written = await put(found, value);
    if (written !== undefined) return written;
  }
  throw new ConflictError("record-busy", `${collection} ${id} is being changed by others`, {
    hint: "try again in a moment",
  });
}

/** What is known may be old, so a refusal of it means nothing yet. */
function unlessRefused<T>(change: (value: T) => T | undefined, value: T): T | undefined {
  try {
    return change(value);
  } catch {
    return undefined;
  }
}
