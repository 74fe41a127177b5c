import { createHash } from "node:crypto";

import { ConflictError } from "../../base/errors.ts";
import type { RecordStore } from "../../storage/contract.ts";
import { updateRecord } from "../../storage/update.ts";
import type { Claim } from "./claim.ts";

const dayMs = 24 * 3600_000;
/** After this the same person may say again that the same thing is wrong. */
const sameClaimMs = 30 * dayMs;
const mostADay = 10;
/** An owner hears of the same thing at most so often, whoever reports it. */
const ownerPauseMs = 3600_000;

/** Sees to it that nobody can use reports to pester others. */
export interface WrongReports {
  /**
   * Accepts a person's report.
   * @throws ConflictError `wrong-reported` when they said so before, `wrong-too-often` after ten in a day
   */
  accept(claim: Claim, slackUserId: string): Promise<void>;
  /** True when the owner of the claim has not been told of it within the hour. */
  mayTell(claim: Claim): Promise<boolean>;
}

/** Creates it over any backend's records; only hashes of who reported what are kept. */
export function createWrongReports(records: RecordStore, clock: () => number): WrongReports {
  return {
    async accept({ key, fingerprint }, slackUserId) {
      await countOfDay(records, `${slackUserId} ${Math.floor(clock() / dayMs)}`);
      const id = idOf(`${slackUserId} ${key} ${fingerprint}`);
      const options = { ifVersion: 0, ttlMs: sameClaimMs };
      if ((await records.put("wrong-reports", id, true, options)) !== undefined) return;
      throw new ConflictError("wrong-reported", "you have reported this already", {
        hint: "its owner and the people who look after the catalog know",
      });
    },
    async mayTell({ key }) {
      const options = { ifVersion: 0, ttlMs: ownerPauseMs };
      return (await records.put("wrong-told", idOf(key), true, options)) !== undefined;
    },
  };
}

async function countOfDay(records: RecordStore, who: string): Promise<void> {
  await updateRecord<number>(
    records,
    "wrong-days",
    idOf(who),
    (count = 0) => {
      if (count < mostADay) return count + 1;
      throw new ConflictError("wrong-too-often", `you have reported ${mostADay} answers today`, {
        hint: "talk to the people who look after the catalog, or go on tomorrow",
      });
    },
    { ttlMs: 2 * dayMs },
  );
}

function idOf(text: string): string {
  return createHash("sha256").update(text).digest("hex").slice(0, 32);
}
