import type { KnownBlock, PlanBlock, TaskCardBlock } from "@slack/types";

import type { StepState } from "../../scaffold/model.ts";
import type { RunRecord } from "../../usecases/runs/run-record.ts";
import { runSubject } from "../../usecases/runs/run-subject.ts";
import { context, limits, message, type MessageContent, section } from "./blocks.ts";
import { packRichText, renderMarkdown } from "./markdown.ts";
import { runButtons } from "./run-buttons.ts";
import {
  ago,
  channel,
  clamp,
  clampStart,
  duration,
  join,
  joinWithin,
  link,
  literal,
  moment,
  mrk,
  type Mrkdwn,
  oneLine,
  person,
  safeLink,
  sentence,
  tidy,
} from "./text.ts";

const statusMarks: Record<RunRecord["status"], string> = {
  waiting: "⏳",
  "waiting-for-approval": "✋",
  running: "⚙️",
  completed: "✅",
  failed: "❌",
  cancelled: "🚫",
  rejected: "⛔",
  expired: "⌛",
};

const stepMarks: Record<StepState["status"], string> = {
  waiting: "▫️",
  running: "⏳",
  completed: "✅",
  skipped: "⏭️",
  failed: "❌",
  cancelled: "🚫",
};

/** How a run's message is drawn. */
export interface RunMessageView {
  nowMs: number;
  /** True where Slack draws a plan with its tasks by itself; else the steps are lines of text. */
  hasPlan: boolean;
}

/** The one message in which a run reports: where it is, step by step, and at the end what came of it. */
export function renderRunMessage(
  run: RunRecord,
  { nowMs, hasPlan }: RunMessageView,
): MessageContent {
  const headline = runHeadline(run);
  const by =
    run.requester.slackUserId === undefined
      ? mrk`${run.requester.name}`
      : person(run.requester.slackUserId);
  return message(
    `${statusMarks[run.status]} ${runTitle(run)}: ${headline}`,
    [
      section(mrk`${statusMarks[run.status]} *${runTitle(run)}*\n${headline}`),
      hasPlan ? planBlock(run, nowMs) : stepSection(run, nowMs),
      run.status === "completed" ? linkSection(run) : undefined,
      run.error === undefined ? undefined : errorSection(run),
      insteadOf(run),
      context([mrk`Asked for by ${by}  ·  run ${run.id}${took(run, nowMs)}`]),
      runButtons(run),
    ],
    2,
  );
}

/** `Node service seat-upgrades`: which template, and what it makes. */
export function runTitle(run: RunRecord): string {
  const subject = runSubject(run.values);
  const title = oneLine(run.templateTitle);
  return subject === undefined ? title : `${title} ${clamp(oneLine(subject), 80)}`;
}

/** A run in one line: how it stands, what it made, where it reports. */
export function runLine(run: RunRecord, nowMs: number): Mrkdwn {
  const where = run.message?.channel;
  const place =
    where === undefined || !/^[CG]/.test(where) ? mrk`${""}` : mrk` in ${channel(where)}`;
  return mrk`${statusMarks[run.status]} ${runTitle(run)}: ${runHeadline(run)} ${ago(run.createdAtMs, nowMs)}${place}`;
}

/** What is going on, in a few words. */
function runHeadline(run: RunRecord): string {
  const done = run.steps.filter((step) => ["completed", "skipped"].includes(step.status)).length;
  const total = run.steps.length;
  if (run.status === "completed") return "Done.";
  if (run.status === "failed") return `Failed ${failedStep(run)}.${undoState(run)}`;
  if (run.status === "rejected") return "Rejected; nothing was done.";
  if (run.status === "expired") return "Expired: nobody approved it in time; nothing was done.";
  if (run.status === "cancelled")
    return `Cancelled ${done === 0 ? "before the first step" : `after ${done} of ${total} steps`}.${undoState(run)}`;
  if (run.status === "waiting-for-approval") return approvalHeadline(run);
  if (run.waitingFor !== undefined) return `Waiting: ${clamp(oneLine(run.waitingFor), 200)}`;
  if (run.isCancelRequested === true) return "Stopping before the next step …";
  if (run.status === "waiting") return "Accepted, about to begin.";
  const present = run.steps.find((step) => step.status === "running");
  return `Step ${Math.min(done + 1, total)} of ${total}${present === undefined ? "" : `: ${oneLine(present.name)}`}`;
}

