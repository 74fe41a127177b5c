import type { Button, KnownBlock, ModalView } from "@slack/types";
import { z } from "zod";

import { actionIds, viewIds } from "../action-ids.ts";
import {
  button,
  context,
  fitsValue,
  limits,
  message,
  type MessageContent,
  plain,
  plainSection,
  section,
} from "./blocks.ts";
import { clamp, mrk, oneLine, person } from "./text.ts";

/** What the button and the modal for a gap carry: the words that were looked for, and the nearest thing. */
export const gapPlace = z.strictObject({
  words: z.string().max(300),
  ref: z.string().max(300).optional(),
});

export type GapPlace = z.infer<typeof gapPlace>;

/** What *This one* of a choice carries: what to ask then, what was looked for, and what is chosen. */
export const choicePlace = z.strictObject({
  question: z.string().min(1).max(1000),
  words: z.string().max(300),
  ref: z.string().max(300),
});

/** What *Confirm*, *Wrong?* and its modal carry: a question that gives the answer again, and how the answer was. */
export const claimPlace = z.strictObject({
  question: z.string().min(1).max(1500),
  fingerprint: z.string().max(40),
});

export type ClaimPlace = z.infer<typeof claimPlace>;

/** *This one*; undefined when Slack could not carry it. */
export function choiceButton(
  index: number,
  place: z.infer<typeof choicePlace>,
  title: string,
): Button | undefined {
  const value = JSON.stringify(place);
  if (!choicePlace.safeParse(place).success || !fitsValue(value)) return undefined;
  return button({
    actionId: `${actionIds.choose}/${index}`,
    label: "This one",
    value,
    description: `This one: ${title}`,
  });
}

/** *Confirm* and *Wrong?*; none when Slack could not carry them. */
export function claimButtons({ question, fingerprint }: ClaimPlace): Button[] {
  const place = { question, fingerprint };
  const value = JSON.stringify(place);
  if (!claimPlace.safeParse(place).success || !fitsValue(value)) return [];
  return [
    button({
      actionId: actionIds.confirm,
      label: "Confirm",
      value,
      description: "Confirm that this is right; your name and the date are shown with it",
    }),
    button({
      actionId: actionIds.wrong,
      label: "Wrong?",
      value,
      description: "Wrong? Say what is right instead; its owner is told",
    }),
  ];
}

/** Asks what is right. */
export function renderWrongForm(place: ClaimPlace, said: string): ModalView {
  return formView(viewIds.wrong, "What is wrong?", place, [
    section(mrk`This is what I say now:`),
    plainSection(said, 1000),
    noteBlock("What is right?", "As you would tell its owner, who gets to read this", false),
    section(
      mrk`_It goes with your name to its owner's channel and to the people who look after the catalog._`,
    ),
  ]);
}

/** What the owner reads: who says so, what I said, and what is right instead. Nobody is mentioned but the author. */
export function renderWrongReport(report: {
  said: string;
  note: string;
  slackUserId: string;
  sources: readonly string[];
}): MessageContent {
  const { said, note, slackUserId, sources } = report;
  return message(`An answer about something of yours is said to be wrong: ${note}`, [
    section(mrk`${person(slackUserId)} says that an answer about something of yours is wrong.`),
    section(mrk`*What I said*`),
    plainSection(said, 1000),
    section(mrk`*What is right*`),
    plainSection(note, 600),
    context([
      ...sources.slice(0, 3).map((source) => mrk`It stands in ${source}`),
      mrk`Mend it there, or talk to who wrote this. Ask me again and press *Confirm* when it is right.`,
    ]),
  ]);
}

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
    description: "Report the gap to the people who look after the catalog",
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
