import type { Button, KnownBlock, ModalView } from "@slack/types";

import {
  type Checklist,
  countSteps,
  firstOpenStep,
  pageOf,
  stepsPerPage,
  type StepMark,
} from "../../usecases/checklists/checklist.ts";
import { actionIds, viewIds } from "../action-ids.ts";
import {
  actions,
  button,
  context,
  fitsValue,
  limits,
  message,
  type MessageContent,
  plain,
  section,
} from "./blocks.ts";
import { packRichText, renderMarkdown } from "./markdown.ts";
import { clamp, duration, join, literal, localMoment, mrk, type Mrkdwn, oneLine } from "./text.ts";

/** A button that starts a checklist; undefined when its value is too long for Slack to carry. */
export function startChecklistButton(
  place: { path: string; anchor?: string },
  steps: number,
): Button | undefined {
  const value = JSON.stringify(place);
  if (steps === 0 || !fitsValue(value)) return undefined;
  return button({
    actionId: actionIds.startChecklist,
    label: steps === 1 ? "Start checklist" : `Start checklist (${steps} steps)`,
    value,
    description: "Tick the steps off together, in a message here",
  });
}

/** The message of a checklist: one page of its steps, the one to do next with all that belongs to it. */
export function renderChecklist(checklist: Checklist): MessageContent {
  const { page, pages } = pageOf(checklist);
  const isOpen = checklist.endedAtMs === undefined;
  const current = isOpen ? firstOpenStep(checklist) : undefined;
  const from = page * stepsPerPage;
  const shown = checklist.steps.slice(from, from + stepsPerPage);
  const blocks = shown.flatMap((_, index) => stepBlocks(checklist, from + index, current));
  const footer = isOpen ? buttonRow(checklist, page, pages) : undefined;
  return message(
    `Checklist ${titleOf(checklist)}: ${progress(checklist)}`,
    [
      section(mrk`*Checklist: ${titleOf(checklist)}*\n${progress(checklist)}`),
      ...blocks,
      context([status(checklist, page, pages)]),
      footer,
    ],
    2,
  );
}

function titleOf({ title, heading }: Checklist): string {
  return heading === undefined || heading === title ? title : `${title} › ${heading}`;
}

function progress(checklist: Checklist): string {
  const { done, skipped, open } = countSteps(checklist);
  const parts = [
    `${done} of ${checklist.steps.length} steps done`,
    skipped === 0 ? "" : `${skipped} skipped`,
    checklist.endedAtMs !== undefined && open > 0 ? `${open} left open` : "",
  ];
  return parts.filter((part) => part !== "").join(", ");
}

function status(checklist: Checklist, page: number, pages: number): Mrkdwn {
  const { startedBy, startedAtMs, endedBy, endedAtMs } = checklist;
  return join(
    [
      mrk`Started by ${startedBy.name} ${localMoment(startedAtMs)}`,
      endedBy === undefined || endedAtMs === undefined
        ? undefined
        : mrk`finished by ${endedBy.name} ${localMoment(endedAtMs)}`,
      pages === 1 ? undefined : mrk`page ${page + 1} of ${pages}`,
      mrk`${checklist.path}`,
    ],
    "  ·  ",
  );
}

function stepBlocks(
  checklist: Checklist,
  at: number,
  current: number | undefined,
): (KnownBlock | undefined)[] {
  const step = checklist.steps[at];
  if (step === undefined) return [];
  const mark = checklist.marks[at];
  const isOpen = checklist.endedAtMs === undefined;
  const heading =
    step.heading === checklist.steps[at - 1]?.heading ? mrk`` : mrk`_${step.heading}_\n`;
  const line = section(
    mrk`${heading}${signs[mark?.status ?? "open"]} *${at + 1}.* ${literal(step.title, 400)}`,
    isOpen ? sideButton(checklist.id, at, mark, at === current) : undefined,
  );
  const notes = context([noteLines(checklist, at, mark)]);
  if (at !== current) return [line, notes];
  const details =
    step.details === "" ? [] : packRichText(renderMarkdown(step.details), 2200).slice(0, 3);
  return [line, ...details, notes, currentButtons(checklist.id, at)];
}

const signs = {
  open: mrk`:white_large_square:`,
  done: mrk`:white_check_mark:`,
  skipped: mrk`:fast_forward:`,
};

function noteLines({ notes }: Checklist, at: number, mark: StepMark | undefined): Mrkdwn {
  const did = mark === undefined ? undefined : markLine(mark);
  const own = notes.filter(({ step }) => step === at).slice(-3);
  const lines = own.map((note) => mrk`${note.by.name}: ${literal(oneLine(note.text), 250)}`);
  return join([did, ...lines], "\n");
}

function markLine({ status: how, by, atMs }: StepMark): Mrkdwn {
  return mrk`${how} by ${by.name} ${localMoment(atMs)}`;
}

function valueOf(id: string, step: number): string {
  return JSON.stringify({ id, step });
}

