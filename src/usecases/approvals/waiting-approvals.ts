import type { OpenRun } from "../runs/open-runs.ts";
import type { RunRecord } from "../runs/run-record.ts";
import type { RunStore } from "../runs/run-store.ts";
import { type Approval, type Approver, isSamePerson, mayApprove } from "./approval.ts";

/** More open runs than this are not looked through for one person's Home tab. */
const mostLookedAt = 300;

/** Runs that wait for this person to approve them, the oldest first. */
export async function listWaitingFor(
  person: Approver,
  runs: Pick<RunStore, "listOpen" | "get">,
): Promise<RunRecord[]> {
  if (person.groups.size === 0) return [];
  // that a run is parked may not have been noted: such ones come last
  const open = (await runs.listOpen()).toSorted(
    (a, b) => Number(isParked(b)) - Number(isParked(a)),
  );
  const found = await Promise.all(
    open.slice(0, mostLookedAt).map(async ({ id }) => await runs.get(id)),
  );
  return found
    .filter((run) => run !== undefined)
    .filter((run) => openApproval(run, person) !== undefined)
    .toSorted((a, b) => a.createdAtMs - b.createdAtMs);
}

function isParked({ wakeAtMs }: OpenRun): boolean {
  return wakeAtMs !== undefined;
}

/** The question that this person may answer and has not answered yet. */
function openApproval(run: RunRecord, person: Approver): Approval | undefined {
  return run.approvals?.findLast(
    (each) =>
      each.status === "pending" &&
      mayApprove(each, person, run.requester) &&
      !each.decisions.some((decision) => isSamePerson(decision.by, person)),
  );
}
