import type { KnownBlock, ModalView } from "@slack/types";
import { z } from "zod";

import { isRecord, type JsonValue } from "../../base/json.ts";
import { buildForm } from "../../scaffold/build-form.ts";
import { fieldsOf } from "../../scaffold/fields.ts";
import type { FormField } from "../../scaffold/form-model.ts";
import type { Approval } from "../../usecases/approvals/approval.ts";
import { maskValues } from "../../usecases/audit/mask-values.ts";
import type { RunRecord } from "../../usecases/runs/run-record.ts";
import { actionIds, viewIds } from "../action-ids.ts";
import {
  actions,
  button,
  context,
  limits,
  message,
  type MessageContent,
  plain,
  section,
} from "./blocks.ts";
import { valueText } from "./form-view.ts";
import { runTitle } from "./run-view.ts";
import {
  join,
  joinWithin,
  literal,
  localMoment,
  moment,
  mrk,
  type Mrkdwn,
  oneLine,
  person,
} from "./text.ts";

/** Which question a button or modal is about. */
export const approvalPlace = z.strictObject({
  run: z.string().min(1).max(100),
  number: z.number().int().min(1).max(1000),
});

export type ApprovalPlace = z.infer<typeof approvalPlace>;

/** The question to those who may approve: who wants what, with all values, and how it was decided. */
export function renderApproval(run: RunRecord, approval: Approval): MessageContent {
  const { requirement, stepId } = approval;
  const what = stepId === undefined ? "" : ` before “${stepName(run, stepId)}”`;
  const headline = `${run.requester.name} asks for approval${what}: ${runTitle(run)}`;
  const by =
    run.requester.slackUserId === undefined
      ? mrk`${run.requester.name}`
      : person(run.requester.slackUserId);
  const needed = requirement.count === 1 ? mrk`` : mrk`${requirement.count} of `;
  return message(
    `${headline}. ${outcomeText(approval)}`,
    [
      section(mrk`✋ *${headline}*\n${by} started it from ${run.templateRef}.`),
      valueSection(run),
      planSection(run),
      outcomeSection(approval),
      context([
        approval.status === "pending"
          ? mrk`Can be decided by ${needed}${approval.titles.join(" or ")}, until ${localMoment(approval.expiresAtMs)}`
          : mrk`Asked of ${needed}${approval.titles.join(" or ")}`,
        mrk`run ${run.id}  ·  template version ${approval.templateHash.slice(0, 12)}`,
      ]),
      approval.status === "pending" ? approvalButtons(run, approval) : undefined,
    ],
    2,
  );
}

function stepName(run: RunRecord, stepId: string): string {
  return oneLine(run.steps.find((step) => step.id === stepId)?.name ?? stepId);
}

/** *Approve* and *Reject*; the click is checked again, whoever was shown them. */
function approvalButtons(run: RunRecord, approval: Approval): KnownBlock | undefined {
  const value = JSON.stringify({ run: run.id, number: approval.number });
  return actions([
    button({
      actionId: actionIds.approve,
      label: "Approve",
      value,
      style: "primary",
      description: `Approve ${run.templateTitle}`,
    }),
    button({
      actionId: actionIds.reject,
      label: "Reject",
      value,
      style: "danger",
      description: `Reject ${run.templateTitle}`,
    }),
  ]);
}

/** One line for somebody's Home tab, with its buttons. */
export function approvalSections(run: RunRecord, approval: Approval): KnownBlock[] {
  const values = valueSection(run);
  const buttons = approvalButtons(run, approval);
  return [
    section(
      mrk`✋ *${runTitle(run)}*  asked by ${run.requester.name}, until ${moment(approval.expiresAtMs)}`,
    ),
    ...(values === undefined ? [] : [values]),
    ...(buttons === undefined ? [] : [buttons]),
  ];
}