/** The step to do next has its buttons below what belongs to it. */
function sideButton(
  id: string,
  at: number,
  mark: StepMark | undefined,
  isCurrent: boolean,
): Button | undefined {
  if (isCurrent) return undefined;
  const isMarked = mark !== undefined;
  return button({
    actionId: `${isMarked ? actionIds.reopenStep : actionIds.finishStep}/${at}`,
    label: isMarked ? "Undo" : "Done",
    value: valueOf(id, at),
    description: `${isMarked ? "Undo" : "Done"}: step ${at + 1}`,
  });
}

function currentButtons(id: string, at: number): KnownBlock | undefined {
  const value = valueOf(id, at);
  return actions([
    button({ actionId: `${actionIds.finishStep}/${at}`, label: "Done", value, style: "primary" }),
    button({ actionId: `${actionIds.skipStep}/${at}`, label: "Skip", value }),
    button({ actionId: `${actionIds.noteStep}/${at}`, label: "Add note", value }),
  ]);
}

function buttonRow({ id }: Checklist, page: number, pages: number): KnownBlock | undefined {
  const turn = (to: number, label: string, way: string): Button | undefined =>
    to < 0 || to >= pages
      ? undefined
      : button({ actionId: `${actionIds.turnChecklist}/${way}`, label, value: valueOf(id, to) });
  return actions([
    turn(page - 1, "Previous steps", "back"),
    turn(page + 1, "Next steps", "next"),
    button({
      actionId: actionIds.finishChecklist,
      label: "Finish",
      value: valueOf(id, 0),
      description: "End the checklist and post a summary",
    }),
  ]);
}

/** Block and action of the only input in the modal of a note. */
export const stepNoteInput = { blockId: "note", actionId: "note" } as const;

/** The modal in which a note is written. */
export function renderNoteForm(id: string, step: number, title: string): ModalView {
  return {
    type: "modal",
    callback_id: viewIds.checklistNote,
    private_metadata: valueOf(id, step),
    title: plain("Note", limits.modalTitle),
    submit: plain("Add", limits.modalTitle),
    close: plain("Cancel", limits.modalTitle),
    blocks: [
      {
        type: "input",
        block_id: stepNoteInput.blockId,
        label: plain(`Step ${step + 1}: ${clamp(title, 150)}`, limits.inputLabel),
        element: {
          type: "plain_text_input",
          action_id: stepNoteInput.actionId,
          multiline: true,
          max_length: 1000,
        },
      },
    ],
  };
}

/** What was done, by whom and when: posted once when a checklist ends, in as many messages as it takes. */
export function renderChecklistSummary(checklist: Checklist): MessageContent[] {
  const { startedAtMs, endedAtMs = startedAtMs, endedBy } = checklist;
  const took = duration(endedAtMs - startedAtMs);
  const by = endedBy?.name ?? "somebody";
  const title = titleOf(checklist);
  const head = mrk`*${title}* finished by ${by} after ${took}: ${progress(checklist)}`;
  const lines = packLines(
    checklist.steps.map((_, at) => summaryLine(checklist, at)),
    2600,
  );
  const messages: MessageContent[] = [];
  for (let from = 0; from < lines.length; from += sectionsPerMessage) {
    const sections = lines.slice(from, from + sectionsPerMessage).map((text) => section(text));
    messages.push(
      from === 0
        ? message(`${title} finished by ${by} after ${took}: ${progress(checklist)}`, [
            section(head),
            ...sections,
          ])
        : message(`The summary of ${title} goes on`, sections),
    );
  }
  return messages;
}

/** What fits into one message with room to spare. */
const sectionsPerMessage = 4;

function summaryLine(checklist: Checklist, at: number): Mrkdwn {
  const mark = checklist.marks[at];
  const title = literal(oneLine(checklist.steps[at]?.title ?? ""), 120);
  const sign = signs[mark?.status ?? "open"];
  const notes = checklist.notes
    .filter(({ step }) => step === at)
    .map((note) => mrk`\n        ${note.by.name}: ${literal(oneLine(note.text), 200)}`);
  const who =
    mark === undefined
      ? mrk`left open`
      : mrk`${mark.by.name} ${localMoment(mark.atMs)}, ${duration(mark.atMs - checklist.startedAtMs)} after the start`;
  return join([mrk`${sign} ${at + 1}. ${title} — ${who}`, ...notes.slice(-3)], "");
}

function packLines(lines: readonly Mrkdwn[], max: number): Mrkdwn[] {
  const packed: Mrkdwn[] = [];
  let open: Mrkdwn[] = [];
  let length = 0;
  for (const line of lines) {
    if (open.length > 0 && length + line.mrkdwn.length > max) {
      packed.push(join(open, "\n"));
      open = [];
      length = 0;
    }
    open.push(line);
    length += line.mrkdwn.length + 1;
  }
  return open.length === 0 ? packed : [...packed, join(open, "\n")];
}
