import { createHash } from "node:crypto";

import type { JsonObject } from "../../base/json.ts";
import type { StepState } from "../../scaffold/model.ts";
import type { Approval } from "../approvals/approval.ts";
import type { RunRecord, RunRequester } from "../runs/run-record.ts";
import type { AuditEvent } from "./audit-log.ts";
import { maskValues } from "./mask-values.ts";
import { stableText } from "./stable-text.ts";

/** An event without what is the same for all events of one write. */
type Happened = Pick<AuditEvent, "type" | "by" | "details">;

/** What a write to a run means for the audit log; undefined `before`: the run is new. Pure. */
export function runEvents(before: RunRecord | undefined, after: RunRecord): Happened[] {
  if (before === undefined) return [accepted(after)];
  return [
    ...changed(before, after),
    ...approvalEvents(before.approvals ?? [], after.approvals ?? []),
    ...stepEvents(before, after),
    ...statusEvents(before, after),
  ];
}

/** What every event of a run says about it. */
export function aboutRun(run: RunRecord): JsonObject {
  return { run: run.id, template: run.templateRef };
}

function accepted(run: RunRecord): Happened {
  const { base: _base, ...said } = run.template;
  const templateHash = createHash("sha256").update(stableText(said)).digest("hex");
  const inputs = maskValues(run.template, run.values);
  return {
    type: "run-accepted",
    by: who(run.requester),
    details: {
      inputs,
      templateHash,
      ...(run.channel === undefined ? {} : { channel: run.channel }),
    },
  };
}

function who({
  slackUserId,
  name,
  userRef,
  workspace,
}: RunRequester): NonNullable<AuditEvent["by"]> {
  return {
    name,
    ...(slackUserId === undefined ? {} : { slackUserId }),
    ...(userRef === undefined ? {} : { userRef }),
    ...(workspace === undefined ? {} : { workspace: { teamId: workspace.teamId } }),
  };
}

function changed(before: RunRecord, after: RunRecord): Happened[] {
  const by = after.changedBy === undefined ? {} : { by: who(after.changedBy) };
  const events: Happened[] = [];
  if (after.retries > before.retries) events.push({ type: "run-retried", ...by });
  if (after.isCancelRequested === true && before.isCancelRequested !== true) {
    events.push({ type: "run-cancel-asked", ...by });
  }
  const { undo } = after;
  if (undo !== undefined && undo.number !== before.undo?.number) {
    const things = undo.items.map(({ text }) => text);
    events.push({ type: "undo-asked", by: who(undo.by), details: { things } });
  }
  if (undo?.isReported === true && before.undo?.isReported !== true) {
    const outcome = undo.items.map(({ text, status, said = "" }) => ({ text, status, said }));
    events.push({ type: "undo-done", details: { outcome } });
  }
  return events;
}

function approvalEvents(before: readonly Approval[], after: readonly Approval[]): Happened[] {
  return after.flatMap((approval) => {
    const old = before.find((each) => each.number === approval.number);
    const { number, stepId, templateHash, titles } = approval;
    const details = { number, templateHash, ...(stepId === undefined ? {} : { step: stepId }) };
    if (old === undefined) {
      return [{ type: "approval-asked", details: { ...details, of: titles } }];
    }
    const decisions = approval.decisions.slice(old.decisions.length).map((decision): Happened => {
      const reason = decision.reason === undefined ? {} : { reason: decision.reason };
      const type = decision.verdict === "approve" ? "approval-given" : "approval-refused";
      return { type, by: who(decision.by), details: { ...details, ...reason } };
    });
    const isOver = ["expired", "void"].includes(approval.status) && old.status !== approval.status;
    return isOver ? [...decisions, { type: `approval-${approval.status}`, details }] : decisions;
  });
}

const endedSteps = new Set<StepState["status"]>(["completed", "failed", "skipped"]);

function stepEvents(before: RunRecord, after: RunRecord): Happened[] {
  return after.steps.flatMap((step) => {
    const old = before.steps.find((each) => each.id === step.id);
    if (old?.status === step.status || !endedSteps.has(step.status)) return [];
    const error =
      step.error === undefined
        ? {}
        : { error: { code: step.error.code, message: step.error.message } };
    return [
      { type: `step-${step.status}`, details: { step: step.id, action: step.action, ...error } },
    ];
  });
}

/** Statuses that are told by their own event; the others say nothing new. */
const toldStatuses = new Set<RunRecord["status"]>([
  "completed",
  "failed",
  "cancelled",
  "rejected",
  "expired",
]);

function statusEvents(before: RunRecord, after: RunRecord): Happened[] {
  if (before.status === after.status) return [];
  if (after.status === "running") return [{ type: "run-started" }];
  if (!toldStatuses.has(after.status)) return [];
  const { error, output } = after;
  const links = (output?.links ?? []).flatMap(({ url, entityRef }) => url ?? entityRef ?? []);
  return [
    {
      type: `run-${after.status}`,
      details: {
        ...(error === undefined ? {} : { error: { code: error.code, message: error.message } }),
        ...(links.length === 0 ? {} : { links }),
      },
    },
  ];
}
