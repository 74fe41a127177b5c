import { InputError } from "../../base/errors.ts";
import { isRecord } from "../../base/json.ts";
import { runCheck, formatProblem } from "../checks/check.ts";
import { optionsAnswer } from "../checks/objects.ts";
import {
  blockActionsPayload,
  type ElementPlace,
  renderAction,
  suggestionPayload,
} from "../payloads.ts";
import type {
  Person,
  SlackBlock,
  SlackMessage,
  SlackOption,
  StateValues,
} from "../slack-shapes.ts";
import { buildState, findActionElements, isBlock, optionsOf, textOf } from "../view-state.ts";
import { type ActContext, type Outcome, personOf, responseUrlFor, toOutcome } from "./context.ts";
import { chosenOf, hasOption, type PlainValue, toStateValue, valuesIn } from "./values.ts";

/** Names an element: where it stands and which it is. */
export interface ElementInput {
  user: string;
  /** A channel's id or name; without it the element is looked for in the open modal, or in the Home tab. */
  channel?: string;
  /** The message; without it the newest that has such an element. */
  ts?: string;
  /** Looks in the Home tab. */
  isHome?: boolean;
  actionId?: string;
  blockId?: string;
  /** The button's label, where several share an action id. */
  label?: string;
  /** The button's value, where several share an action id. */
  buttonValue?: string;
}

/** An element that was found, with where it stands. */
export interface FoundElement {
  user: Person;
  place: ElementPlace;
  blockId: string;
  actionId: string;
  element: SlackBlock;
}

/** What options a search brought. */
export type TypeaheadOutcome = Outcome & { options: SlackOption[] };

/** @throws InputError `playground-element-unknown` when there is nothing like it on the person's screen. */
function findElement(input: ElementInput, context: ActContext): FoundElement {
  const user = personOf(context, input.user);
  for (const place of placesFor(input, context)) {
    const blocks = place.kind === "view" ? place.view.blocks : blocksOf(place.message);
    const found = findActionElements(blocks).find((entry) => matches(entry, input));
    if (found !== undefined) return { user, place, ...found };
  }
  const wanted = input.actionId ?? input.label ?? input.blockId ?? "";
  throw new InputError("playground-element-unknown", `${user.name} sees no “${wanted}” there.`, {
    hint: `There are: ${namesOnScreen(input, context).join(", ") || "no elements at all"}.`,
  });
}

function blocksOf(message: SlackMessage): SlackBlock[] {
  const attached = (message.attachments ?? []).flatMap((attachment) =>
    Array.isArray(attachment["blocks"]) ? attachment["blocks"].filter((b) => isBlock(b)) : [],
  );
  return [...(message.blocks ?? []), ...attached];
}

function matches(
  found: { blockId: string; actionId: string; element: SlackBlock },
  { actionId, blockId, label, buttonValue }: ElementInput,
): boolean {
  return (
    (actionId === undefined || found.actionId === actionId) &&
    (blockId === undefined || found.blockId === blockId) &&
    (label === undefined || textOf(found.element["text"]) === label) &&
    (buttonValue === undefined || found.element["value"] === buttonValue)
  );
}

/** Where to look, the newest first. */
function placesFor(input: ElementInput, { workspace, views }: ActContext): ElementPlace[] {
  if (input.channel === undefined) {
    const view = input.isHome === true ? views.home(input.user) : views.current(input.user);
    return view === undefined ? [] : [{ kind: "view", view }];
  }
  const channelId =
    input.channel === "bot"
      ? workspace.dmOf(input.user).id
      : (workspace.findChannel(input.channel)?.id ?? input.channel);
  const own = workspace.ephemeralsOf(input.user).filter((entry) => entry.channel === channelId);
  return [...workspace.all(channelId), ...own.map((entry) => entry.message)]
    .filter((message) => input.ts === undefined || message.ts === input.ts)
    .toSorted((a, b) => Number(b.ts) - Number(a.ts))
    .map((message) => ({ kind: "message", channelId, message }));
}

function namesOnScreen(input: ElementInput, context: ActContext): string[] {
  const found = placesFor(input, context).flatMap((place) =>
    findActionElements(place.kind === "view" ? place.view.blocks : blocksOf(place.message)),
  );
  return [...new Set(found.map(({ actionId }) => actionId))].slice(0, 20);
}

/** Presses a button, or chooses from a menu when `value` is given. */
export async function act(
  input: ElementInput & { value?: PlainValue },
  context: ActContext,
): Promise<Outcome> {
  const found = findElement(input, context);
  const chosen = await choose(found, input.value, context);
  return sendAction(found, chosen, context);
}

async function choose(
  found: FoundElement,
  value: PlainValue | undefined,
  context: ActContext,
): Promise<Record<string, unknown>> {
  const { element } = found;
  if (element.type === "button" || element.type === "workflow_button") return {};
  if (element.type === "feedback_buttons") return feedbackChoice(element, value);
  if (element.type === "icon_button") return {};
  if (value === undefined) {
    throw new InputError(
      "playground-value-missing",
      `“${found.actionId}” is a ${element.type}: say which value to choose.`,
    );
  }
  const known = element.type.includes("external") ? await search(found, value, context) : [];
  const next = toStateValue(element, value, known);
  if (element.type !== "overflow") remember(found, next, context);
  return chosenOf(next);
}