function approvalHeadline(run: RunRecord): string {
  const approval = run.approvals?.at(-1);
  if (approval?.status !== "pending") return "Approved, about to go on.";
  const { requirement, decisions, titles, stepId } = approval;
  const step = run.steps.find((each) => each.id === stepId);
  const what = step === undefined ? "" : ` of “${oneLine(step.name)}”`;
  const count = requirement.count === 1 ? "" : ` (${decisions.length} of ${requirement.count})`;
  return `Waiting for approval${what} by ${clamp(oneLine(titles.join(" or ")), 200)}${count}, until ${moment(approval.expiresAtMs)}`;
}

function undoState({ undo }: RunRecord): string {
  if (undo === undefined) return "";
  if (undo.items.some(({ status }) => status === "waiting")) return " Being undone …";
  return undo.items.every(({ status }) => status === "done") ? " Undone." : " Partly undone.";
}

function failedStep(run: RunRecord): string {
  const step = run.steps.find((each) => each.id === run.error?.stepId);
  return step === undefined ? "before the first step" : `at “${oneLine(step.name)}”`;
}

function took(run: RunRecord, nowMs: number): Mrkdwn {
  if (run.endedAtMs === undefined) return mrk`${""}`;
  return mrk`  ·  took ${duration(Math.min(run.endedAtMs, nowMs) - run.createdAtMs)}`;
}

const taskStates: Record<StepState["status"], TaskCardBlock["status"]> = {
  waiting: "pending",
  running: "in_progress",
  completed: "complete",
  skipped: "complete",
  failed: "error",
  cancelled: "error",
};

/** The steps as Slack's own plan, with its own marks. @see https://docs.slack.dev/reference/block-kit/blocks/plan-block */
function planBlock(run: RunRecord, nowMs: number): PlanBlock | undefined {
  if (run.steps.length === 0) return undefined;
  const { steps, before, after } = stepWindow(run);
  const left = before + after === 0 ? "" : ` (${steps.length} of ${run.steps.length} shown)`;
  return {
    type: "plan",
    title: `Steps${left}`,
    tasks: steps.map((step, index) => ({
      type: "task_card",
      task_id: `step-${before + index}`,
      title: taskTitle(step, nowMs),
      status: taskStates[step.status],
    })),
  };
}

function taskTitle(step: StepState, nowMs: number): string {
  const name = clamp(oneLine(step.name), 100);
  const shown = name === "" ? "–" : name;
  if (step.status === "skipped" || step.status === "cancelled") return `${shown} (${step.status})`;
  return step.startedAtMs === undefined || step.status === "waiting"
    ? shown
    : `${shown} (${duration((step.endedAtMs ?? nowMs) - step.startedAtMs)})`;
}

/** More steps than this are shown around the present one only. */
const shownSteps = 20;

function stepSection(run: RunRecord, nowMs: number): KnownBlock | undefined {
  if (run.steps.length === 0) return undefined;
  const { steps, before, after } = stepWindow(run);
  const lines = [
    before > 0 ? mrk`… ${before} steps before` : undefined,
    ...steps.map((step) => stepLine(step, nowMs)),
    after > 0 ? mrk`… ${after} steps after` : undefined,
  ].filter((line) => line !== undefined);
  return section(joinWithin(lines, "\n", limits.sectionText - 100, (left) => mrk`… ${left} more`));
}

/** The steps around the present one, and how many there are before and after. */
function stepWindow(run: RunRecord): { steps: StepState[]; before: number; after: number } {
  const present = run.steps.findIndex((step) => !["completed", "skipped"].includes(step.status));
  const last = present < 0 ? run.steps.length - 1 : present;
  const before = Math.max(0, Math.min(last - shownSteps / 2, run.steps.length - shownSteps));
  const steps = run.steps.slice(before, before + shownSteps);
  return { steps, before, after: run.steps.length - before - steps.length };
}

