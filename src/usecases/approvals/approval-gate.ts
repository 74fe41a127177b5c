import { InputError, NotFoundError } from "../../base/errors.ts";
import type { JsonObject } from "../../base/json.ts";
import type { ApprovalRequirement, StepError, Template } from "../../scaffold/model.ts";
import type { Notifier } from "../runs/notifier.ts";
import type { RunRecord } from "../runs/run-record.ts";
import type { HeldRun, StepsResult } from "../runs/steps-result.ts";
import { type Approval, askFor } from "./approval.ts";

export interface ApprovalGateDeps {
  /** Who must approve a run as a whole or, with `stepId`, one of its steps; undefined when nobody must. */
  requirementOf(run: RunRecord, stepId?: string): ApprovalRequirement | undefined;
  /** The template as it is now, for whoever asked for the run. */
  currentTemplate(run: RunRecord): { template: Template; problem?: string } | undefined;
  /** Why the run could not be started any more with this template by whoever asked for it, in words; empty when it could. */
  faultsOf(template: Template, run: RunRecord): string[];
  /** A group's name for people, and its channel in Slack; undefined when the catalog does not know it. */
  groupOf(ref: string): { title: string; channel?: string } | undefined;
  /** Of the template with the files that a run with these values copies. */
  hashOf(template: Template, values: JsonObject, signal: AbortSignal): Promise<string>;
  notifier: Pick<Notifier, "ask" | "showApproval" | "remind">;
  clock: () => number;
}

/** What stands before a run or a step goes on; undefined: nothing. */
export type GateResult = Extract<StepsResult, { status: "parked" | "rejected" | "expired" }>;

/**
 * Lets a run, or one of its steps, pass once it is approved, and asks for approval where it was not asked yet. May be called
 * again after any crash: the question is stored before it is sent, and sent once. An approval holds for the template that was
 * shown: when it has changed meanwhile, it is asked again.
 * @throws NotFoundError `template-unknown`, InputError `template-broken`, `template-changed`, UpstreamError as Slack or a host answered
 */
export async function passApproval(
  held: HeldRun,
  signal: AbortSignal,
  deps: ApprovalGateDeps,
  stepId?: string,
): Promise<GateResult | undefined> {
  const last = lastApproval(held.run(), stepId);
  if (last === undefined || mustAskAgain(last, held.run(), deps.clock())) {
    const requirement = deps.requirementOf(held.run(), stepId);
    if (requirement === undefined) return undefined;
    await ask(held, requirement, signal, deps, stepId);
  }
  const approval = lastApproval(held.run(), stepId);
  if (approval === undefined) return undefined;
  if (approval.status === "approved") return await confirm(held, approval, signal, deps);
  if (approval.status === "pending" && deps.clock() < approval.expiresAtMs) {
    return await wait(held, approval, signal, deps);
  }
  return await refuse(held, approval);
}

/** The last question about a run as a whole or about one of its steps. */
function lastApproval(run: RunRecord, stepId?: string): Approval | undefined {
  return run.approvals?.findLast((each) => each.stepId === stepId);
}

/** A retry asks again, unless what was approved then is still fresh. */
function mustAskAgain(last: Approval, run: RunRecord, nowMs: number): boolean {
  if (last.status === "void") return true;
  if (last.attempt >= run.retries || last.status === "pending") return false;
  return last.status !== "approved" || nowMs >= last.expiresAtMs;
}

async function ask(
  held: HeldRun,
  requirement: ApprovalRequirement,
  signal: AbortSignal,
  deps: ApprovalGateDeps,
  stepId?: string,
): Promise<void> {
  const templateHash = await deps.hashOf(held.run().template, held.run().values, signal);
  const groups = requirement.groups.map((ref) => ({ ref, found: deps.groupOf(ref) }));
  if (groups.every(({ found }) => found === undefined)) throw nobodyToAsk(requirement);
  const titles = groups.map(({ ref, found }) => found?.title ?? ref);
  const channel = requirement.channel ?? groups.find(({ found }) => found?.channel)?.found?.channel;
  await held.change((run) => {
    const { approvals = [], retries: attempt } = run;
    const number = approvals.length + 1;
    const place = channel === undefined ? {} : { channel };
    const about = { number, templateHash, attempt, titles, ...place };
    const asked = askFor(
      requirement,
      stepId === undefined ? about : { ...about, stepId },
      deps.clock(),
    );
    return { ...run, status: "waiting-for-approval", approvals: [...approvals, asked] };
  });
}

function nobodyToAsk({ groups }: ApprovalRequirement): InputError {
  return new InputError(
    "approval-group-unknown",
    `it must be approved by ${groups.join(" or ")}, and the catalog has no such group`,
    { hint: "tell whoever owns the template" },
  );
}

