import type { JsonValue } from "../../base/json.ts";
import type { RecordStore } from "../../storage/contract.ts";
import type { Draft, DraftService } from "../services.ts";

const collection = "drafts";
const draftTtlMs = 24 * 3600_000;

/** Half-filled forms, kept for a day so that a restart or a closed modal loses nothing. */
export function createDraftService(records: RecordStore): DraftService {
  return {
    async save(draft) {
      const value: JsonValue = JSON.parse(JSON.stringify(draft));
      await records.put(collection, draft.id, value, { ttlMs: draftTtlMs });
    },
    async load(id) {
      const stored = await records.get(collection, id);
      if (stored === undefined) return undefined;
      const draft: Draft = JSON.parse(JSON.stringify(stored.value));
      return draft;
    },
    async delete(id) {
      await records.delete(collection, id);
    },
  };
}
