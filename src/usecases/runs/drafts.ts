import type { JsonValue } from "../../base/json.ts";
import type { RecordStore } from "../../storage/contract.ts";
import type { Draft, DraftService } from "../services.ts";

const collection = "drafts";
/** Which draft a person left last, by person and template. */
const lastDrafts = "last-drafts";
const draftTtlMs = 24 * 3600_000;

/** Half-filled forms, kept for a day so that a restart or a closed modal loses nothing. */
export function createDraftService(records: RecordStore): DraftService {
  async function load(id: string): Promise<Draft | undefined> {
    const stored = await records.get(collection, id);
    if (stored === undefined) return undefined;
    const draft: Draft = JSON.parse(JSON.stringify(stored.value));
    return draft;
  }
  return {
    load,
    async save(draft) {
      const value: JsonValue = JSON.parse(JSON.stringify(draft));
      await records.put(collection, draft.id, value, { ttlMs: draftTtlMs });
      if (!isWorthKeeping(draft)) return;
      await records.put(lastDrafts, ownerOf(draft), draft.id, { ttlMs: draftTtlMs });
    },
    async delete(id) {
      await records.delete(collection, id);
    },
    async latest(slackUserId, templateRef) {
      const stored = await records.get(lastDrafts, ownerOf({ slackUserId, templateRef }));
      return typeof stored?.value === "string" ? load(stored.value) : undefined;
    },
    // the draft itself stays: sending the same form again is the same run
    settle: async (draft) => void (await records.delete(lastDrafts, ownerOf(draft))),
  };
}

/** A form that nobody typed into, or that only asks for secrets again, is not offered. */
function isWorthKeeping({ values, retryOf }: Draft): boolean {
  return retryOf === undefined && Object.keys(values).length > 0;
}

function ownerOf({ slackUserId, templateRef }: Pick<Draft, "slackUserId" | "templateRef">): string {
  return `${slackUserId}/${templateRef}`;
}