function stepLine(step: StepState, nowMs: number): Mrkdwn {
  const time =
    step.startedAtMs === undefined || step.status === "skipped"
      ? mrk`${""}`
      : mrk` (${duration((step.endedAtMs ?? nowMs) - step.startedAtMs)})`;
  const name = literal(clamp(oneLine(step.name), 100), 150);
  return step.status === "running"
    ? mrk`${stepMarks[step.status]} *${name}*`
    : mrk`${stepMarks[step.status]} ${name}${step.status === "waiting" ? mrk`${""}` : time}`;
}

/** A repository on our own disk is something to clone, not to open. */
function targetOf({ url, entityRef }: { url?: string; entityRef?: string }): string {
  const target = url ?? entityRef ?? "";
  return /^file:\/\/.*\.git$/.test(target) ? `git clone ${target}` : target;
}

/**
 * What the template hands over. A link to a catalog entity has no address outside of Backstage, and a repository on our own
 * disk none that a browser opens: both are shown as text to copy.
 */
function linkSection(run: RunRecord): KnownBlock | undefined {
  const lines = (run.output?.links ?? []).map((each) => {
    const target = targetOf(each);
    return safeLink(target) === undefined
      ? mrk`${each.title}: \`${literal(oneLine(target).replaceAll("`", "'"), 500)}\``
      : link(target, each.title);
  });
  const shown = joinWithin(lines, "\n", limits.sectionText - 100, (left) => mrk`… ${left} more`);
  return shown.mrkdwn === "" ? undefined : section(shown);
}

function errorSection(run: RunRecord): KnownBlock | undefined {
  const { error } = run;
  if (error === undefined) return undefined;
  const hint =
    // nothing is to be done about what was taken back
    error.hint === undefined || run.undo !== undefined
      ? mrk`${""}`
      : mrk`\n*What to do*  ${literal(sentence(oneLine(error.hint)), 700)}`;
  return section(mrk`*Why*  ${literal(sentence(oneLine(reasonOf(error))), 1200)}${hint}`);
}

/** Without the step, which the line above names. */
function reasonOf({ message: text }: { message: string }): string {
  return text.replace(/^Step “[^”]*” \([^)]*\) failed: /, "");
}

function insteadOf(run: RunRecord): KnownBlock | undefined {
  const wanted = run.message?.insteadOf;
  return wanted === undefined
    ? undefined
    : context([
        mrk`I am not in ${channel(wanted)}, so I report here. Invite me there with \`/invite @Callboard\`.`,
      ]);
}

/** Room for the log in the thread; the beginning is left out first. */
const logCharacters = 6000;

/** The reply in the run's thread when it has ended: result or reason, what the template says, and the log. */
export function renderRunResult(run: RunRecord): MessageContent {
  const links = run.output?.links ?? [];
  const titles = links.map((each) => `${oneLine(each.title)}: ${targetOf(each)}`);
  const reason =
    run.error === undefined
      ? ""
      : ` ${sentence(run.error.message)}${run.error.hint === undefined ? "" : ` — ${run.error.hint}`}`;
  return message([`${runTitle(run)}: ${runHeadline(run)}${reason}`, ...titles].join("\n"), [
    section(mrk`*${runHeadline(run)}*`),
    run.status === "completed" ? linkSection(run) : undefined,
    run.error === undefined ? undefined : errorSection(run),
    ...outputTexts(run),
    ...logBlocks(run),
  ]);
}

function outputTexts(run: RunRecord): KnownBlock[] {
  return (run.output?.text ?? [])
    .slice(0, 5)
    .flatMap((each) => [
      ...(each.title === undefined ? [] : [section(mrk`*${each.title}*`)]),
      ...packRichText(renderMarkdown(clamp(each.content, 1500)), 1500).slice(0, 3),
    ]);
}

function logBlocks(run: RunRecord): KnownBlock[] {
  const lines = run.log.map((entry) => `${entry.stepId}  ${tidy(entry.line)}`);
  const whole = lines.join("\n");
  if (whole.trim() === "") return [];
  const shown = clampStart(whole, logCharacters);
  return [
    section(join([mrk`*Log*`], "")),
    ...packRichText(
      [{ type: "rich_text_preformatted", elements: [{ type: "text", text: tidy(shown) }] }],
      2500,
    ),
  ];
}
