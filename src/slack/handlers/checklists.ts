import { z } from "zod";

import { InputError, NotFoundError } from "../../base/errors.ts";
import type { ChecklistService } from "../../usecases/checklists/checklist-service.ts";
import type { Actor, Checklist } from "../../usecases/checklists/checklist.ts";
import { actionIds, viewIds } from "../action-ids.ts";
import { createChecklistBoard, type ChecklistBoard } from "../checklist-board.ts";
import type { SlackContext } from "../context.ts";
import { isClosedChannel } from "../errors.ts";
import { message, section } from "../views/blocks.ts";
import {
  renderChecklist,
  renderChecklistSummary,
  renderNoteForm,
  stepNoteInput,
} from "../views/checklist-view.ts";
import { channel as shownChannel, mrk } from "../views/text.ts";
import { malformed, valueOf } from "./buttons.ts";
import type { ActionArgs, SubmitArgs, Table } from "./tables.ts";

const startPlace = z.strictObject({
  path: z.string().min(1).max(1000),
  anchor: z.string().max(500).optional(),
});

/** Which checklist, and which of its steps (or pages) a button means. */
const stepPlace = z.strictObject({
  id: z.string().regex(/^[a-f0-9]{24}$/),
  step: z.number().int().min(0).max(10_000),
});

interface Parts {
  context: SlackContext;
  checklists: ChecklistService;
  board: ChecklistBoard;
}

/** The buttons of checklists, and the form of a note. */
export function checklistHandlers(context: SlackContext): {
  actions: Table<ActionArgs>;
  views: Table<SubmitArgs>;
} {
  const { checklists } = context.services;
  if (checklists === undefined) return { actions: {}, views: {} };
  const board = createChecklistBoard(context, (id) => checklists.get(id));
  const parts: Parts = { context, checklists, board };
  return {
    actions: {
      [actionIds.startChecklist]: async (args) => await start(args, parts),
      [actionIds.finishStep]: async (args) => await change(args, parts, "done"),
      [actionIds.skipStep]: async (args) => await change(args, parts, "skipped"),
      [actionIds.reopenStep]: async (args) => await change(args, parts, "open"),
      [actionIds.turnChecklist]: async (args) => await change(args, parts, "turn"),
      [actionIds.noteStep]: async (args) => await openNote(args, parts),
      [actionIds.finishChecklist]: async (args) => await finish(args, parts),
    },
    views: { [viewIds.checklistNote]: async (args) => await addNote(args, parts) },
  };
}

function readValue<T>(schema: z.ZodType<T>, text: string): T {
  try {
    return schema.parse(JSON.parse(text));
  } catch {
    throw malformed();
  }
}

async function actorOf({ context }: Parts, slackUserId: string): Promise<Actor> {
  const { name } = await context.people.requireMember(slackUserId);
  return { slackUserId, name };
}

/** Where the checklist goes: the thread that was asked in, below the answer, or to the asker where there is no channel. */
function placeOf({ body }: ActionArgs): { channel: string; threadTs?: string } {
  const { channel, container, user } = body;
  if (channel === undefined) return { channel: user.id };
  const thread = container["thread_ts"];
  if (typeof thread === "string") return { channel: channel.id, threadTs: thread };
  const own = container["is_ephemeral"] === true ? undefined : container["message_ts"];
  return { channel: channel.id, ...(typeof own === "string" ? { threadTs: own } : {}) };
}

async function start(args: ActionArgs, parts: Parts): Promise<void> {
  const place = readValue(startPlace, valueOf(args));
  const { body } = args;
  const by = await actorOf(parts, body.user.id);
  const where = placeOf(args);
  const shown = body.container["message_ts"] ?? body.view?.id;
  // a second press of the same button is the same checklist
  const requestKey = JSON.stringify([where, String(shown), place, body.user.id]);
  const { checklist, isNew } = await parts.checklists.start({
    requestKey,
    place: { path: place.path, ...(place.anchor === undefined ? {} : { anchor: place.anchor }) },
    ...where,
    by,
  });
  await args.ack();
  const isFirst = await parts.context.dedupe(`checklist:${checklist.id}`);
  if (!isNew && (checklist.message !== undefined || !isFirst)) return;
  await post(checklist, by, parts);
}

