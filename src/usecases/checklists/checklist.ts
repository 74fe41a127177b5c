import type { ChecklistStep } from "../../docs/checklist-steps.ts";

/** Who did something, as Slack named them then. */
export interface Actor {
  slackUserId: string;
  name: string;
}

/** How a step stands; open steps have no mark. */
export interface StepMark {
  status: "done" | "skipped";
  by: Actor;
  atMs: number;
}

/** What somebody wrote to a step. */
export interface StepNote {
  step: number;
  text: string;
  by: Actor;
  atMs: number;
}

/** A runbook that people walk through together. */
export interface Checklist {
  id: string;
  /** Of the document. */
  title: string;
  path: string;
  /** The heading, where it is only one section. */
  heading?: string;
  /** What the runbook is about. */
  ref?: string;
  steps: ChecklistStep[];
  /** By number of the step, from 0. */
  marks: Record<string, StepMark>;
  notes: StepNote[];
  startedBy: Actor;
  startedAtMs: number;
  /** Where it was asked for. */
  channel: string;
  threadTs?: string;
  /** Where it stands once it is posted. */
  message?: { channel: string; ts: string };
  /** The page that somebody turned to; absent: the one with the first open step. */
  page?: number;
  endedBy?: Actor;
  endedAtMs?: number;
}

/** Steps shown at once. */
export const stepsPerPage = 6;

/** The first step that is neither done nor skipped. */
export function firstOpenStep({ steps, marks }: Checklist): number | undefined {
  const at = steps.findIndex((_, index) => marks[index] === undefined);
  return at < 0 ? undefined : at;
}

/** The page that is shown, and how many there are. */
export function pageOf(checklist: Checklist): { page: number; pages: number } {
  const pages = Math.max(1, Math.ceil(checklist.steps.length / stepsPerPage));
  const open = firstOpenStep(checklist) ?? checklist.steps.length - 1;
  const wanted = checklist.page ?? Math.floor(Math.max(0, open) / stepsPerPage);
  return { page: Math.min(Math.max(0, wanted), pages - 1), pages };
}

/** How many steps are done, skipped and open. */
export function countSteps({ steps, marks }: Checklist): {
  done: number;
  skipped: number;
  open: number;
} {
  const all = Object.values(marks);
  const done = all.filter(({ status }) => status === "done").length;
  return { done, skipped: all.length - done, open: steps.length - all.length };
}
