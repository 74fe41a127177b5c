import type { Button, KnownBlock, ModalView } from "@slack/types";
import { z } from "zod";

import { actionIds, viewIds } from "../action-ids.ts";
import { button, fitsValue, limits, plain, plainSection, section } from "./blocks.ts";
import { clamp, mrk, oneLine } from "./text.ts";

/** What the button and the modal for a gap carry: the words that were looked for, and the nearest thing. */
export const gapPlace = z.strictObject({
  words: z.string().max(300),
  ref: z.string().max(300).optional(),
});

export type GapPlace = z.infer<typeof gapPlace>;

/** The input in which people write what is missing or right. */
export const noteInput = { blockId: "note", actionId: "text" } as const;
const longestNote = 500;

/** *Report the gap*; undefined when nothing was named that could be reported. */
export function gapButton(words: string, ref?: string): Button | undefined {
  const place = { words: clamp(oneLine(words), 300), ...(ref === undefined ? {} : { ref }) };
  const value = JSON.stringify(place);
  if (place.words === "" || !gapPlace.safeParse(place).success || !fitsValue(value))
    return undefined;
  return button({
    actionId: actionIds.reportGap,
    label: "Report the gap",
    value,
    description: "Tell the platform team that this is missing",
  });
}

/** Asks for a note; without one the gap is reported all the same. */
export function renderGapForm(place: GapPlace): ModalView {
  return formView(viewIds.gap, "Report the gap", place, [
    section(
      mrk`Nothing in the catalog fits *${place.words}*. It is on the list of what is missing.`,
    ),
    noteBlock("What are you looking for?", "It helps to say what it does or who may know", true),
  ]);
}

/** What a sent form turns into. */
export function renderThanks(text: string): ModalView {
  return {
    type: "modal",
    title: plain("Thank you", limits.modalTitle),
    close: plain("Close", limits.modalTitle),
    blocks: [plainSection(text)],
  };
}

/** A modal with one note to write. */
function formView(
  callbackId: string,
  title: string,
  place: object,
  blocks: KnownBlock[],
): ModalView {
  return {
    type: "modal",
    callback_id: callbackId,
    title: plain(title, limits.modalTitle),
    submit: plain("Send", limits.modalTitle),
    close: plain("Cancel", limits.modalTitle),
    private_metadata: JSON.stringify(place),
    blocks,
  };
}

/** The input for a note of a few lines. */
function noteBlock(label: string, placeholder: string, isOptional: boolean): KnownBlock {
  return {
    type: "input",
    block_id: noteInput.blockId,
    optional: isOptional,
    label: plain(label, limits.inputLabel),
    element: {
      type: "plain_text_input",
      action_id: noteInput.actionId,
      multiline: true,
      max_length: longestNote,
      placeholder: plain(placeholder, limits.placeholder),
    },
  };
}