function valueSection(run: RunRecord): KnownBlock | undefined {
  const fields = new Map(
    buildForm(run.template).pages.flatMap((page) =>
      fieldsOf(page, run.values).map((field) => [field.key, field] as const),
    ),
  );
  const lines = Object.entries(maskValues(run.template, run.values)).map(
    ([name, value]) => mrk`*${titleOf(run, name)}*: ${shown(value, fields.get(name))}`,
  );
  const all = joinWithin(
    lines.slice(0, 60),
    "\n",
    limits.sectionText - 200,
    (left) => mrk`… and ${left} more`,
  );
  return all.mrkdwn === "" ? undefined : section(all);
}

/** What the form calls a value, where it says so on one of its pages. */
function titleOf(run: RunRecord, name: string): string {
  for (const page of run.template.pages) {
    const { properties } = page;
    const property =
      isRecord(properties) && Object.hasOwn(properties, name) ? properties[name] : undefined;
    if (isRecord(property) && typeof property["title"] === "string") return property["title"];
  }
  return name;
}

function shown(value: JsonValue, field: FormField | undefined): Mrkdwn {
  if (value === null || value === "") return mrk`–`;
  if (field !== undefined) return literal(oneLine(valueText(field, value)), 600);
  if (typeof value === "boolean") return mrk`${value ? "yes" : "no"}`;
  return literal(oneLine(typeof value === "string" ? value : JSON.stringify(value)), 600);
}

function planSection(run: RunRecord): KnownBlock | undefined {
  const lines = run.steps.slice(0, 30).map((step, index) => mrk`${index + 1}. ${step.name}`);
  const all = joinWithin(lines, "\n", 1500, (left) => mrk`… and ${left} more`);
  return all.mrkdwn === "" ? undefined : section(mrk`*What will be done*\n${all}`);
}

const outcomes: Record<Approval["status"], string> = {
  pending: "",
  approved: "✅ Approved",
  rejected: "⛔ Rejected",
  expired: "⌛ Nobody decided it in time",
  cancelled: "🚫 Not needed any more: the run has ended",
  void: "♻️ The template changed after it was approved: it is asked again",
};

function outcomeText({ status, decisions }: Approval): string {
  const names = decisions.map(({ by }) => by.name).join(", ");
  return `${outcomes[status]}${names === "" ? "" : ` (${names})`}`.trim();
}

function outcomeSection({ status, decisions, requirement }: Approval): KnownBlock | undefined {
  const people = decisions.map(
    ({ by, verdict, reason }) =>
      mrk`${verdict === "approve" ? "✅" : "⛔"} ${by.slackUserId === undefined ? by.name : person(by.slackUserId)}${reason === undefined || reason === "" ? mrk`` : mrk`: ${literal(oneLine(reason), 1000)}`}`,
  );
  const left = requirement.count - decisions.length;
  const state =
    status === "pending"
      ? decisions.length === 0
        ? mrk``
        : mrk`${left} more ${left === 1 ? "person" : "people"} must approve.`
      : mrk`*${outcomes[status]}*`;
  const all = join(
    [state, ...people].filter((part) => part.mrkdwn !== ""),
    "\n",
  );
  return all.mrkdwn === "" ? undefined : section(all);
}

/** Asks why somebody rejects. */
export function renderRejection(place: ApprovalPlace, title: string): ModalView {
  return {
    type: "modal",
    callback_id: viewIds.reject,
    title: plain("Reject", limits.modalTitle),
    submit: plain("Reject", limits.modalTitle),
    close: plain("Back", limits.modalTitle),
    private_metadata: JSON.stringify(place),
    blocks: [
      section(mrk`*${title}*\nNothing will be done, and whoever asked is told why.`),
      {
        type: "input",
        block_id: rejectionBlock,
        label: plain("Why?", 100),
        element: {
          type: "plain_text_input",
          action_id: actionIds.formInput,
          multiline: true,
          max_length: 1000,
        },
      },
    ],
  };
}

/** The input of {@link renderRejection}. */
export const rejectionBlock = "reason";

/** A reminder in the thread of the question. */
export function renderReminder(run: RunRecord, approval: Approval): MessageContent {
  const text = `Still waiting: ${runTitle(run)} needs ${approval.titles.join(" or ")} to decide until ${moment(approval.expiresAtMs)}.`;
  return message(text, [section(mrk`⏰ ${text}`)]);
}