/** Sees to it that the question stands somewhere, reminds at half time, and says until when to wait. */
async function wait(
  held: HeldRun,
  approval: Approval,
  signal: AbortSignal,
  deps: ApprovalGateDeps,
): Promise<GateResult> {
  await ensureSent(held, approval, signal, deps);
  const halfTimeMs = (approval.askedAtMs + approval.expiresAtMs) / 2;
  const hasReminder = approval.requirement.isReminded && approval.remindedAtMs === undefined;
  if (hasReminder && deps.clock() >= halfTimeMs) {
    // noted first: a reminder that gets lost is better than two
    await changeApproval(held, approval.number, { remindedAtMs: deps.clock() });
    await deps.notifier.remind?.(held.run(), approvalOf(held.run(), approval.number), {
      signal,
      assertCurrent: held.assertCurrent,
    });
  }
  const isReminderDue = hasReminder && deps.clock() < halfTimeMs;
  return {
    status: "parked",
    steps: held.run().steps,
    wait: {
      untilMs: isReminderDue ? halfTimeMs : approval.expiresAtMs,
      approval: approval.number,
    },
  };
}

async function ensureSent(
  held: HeldRun,
  approval: Approval,
  signal: AbortSignal,
  deps: ApprovalGateDeps,
): Promise<void> {
  if (approval.message?.ts !== undefined || deps.notifier.ask === undefined) return;
  const isFirstTry = approval.message === undefined;
  if (isFirstTry) await changeApproval(held, approval.number, { message: { isIntended: true } });
  const { assertCurrent } = held;
  const sent = await deps.notifier.ask(held.run(), approval, { signal, assertCurrent });
  await changeApproval(held, approval.number, { message: { isIntended: true, ...sent } });
  const noted = approvalOf(held.run(), approval.number);
  // whoever decided before it was known where the question stands could not change it there
  if (noted.decisions.length > 0) await deps.notifier.showApproval?.(held.run(), noted);
}

/** All have approved; what they approved must still be what is done. */
async function confirm(
  held: HeldRun,
  approval: Approval,
  signal: AbortSignal,
  deps: ApprovalGateDeps,
): Promise<GateResult | undefined> {
  const { stepId, number } = approval;
  // once it has begun, a run goes on with the template it began with
  const isFixed = stepId !== undefined || hasBegun(held.run());
  const template = isFixed ? held.run().template : present(held.run(), deps);
  const templateHash = await deps.hashOf(template, held.run().values, signal);
  if (templateHash === approval.templateHash) return undefined;
  await held.change((run) => ({
    ...run,
    ...(isFixed ? {} : pinned(template)),
    approvals: (run.approvals ?? []).map((each) =>
      each.number === number ? { ...each, status: "void" } : each,
    ),
  }));
  await deps.notifier.showApproval?.(held.run(), approvalOf(held.run(), number));
  return await passApproval(held, signal, deps, stepId);
}

function hasBegun({ steps }: RunRecord): boolean {
  return steps.some(({ status }) => status !== "waiting");
}

/** The template as it is now, when the values still fit it. */
function present(run: RunRecord, deps: ApprovalGateDeps): Template {
  const found = deps.currentTemplate(run);
  if (found === undefined) {
    throw new NotFoundError("template-unknown", `there is no template ${run.templateRef} any more`);
  }
  if (found.problem !== undefined) {
    throw new InputError(
      "template-broken",
      `the template ${run.templateTitle} cannot be run any more: ${found.problem}`,
    );
  }
  const faults = deps.faultsOf(found.template, run);
  if (faults.length === 0) return found.template;
  throw new InputError(
    "template-changed",
    "the template changed while this waited for approval, and the values no longer fit it",
    { hint: `fill in the form again: ${faults.join("; ")}` },
  );
}

/** The run takes the template as it is now; none of its steps has begun. */
function pinned(template: Template): Pick<RunRecord, "template" | "steps" | "templateTitle"> {
  return {
    template,
    templateTitle: template.title,
    steps: template.steps.map(({ id, name, action }) => ({ id, name, action, status: "waiting" })),
  };
}

async function refuse(held: HeldRun, approval: Approval): Promise<GateResult> {
  const isExpired = approval.status === "pending" || approval.status === "expired";
  if (approval.status === "pending") {
    await changeApproval(held, approval.number, { status: "expired" });
  }
  const { steps } = held.run();
  if (isExpired) return { status: "expired", steps, error: expiredError };
  return { status: "rejected", steps, error: rejectedError(approval) };
}

const expiredError: StepError = {
  code: "approval-expired",
  message: "nobody approved it in time",
  hint: "press “Ask again”",
};

function rejectedError({ decisions }: Approval): StepError {
  const { by, reason } = decisions.find((each) => each.verdict === "reject") ?? {};
  const why = reason === undefined || reason === "" ? "" : `: ${reason}`;
  return {
    code: "approval-rejected",
    message: `${by?.name ?? "an approver"} rejected it${why}`,
    hint: "ask them what would have to change, then fill in the form again",
  };
}

async function changeApproval(
  held: HeldRun,
  number: number,
  change: Partial<Approval>,
): Promise<void> {
  await held.change((run) => ({
    ...run,
    approvals: (run.approvals ?? []).map((each) =>
      each.number === number ? { ...each, ...change } : each,
    ),
  }));
}

function approvalOf(run: RunRecord, number: number): Approval {
  const found = run.approvals?.find((each) => each.number === number);
  if (found === undefined) throw new Error(`run ${run.id} has no approval ${number}`);
  return found;
}
