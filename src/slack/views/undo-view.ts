import type { ModalView } from "@slack/types";

import type { RunRecord } from "../../usecases/runs/run-record.ts";
import { viewIds } from "../action-ids.ts";
import { limits, message, type MessageContent, plain, section } from "./blocks.ts";
import { runTitle } from "./run-view.ts";
import { clamp, joinWithin, literal, mrk, type Mrkdwn, oneLine, sentence } from "./text.ts";

const marks = { waiting: "▫️", done: "✅", refused: "❌" } as const;

/** Asks, with everything that would be done, the first thing first. */
export function renderUndo(run: RunRecord, texts: readonly string[]): ModalView {
  const lines = texts.map((text, index) => mrk`${index + 1}. ${shown(text)}`);
  return {
    type: "modal",
    callback_id: viewIds.undo,
    title: plain("Undo this run?", limits.modalTitle),
    submit: plain("Undo all of it", limits.modalTitle),
    close: plain("Leave it", limits.modalTitle),
    private_metadata: run.id,
    blocks: [
      section(mrk`*${runTitle(run)}*\nThis is what will be done, in this order:`),
      section(list(lines)),
      section(
        mrk`Right before each I look whether this run made it and nobody else has worked in it; else it stays as it is. What is deleted cannot be brought back.`,
      ),
    ],
  };
}

/** The reply in the thread when that was done. */
export function renderUndoReport(run: RunRecord): MessageContent {
  const items = run.undo?.items ?? [];
  const lines = items.map(({ status, text, said }) => mrk`${marks[status]} ${shown(said ?? text)}`);
  const left = items.filter(({ status }) => status !== "done").length;
  const headline = left === 0 ? "Undone." : `Undone but for ${left} of ${items.length}.`;
  return message(`${runTitle(run)}: ${headline}`, [
    section(mrk`*${headline}* Asked for by ${run.undo?.by.name ?? run.requester.name}.`),
    section(list(lines)),
  ]);
}

function list(lines: readonly Mrkdwn[]): Mrkdwn {
  return joinWithin([...lines], "\n", limits.sectionText - 100, (left) => mrk`… ${left} more`);
}

function shown(text: string): Mrkdwn {
  return literal(clamp(sentence(oneLine(text)), 300), 400);
}
