import { toError } from "../../base/errors.ts";
import type { Logger } from "../../base/logger.ts";
import type { RecordStore } from "../../storage/contract.ts";
import { createLease } from "../catalog/lease.ts";
import type { DigestChannels } from "./digest-channels.ts";
import { type DigestTime, dueWeek } from "./digest-week.ts";
import type { TeamDigest } from "./team-digest.ts";

export interface DigestOptions {
  records: RecordStore;
  logger: Logger;
  clock: () => number;
  time: DigestTime;
  channels: DigestChannels;
  /** This process, among those that share the records. */
  owner: string;
  /** What there is to tell now. */
  digests: () => Promise<TeamDigest[]>;
  /** Posts one; gives the id of the channel it went to. */
  send: (digest: TeamDigest) => Promise<string>;
}

/** Sends the digests once a week, whichever process is there. */
export interface DigestSchedule {
  /** Sends what is due now; at most once for each team and week, whatever happens in between. */
  tick(): Promise<void>;
  /** Looks every few minutes. */
  start(): void;
  /** Ends after the digest that is being sent. */
  close(): Promise<void>;
}

const tickMs = 5 * 60_000;
const leaseMs = 2 * 60_000;
const keptMs = 30 * 24 * 3600_000;

/** Creates the schedule; nothing is sent before `start` or `tick`. */
export function createDigestSchedule(options: DigestOptions): DigestSchedule {
  const { records, logger, clock, time, owner } = options;
  const lease = createLease(records, { name: "digest", owner, ttlMs: leaseMs });
  let isClosing = false;
  let working: Promise<void> = Promise.resolve();
  let timer: NodeJS.Timeout | undefined;
  const work = async (): Promise<void> => {
    const week = dueWeek(clock(), time);
    if (week === undefined || isClosing) return;
    if ((await records.get("digest-weeks", week)) !== undefined) return;
    if (!(await lease.isOurs())) return;
    for (const digest of await options.digests()) {
      // whoever lost the right leaves the rest to who has it
      if (isClosing || !(await lease.isOurs())) return;
      await sendOnce(week, digest, options);
    }
    await records.put("digest-weeks", week, true, { ttlMs: keptMs });
    await lease.release();
  };
  const tick = async (): Promise<void> => {
    working = working.then(work).catch((thrown: unknown) => {
      logger.warn({ error: toError(thrown).message }, "digests not sent");
    });
    await working;
  };
  return {
    tick,
    start() {
      timer = setInterval(() => void tick(), tickMs);
      timer.unref();
      void tick();
    },
    async close() {
      isClosing = true;
      clearInterval(timer);
      await working;
      await lease.release().catch(() => undefined);
    },
  };
}

/** The marker is written first: a digest that a crash swallows is not missed, one that comes twice annoys a channel. */
async function sendOnce(
  week: string,
  digest: TeamDigest,
  { records, channels, logger, send }: DigestOptions,
): Promise<void> {
  const { team, channel } = digest;
  if (!(await channels.isOn(channel))) return;
  const marker = { ifVersion: 0, ttlMs: keptMs };
  if ((await records.put("digest-sent", `${week} ${team.ref}`, true, marker)) === undefined) return;
  try {
    await channels.learn(channel, await send(digest));
  } catch (thrown) {
    logger.warn({ team: team.ref, error: toError(thrown).message }, "digest not sent");
  }
}
