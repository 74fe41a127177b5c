import { UpstreamError } from "../base/errors.ts";
import type { RecordStore } from "./contract.ts";
import { withDeadline, type BackendName } from "./failure.ts";

/** A ping must have answered by then. */
const pingTimeoutMs = 2_000;
/** Ping's record goes away by itself. */
const pingTtlMs = 60_000;

/** Writes a record and reads it back. @throws UpstreamError when that fails or takes longer than two seconds. */
export async function pingRecords(records: RecordStore, name: BackendName): Promise<void> {
  const id = `ping-${process.pid}`;
  const roundTrip = async (): Promise<void> => {
    const version = await records.put("callboard-ping", id, true, { ttlMs: pingTtlMs });
    const stored = await records.get("callboard-ping", id);
    if (version === undefined || stored === undefined) {
      throw new UpstreamError("storage-unavailable", `${name.label} lost what was just written`, {
        hint: name.hint,
        isRetryable: true,
      });
    }
  };
  await withDeadline(roundTrip(), pingTimeoutMs, name);
}