function feedbackChoice(
  element: SlackBlock,
  value: PlainValue | undefined,
): Record<string, unknown> {
  const buttons = [element["positive_button"], element["negative_button"]].filter((b) =>
    isRecord(b),
  );
  const button = buttons.find((b) => b["value"] === value) ?? buttons[0];
  return { value: button?.["value"], text: button?.["text"] };
}

function remember(
  found: FoundElement,
  value: ReturnType<typeof toStateValue>,
  context: ActContext,
): void {
  const { blockId, actionId } = found;
  const values = stateOf(found, context);
  (values[blockId] ??= {})[actionId] = value;
}

function stateOf({ place, user }: FoundElement, { memory }: ActContext): StateValues {
  if (place.kind === "view") return place.view.state.values;
  const key = `${place.channelId}:${place.message.ts}:${user.id}`;
  const values = buildState(blocksOf(place.message), memory.messageStates.get(key));
  memory.messageStates.set(key, values);
  return values;
}

async function sendAction(
  found: FoundElement,
  chosen: Record<string, unknown>,
  context: ActContext,
): Promise<Outcome> {
  const { user, place } = found;
  const { workspace, tickets, dispatcher } = context;
  const trigger =
    place.kind === "view"
      ? { userId: user.id, viewId: place.view.id }
      : { userId: user.id, channelId: place.channelId };
  const payload = blockActionsPayload(workspace, {
    user,
    place,
    state: stateOf(found, context),
    actions: [renderAction(workspace, { blockId: found.blockId, element: found.element, chosen })],
    triggerId: tickets.issueTrigger(trigger),
    ...(place.kind === "message" ? { responseUrl: urlFor(user, place, context) } : {}),
  });
  const result = await dispatcher.deliver(`block_actions ${found.actionId}`, {
    kind: "interactive",
    payload,
    acceptsResponse: false,
  });
  return toOutcome(result);
}

function urlFor(
  user: Person,
  place: Extract<ElementPlace, { kind: "message" }>,
  context: ActContext,
): string {
  const { ts, is_ephemeral: isEphemeral = false, thread_ts: threadTs } = place.message;
  return responseUrlFor(context, {
    userId: user.id,
    channelId: place.channelId,
    source: { ts, isEphemeral, ...(threadTs === undefined ? {} : { threadTs }) },
  });
}

/** Sends the action that an input with `dispatch_action` sends, after its value is in the state. */
export function dispatchInput(
  found: FoundElement,
  chosen: Record<string, unknown>,
  context: ActContext,
): Promise<Outcome> {
  return sendAction(found, chosen, context);
}

/** Types into an external select and returns what the bot offers. */
export async function typeahead(
  input: ElementInput & { value: string },
  context: ActContext,
): Promise<TypeaheadOutcome> {
  return suggest(findElement(input, context), input.value, context);
}

async function suggest(
  found: FoundElement,
  value: string,
  context: ActContext,
): Promise<TypeaheadOutcome> {
  const payload = suggestionPayload(context.workspace, { ...found, value });
  const result = await context.dispatcher.deliver(`block_suggestion ${found.actionId}`, {
    kind: "interactive",
    payload,
    acceptsResponse: true,
  });
  const outcome = toOutcome(result);
  if (outcome.error !== undefined) return { ...outcome, options: [] };
  const problems = runCheck(optionsAnswer, outcome.ackBody, "");
  if (problems.length > 0) {
    const detail = problems.map((problem) => formatProblem(problem)).join("; ");
    return { ...outcome, error: "invalid_options", detail, options: [] };
  }
  const answer = isRecord(outcome.ackBody) ? outcome.ackBody : {};
  const options = optionsOf({ ...answer, type: "answer" });
  const key = offerKey(found);
  context.memory.offered.set(
    key,
    [...options, ...(context.memory.offered.get(key) ?? [])].slice(0, 500),
  );
  return { ...outcome, options };
}

function offerKey({ user, place, blockId, actionId }: FoundElement): string {
  const where = place.kind === "view" ? place.view.id : place.message.ts;
  return `${user.id}:${where}:${blockId}:${actionId}`;
}

/** The options behind these values: searches for each value that the element's own options do not have. */
export async function search(
  found: FoundElement,
  value: PlainValue,
  context: ActContext,
): Promise<SlackOption[]> {
  const values = valuesIn(value);
  const initial = [found.element["initial_option"], found.element["initial_options"]].flat();
  const known = optionsOf({ type: "known", options: initial });
  known.push(...(context.memory.offered.get(offerKey(found)) ?? []));
  for (const wanted of values) {
    for (const query of [wanted, ""]) {
      if (hasOption(known, wanted)) break;
      const { options, error, detail } = await suggest(found, query, context);
      if (error !== undefined) {
        throw new InputError(
          "playground-options-failed",
          `The options of ${found.actionId} could not be loaded: ${detail ?? error}.`,
        );
      }
      known.push(...options);
    }
  }
  return known;
}
