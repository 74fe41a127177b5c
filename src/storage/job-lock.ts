import { toError } from "../base/errors.ts";
import type { DriverJob } from "./job-driver.ts";

/** Renewals in the time that a lock lasts: one that fails leaves room for another. */
const renewalsPerLock = 3;

/** What comes of renewing. */
export interface LockEvents {
  /** The lock ran out, and nothing renews it any more: another worker may have the job. */
  onLost: () => void;
  /** The server did not answer; it is asked again. */
  onError: (error: Error) => void;
}

/**
 * Renews the lock of one attempt until the returned function is called. BullMQ does that by the job's id alone: where a worker takes
 * a job again before its last attempt has ended, the end of the old attempt would leave the new one without renewals.
 */
export function keepLock(
  raw: Pick<DriverJob, "extendLock">,
  token: string,
  lockDurationMs: number,
  { onLost, onError }: LockEvents,
): () => void {
  let isKept = true;
  let timer: NodeJS.Timeout | undefined;
  const renewLater = (): void => {
    timer = setTimeout(() => void renew(), lockDurationMs / renewalsPerLock);
  };
  const renew = async (): Promise<void> => {
    try {
      const isRenewed = (await raw.extendLock(token, lockDurationMs)) > 0;
      if (!isKept) return;
      if (isRenewed) renewLater();
      else onLost();
    } catch (thrown) {
      if (!isKept) return;
      onError(toError(thrown));
      renewLater();
    }
  };
  renewLater();
  return () => {
    isKept = false;
    clearTimeout(timer);
  };
}
