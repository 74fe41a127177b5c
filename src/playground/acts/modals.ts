import { InputError } from "../../base/errors.ts";
import { isRecord } from "../../base/json.ts";
import { viewClosedPayload, viewSubmissionPayload } from "../payloads.ts";
import { SlackRefusal } from "../refusal.ts";
import type { Person, SlackView } from "../slack-shapes.ts";
import { findStatefulElements, type StatefulElement } from "../view-state.ts";
import { readView } from "../web-api/views.ts";
import { type ActContext, type Outcome, personOf, responseUrlFor, toOutcome } from "./context.ts";
import { dispatchInput, search } from "./elements.ts";
import { checkInput } from "./input-rules.ts";
import { chosenOf, type PlainValue, toStateValue } from "./values.ts";

/** What is on the screen after a modal was submitted. */
export type SubmitOutcome = Outcome & {
  /** Block id → what is wrong with the field, by Slack's own rules or by the bot. */
  errors?: Record<string, string>;
  /** The modal that is on top now; undefined when none is left. */
  view?: SlackView;
};

/** A value for a field of the open modal, or of the Home tab. */
export interface EnterInput {
  user: string;
  blockId: string;
  actionId?: string;
  value: PlainValue;
  isHome?: boolean;
  /** Tells the bot nothing even when the field has `dispatch_action`, as a key press inside of a text. */
  isSilent?: boolean;
}

/** Puts a value into a field of the open modal; a field with `dispatch_action` tells the bot. */
export async function enter(input: EnterInput, context: ActContext): Promise<Outcome> {
  const user = personOf(context, input.user);
  const view =
    input.isHome === true ? context.views.home(user.id) : requireView(user, undefined, context);
  if (view === undefined) {
    throw new InputError("playground-no-home", `${user.name} has no Home tab yet.`);
  }
  const field = findField(view, input);
  await setField(user, view, field, input.value, context);
  if (field.input?.dispatches !== true || input.isSilent === true) return {};
  const place = { kind: "view", view } as const;
  const value = view.state.values[field.blockId]?.[field.actionId];
  return dispatchInput(
    { user, place, ...field },
    value === undefined ? {} : chosenOf(value),
    context,
  );
}

/** Presses the modal's submit button after putting `values` (by block id) into its fields. */
export async function submitView(
  input: { user: string; viewId?: string; values?: Readonly<Record<string, PlainValue>> },
  context: ActContext,
): Promise<SubmitOutcome> {
  const user = personOf(context, input.user);
  const view = requireView(user, input.viewId, context);
  for (const [blockId, value] of Object.entries(input.values ?? {})) {
    await setField(user, view, findField(view, { blockId }), value, context);
  }
  const faults = checkFields(view);
  if (Object.keys(faults).length > 0) return { errors: faults, view };
  const trigger = { userId: user.id, viewId: view.id };
  const payload = viewSubmissionPayload(context.workspace, {
    user,
    view,
    triggerId: context.tickets.issueTrigger(trigger),
    responseUrls: responseUrlsOf(user, view, context),
  });
  const result = await context.dispatcher.deliver(`view_submission ${view.callback_id}`, {
    kind: "interactive",
    payload,
    acceptsResponse: true,
  });
  const outcome = toOutcome(result);
  if (outcome.error !== undefined) return { ...outcome, view };
  return { ...outcome, ...applyAnswer(outcome.ackBody, user, view, context) };
}

/** Closes the topmost modal with its close button, or all of them with the cross (`isCleared`). */
export async function closeView(
  input: { user: string; isCleared?: boolean },
  context: ActContext,
): Promise<Outcome> {
  const user = personOf(context, input.user);
  const top = requireView(user, undefined, context);
  const isCleared = input.isCleared === true || top.clear_on_close;
  let outcome: Outcome = {};
  for (const view of context.views.close(user.id, isCleared)) {
    if (!view.notify_on_close) continue;
    const result = await context.dispatcher.deliver(`view_closed ${view.callback_id}`, {
      kind: "interactive",
      payload: viewClosedPayload(context.workspace, { user, view, isCleared }),
      acceptsResponse: false,
    });
    outcome = toOutcome(result);
  }
  return outcome;
}

