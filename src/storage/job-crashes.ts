import type { DriverJob } from "./job-driver.ts";

/**
 * How often in a row a job's worker has died, or lost touch with the queue, since the job last got further. The death of a process
 * counts for every job that it had in work, whichever was to blame.
 */
export function crashesOf(raw: Pick<DriverJob, "stalledCounter" | "progress">): number {
  return raw.stalledCounter - forgivenOf(raw.progress);
}

/** From now on the crashes so far do not count. Costs nothing while no worker has died. */
export async function forgiveCrashes(
  raw: Pick<DriverJob, "stalledCounter" | "progress" | "updateProgress">,
): Promise<void> {
  if (crashesOf(raw) > 0) await raw.updateProgress({ forgiven: raw.stalledCounter });
}

function forgivenOf(progress: unknown): number {
  if (typeof progress !== "object" || progress === null || !("forgiven" in progress)) return 0;
  return typeof progress.forgiven === "number" ? progress.forgiven : 0;
}

/**
 * The one place in a worker for a job that may be what its workers died of: of two such jobs at the same time nobody could tell which
 * it is, and the death of one would count for the other.
 */
export interface SuspectPlace {
  /** False while another attempt has it. */
  take(token: string): boolean;
  /** Does nothing for one that does not have it. */
  leave(token: string): void;
}

/** An empty one. */
export function createSuspectPlace(): SuspectPlace {
  let holder: string | undefined;
  return {
    take(token) {
      holder ??= token;
      return holder === token;
    },
    leave(token) {
      if (holder === token) holder = undefined;
    },
  };
}