async function post(checklist: Checklist, by: Actor, parts: Parts): Promise<void> {
  const { outbox } = parts.context;
  const marker = {
    event_type: "callboard_checklist",
    event_payload: { checklist_id: checklist.id },
  };
  const content = { ...renderChecklist(checklist), metadata: marker };
  const { channel, threadTs } = checklist;
  const thread = threadTs === undefined ? {} : { threadTs };
  try {
    const sent = await outbox.post({ channel, ...thread, ...content });
    await parts.checklists.posted(checklist.id, sent);
  } catch (thrown) {
    if (!isClosedChannel(thrown)) throw thrown;
    const sent = await outbox.post({ channel: by.slackUserId, ...content });
    await parts.checklists.posted(checklist.id, sent);
    const why = mrk`I cannot write in ${shownChannel(channel)}, so the checklist is here.`;
    const text = "I cannot write in that channel, so the checklist is here.";
    await outbox.post({
      channel: sent.channel,
      threadTs: sent.ts,
      ...message(text, [section(why)]),
    });
  }
  // somebody may have ticked before its place was known
  await parts.board.show(checklist.id);
}

/** A button that does not stand in the checklist's own message was not put there by us. */
async function requireOwn(args: ActionArgs, parts: Parts, id: string): Promise<Checklist> {
  const checklist = await parts.checklists.get(id);
  const { channel, container } = args.body;
  const { message: own } = checklist ?? {};
  const isOwn =
    own === undefined || (own.channel === channel?.id && own.ts === container["message_ts"]);
  if (checklist !== undefined && isOwn) return checklist;
  throw new NotFoundError("checklist-unknown", "I do not keep this checklist any more", {
    hint: "checklists are kept for 90 days; start a new one from the runbook",
  });
}

async function change(
  args: ActionArgs,
  parts: Parts,
  what: "done" | "skipped" | "open" | "turn",
): Promise<void> {
  const { id, step } = readValue(stepPlace, valueOf(args));
  await requireOwn(args, parts, id);
  const by = await actorOf(parts, args.body.user.id);
  if (what === "turn") await parts.checklists.turn(id, step);
  else if (what === "open") await parts.checklists.reopen(id, step);
  else await parts.checklists.mark(id, step, what, by);
  await args.ack();
  await parts.board.show(id);
}

async function openNote(args: ActionArgs, parts: Parts): Promise<void> {
  const { id, step } = readValue(stepPlace, valueOf(args));
  const checklist = await requireOwn(args, parts, id);
  const title = checklist.steps[step]?.title ?? "";
  await parts.context.web.views.open({
    trigger_id: args.body.trigger_id,
    view: renderNoteForm(id, step, title),
  });
  await args.ack();
}

async function addNote(args: SubmitArgs, parts: Parts): Promise<void> {
  const { id, step } = readValue(stepPlace, args.view.private_metadata);
  const typed =
    args.view.state.values[stepNoteInput.blockId]?.[stepNoteInput.actionId]?.value ?? "";
  if (typed.trim() === "")
    throw new InputError("note-empty", "the note is empty", { hint: "write what you found" });
  const by = await actorOf(parts, args.body.user.id);
  await parts.checklists.note(id, step, typed.trim(), by);
  await args.ack();
  await parts.board.show(id);
}

async function finish(args: ActionArgs, parts: Parts): Promise<void> {
  const { id } = readValue(stepPlace, valueOf(args));
  await requireOwn(args, parts, id);
  const by = await actorOf(parts, args.body.user.id);
  const { checklist, isFirst } = await parts.checklists.finish(id, by);
  await args.ack();
  const { message: own, threadTs } = checklist;
  if (isFirst && own !== undefined) {
    // where the checklist moved to a direct message, the thread it was asked in is not there
    const isMoved = own.channel !== checklist.channel;
    const thread = isMoved ? own.ts : (threadTs ?? own.ts);
    for (const content of renderChecklistSummary(checklist))
      await parts.context.outbox.post({ channel: own.channel, threadTs: thread, ...content });
  }
  await parts.board.show(id);
}