function requireView(user: Person, viewId: string | undefined, { views }: ActContext): SlackView {
  const view = views.current(user.id);
  if (view !== undefined && (viewId === undefined || view.id === viewId)) return view;
  throw new InputError("playground-no-modal", `${user.name} has no such modal open.`);
}

function findField(
  view: SlackView,
  { blockId, actionId }: { blockId: string; actionId?: string },
): StatefulElement {
  const fields = findStatefulElements(view.blocks);
  const field = fields.find(
    (entry) => entry.blockId === blockId && (actionId === undefined || entry.actionId === actionId),
  );
  if (field !== undefined) return field;
  throw new InputError("playground-field-unknown", `The view has no field “${blockId}”.`, {
    hint: `There are: ${fields.map((entry) => entry.blockId).join(", ")}.`,
  });
}

async function setField(
  user: Person,
  view: SlackView,
  field: StatefulElement,
  value: PlainValue,
  context: ActContext,
): Promise<void> {
  const { blockId, actionId, element } = field;
  const place = { kind: "view", view } as const;
  const known = element.type.includes("external")
    ? await search({ user, place, ...field }, value, context)
    : [];
  (view.state.values[blockId] ??= {})[actionId] = toStateValue(element, value, known);
}

/** What Slack's client itself refuses before the bot is asked. */
function checkFields(view: SlackView): Record<string, string> {
  const faults: Record<string, string> = {};
  for (const field of findStatefulElements(view.blocks)) {
    const value = view.state.values[field.blockId]?.[field.actionId];
    if (field.input === undefined || value === undefined) continue;
    const fault = checkInput(field.element, value, field.input.isOptional);
    if (fault !== undefined) faults[field.blockId] = fault;
  }
  return faults;
}

/** A conversations select with `response_url_enabled` lets the bot answer there. */
function responseUrlsOf(user: Person, view: SlackView, context: ActContext): unknown[] {
  return findStatefulElements(view.blocks).flatMap(({ blockId, actionId, element }) => {
    const value = view.state.values[blockId]?.[actionId];
    const channelId = value?.selected_conversation ?? value?.selected_channel;
    if (element["response_url_enabled"] !== true || typeof channelId !== "string") return [];
    const url = responseUrlFor(context, { userId: user.id, channelId });
    return [{ block_id: blockId, action_id: actionId, channel_id: channelId, response_url: url }];
  });
}

/** Carries out the `response_action` that came with the acknowledgement; without one the modal closes. */
function applyAnswer(
  body: unknown,
  user: Person,
  view: SlackView,
  { views }: ActContext,
): SubmitOutcome {
  const answer = isRecord(body) ? body : {};
  try {
    switch (answer["response_action"]) {
      case undefined:
        views.close(user.id, false);
        break;
      case "clear":
        views.close(user.id, true);
        break;
      case "update":
        views.update({ viewId: view.id }, readView(answer["view"], "modal"));
        break;
      case "push":
        views.push(user.id, readView(answer["view"], "modal"));
        break;
      case "errors":
        return { errors: readErrors(answer["errors"], view), view };
      default:
        throw new SlackRefusal("invalid_response_action");
    }
  } catch (thrown) {
    // Slack shows “We had some trouble connecting. Try again?” and nothing more.
    if (thrown instanceof SlackRefusal) {
      return { error: thrown.error, detail: thrown.message, view };
    }
    throw thrown;
  }
  const top = views.current(user.id);
  return top === undefined ? {} : { view: top };
}

function readErrors(value: unknown, view: SlackView): Record<string, string> {
  const inputs = new Set(
    view.blocks.filter((block) => block.type === "input").map((block) => block.block_id),
  );
  const entries = isRecord(value) ? Object.entries(value) : [];
  const errors: Record<string, string> = {};
  for (const [blockId, message] of entries) {
    if (!inputs.has(blockId) || typeof message !== "string") {
      throw new SlackRefusal("invalid_errors", [`[ERROR] ${blockId} is not an input block`]);
    }
    errors[blockId] = message;
  }
  if (entries.length === 0) throw new SlackRefusal("invalid_errors");
  return errors;
}
