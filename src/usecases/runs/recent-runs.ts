import type { RecordStore } from "../../storage/contract.ts";
import { updateRecord } from "../../storage/update.ts";
import type { RunService } from "../services.ts";
import type { RunRecord } from "./run-record.ts";

const collection = "recent-runs";
/** As long as finished runs themselves are kept. */
const ttlMs = 90 * 24 * 3600_000;
const mostKept = 20;

/** A run service that remembers each person's last runs. */
export function withRecentRuns(service: RunService, records: RecordStore): RunService {
  return {
    ...service,
    async start(request) {
      const run = await service.start(request);
      const { slackUserId } = request.requester;
      // the run is accepted: a list that lacks it is no reason to say otherwise
      if (slackUserId !== undefined)
        await remember(records, slackUserId, run.id).catch(() => undefined);
      return run;
    },
    async recent(slackUserId, limit) {
      const stored = await records.get<string[]>(collection, slackUserId);
      const ids = (stored?.value ?? []).slice(0, limit);
      const runs = await Promise.all(ids.map(async (id) => await service.get(id)));
      return runs.filter((run): run is RunRecord => run !== undefined);
    },
  };
}

/** Newest first; the same run again stays where it is. */
async function remember(records: RecordStore, slackUserId: string, runId: string): Promise<void> {
  await updateRecord<string[]>(
    records,
    collection,
    slackUserId,
    (ids = []) => (ids.includes(runId) ? undefined : [runId, ...ids].slice(0, mostKept)),
    { ttlMs },
  );
}
