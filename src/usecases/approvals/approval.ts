import { ConflictError, ForbiddenError } from "../../base/errors.ts";
import type { ApprovalRequirement } from "../../scaffold/model.ts";
import type { RunRequester } from "../runs/run-requester.ts";

/** What one person said. */
export interface ApprovalDecision {
  by: RunRequester;
  atMs: number;
  verdict: "approve" | "reject";
  /** Why it was rejected. */
  reason?: string;
}

/**
 * A question to approvers, as stored with its run. `void`: the template had changed when all had approved, so that it was asked
 * again. `cancelled`: the run ended before anybody decided.
 */
export interface Approval {
  /** From 1, in the order of asking; unique in its run. */
  number: number;
  /** The step that waits for it; absent: the run as a whole. */
  stepId?: string;
  requirement: ApprovalRequirement;
  /** The groups' names for people. */
  titles: string[];
  /** Where it is asked: a channel's id or `#name`; absent: in the thread of the run. */
  channel?: string;
  /** The run's `retries` when it was asked: a retry asks again. */
  attempt: number;
  /** What was approved: a hash of the template with the files that its steps copy. */
  templateHash: string;
  status: "pending" | "approved" | "rejected" | "expired" | "cancelled" | "void";
  decisions: ApprovalDecision[];
  askedAtMs: number;
  expiresAtMs: number;
  /** Where it was asked. `isIntended` is set before it is sent, so that a crash in between is noticed. */
  message?: { channel?: string; ts?: string; isIntended?: boolean };
  remindedAtMs?: number;
}

/** Who decides, with the groups they are in, directly or through groups below. */
export interface Approver extends RunRequester {
  groups: ReadonlySet<string>;
}

/** A new question. */
export function askFor(
  requirement: ApprovalRequirement,
  about: Pick<Approval, "number" | "templateHash" | "attempt" | "stepId" | "titles" | "channel">,
  nowMs: number,
): Approval {
  return {
    ...about,
    requirement,
    status: "pending",
    decisions: [],
    askedAtMs: nowMs,
    expiresAtMs: nowMs + requirement.expiresMs,
  };
}

/**
 * The approval with one more decision. Pure; the caller stores it by compare-and-set, so that of many clicks each counts once.
 * @throws ConflictError `approval-over`, `approval-expired`, `approval-given`; ForbiddenError `approval-own-run`,
 * `approval-not-yours`
 */
export function decideApproval(
  approval: Approval,
  decision: Omit<ApprovalDecision, "by"> & { by: Approver },
  requester: RunRequester,
): Approval {
  const { by, atMs } = decision;
  assertOpen(approval, atMs);
  if (isSamePerson(by, requester)) {
    throw new ForbiddenError(
      "approval-own-run",
      "nobody can approve what they asked for themselves",
      {
        hint: "somebody else of the approvers has to look at it",
      },
    );
  }
  const { requirement } = approval;
  if (!mayApprove(approval, by, requester)) {
    throw new ForbiddenError(
      "approval-not-yours",
      `only members of ${approval.titles.join(" or ")} can decide this`,
      {
        hint:
          by.userRef === undefined
            ? "I do not find you in the catalog; it knows people by e-mail address or the annotation callboard.dev/slack-user"
            : "ask one of them to look at it",
      },
    );
  }
  if (approval.decisions.some((each) => isSamePerson(each.by, by))) {
    throw new ConflictError("approval-given", "you have approved this already", {
      hint: `it needs ${requirement.count} different people`,
    });
  }
  const { groups: _groups, ...person } = by;
  const decisions = [...approval.decisions, { ...decision, by: person }];
  return { ...approval, decisions, status: statusOf(decisions, requirement) };
}

function assertOpen({ status, expiresAtMs, decisions }: Approval, nowMs: number): void {
  if (status !== "pending") {
    const last = decisions.at(-1);
    const who = last === undefined ? "" : ` by ${last.by.name}`;
    const how = status === "void" ? "asked again, because the template changed" : status + who;
    throw new ConflictError("approval-over", `this is decided: ${how}`);
  }
  if (nowMs >= expiresAtMs) {
    throw new ConflictError("approval-expired", "the time to decide this is over", {
      hint: "whoever asked can start it again",
    });
  }
}

/** True when this person may decide it: in one of the groups, and not the one who asked. */
export function mayApprove(
  { requirement }: Approval,
  by: Approver,
  requester: RunRequester,
): boolean {
  return !isSamePerson(by, requester) && requirement.groups.some((group) => by.groups.has(group));
}

function statusOf(
  decisions: readonly ApprovalDecision[],
  { count }: ApprovalRequirement,
): Approval["status"] {
  if (decisions.some((each) => each.verdict === "reject")) return "rejected";
  return decisions.length >= count ? "approved" : "pending";
}

/** The same in Slack or the same in the catalog: two accounts of one person are one person. */
export function isSamePerson(one: RunRequester, other: RunRequester): boolean {
  return (
    (one.slackUserId !== undefined && one.slackUserId === other.slackUserId) ||
    (one.userRef !== undefined && one.userRef === other.userRef)
  );
}
