import type { KnownBlock, ModalView } from "@slack/types";

import { context, limits, message, type MessageContent, plain, section } from "./blocks.ts";
import { literal, mrk, oneLine, sentence } from "./text.ts";

/** What went wrong, the next step, and an id to find it in the log. */
export interface ErrorNotice {
  message: string;
  hint?: string;
  id?: string;
}

/** The same error as blocks of a message or modal. */
function errorBlocks(notice: ErrorNotice): KnownBlock[] {
  const hint =
    notice.hint === undefined ? mrk`` : mrk`\n${literal(sentence(oneLine(notice.hint)), 1500)}`;
  return [
    section(mrk`⚠️ *${literal(sentence(oneLine(notice.message)), 1000)}*${hint}`),
    context([notice.id === undefined ? mrk`` : mrk`id ${notice.id}`]),
  ].filter((block) => block !== undefined);
}

/** An error as a message. */
export function renderError(notice: ErrorNotice): MessageContent {
  const hint = notice.hint === undefined ? "" : ` — ${notice.hint}`;
  const id = notice.id === undefined ? "" : ` (id ${notice.id})`;
  return message(`${sentence(notice.message)}${hint}${id}`, errorBlocks(notice));
}

/** An error as a modal, for a form that cannot go on. */
export function renderErrorView(notice: ErrorNotice): ModalView {
  return {
    type: "modal",
    title: plain("Callboard", limits.modalTitle),
    close: plain("Close", limits.modalTitle),
    blocks: errorBlocks(notice),
  };
}
