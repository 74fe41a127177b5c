import { formatProblem, type Problem } from "../checks/check.ts";
import { checkView, viewBytes } from "../checks/views.ts";
import { SlackRefusal } from "../refusal.ts";
import type { SlackView } from "../slack-shapes.ts";
import type { Trigger } from "../tickets.ts";
import { findStatefulElements } from "../view-state.ts";
import type { ViewDraft } from "../view-store.ts";
import type { MethodArguments } from "./arguments.ts";
import type { ApiContext, Method } from "./context.ts";

/**
 * Checks a view and gives it its type.
 * @throws SlackRefusal `invalid_arguments` with every problem, `view_too_large`.
 */
export function readView(value: unknown, type: "modal" | "home", pointer = "/view"): ViewDraft {
  if (Buffer.byteLength(JSON.stringify(value ?? null)) > viewBytes) {
    throw new SlackRefusal("view_too_large");
  }
  const problems = checkView(value, type, pointer);
  if (isSound(value, problems)) return value;
  throw new SlackRefusal(
    "invalid_arguments",
    problems.map((problem) => formatProblem(problem)),
  );
}

/** The checks have looked at every field that `ViewDraft` names. */
function isSound(_value: unknown, problems: readonly Problem[]): _value is ViewDraft {
  return problems.length === 0;
}

function takeTrigger(args: MethodArguments, context: ApiContext): Trigger {
  const id = args.text("trigger_id") ?? args.text("interactivity_pointer");
  if (id === undefined) {
    throw new SlackRefusal("invalid_arguments", ["[ERROR] missing required field: trigger_id"]);
  }
  return context.tickets.takeTrigger(id);
}

/** Fills `default_to_current_conversation` selects with the channel the person was in. */
function fillConversation(view: SlackView, channelId: string | undefined): void {
  if (channelId === undefined) return;
  for (const { blockId, actionId, element } of findStatefulElements(view.blocks)) {
    const isWanted =
      element.type === "conversations_select" &&
      element["default_to_current_conversation"] === true &&
      element["initial_conversation"] === undefined;
    const value = view.state.values[blockId]?.[actionId];
    if (isWanted && value !== undefined) value.selected_conversation ??= channelId;
  }
}

function open(args: MethodArguments, context: ApiContext): Record<string, unknown> {
  const draft = readView(args.raw("view"), "modal");
  const trigger = takeTrigger(args, context);
  const view = context.views.open(trigger.userId, draft);
  fillConversation(view, trigger.channelId);
  return { view };
}

function push(args: MethodArguments, context: ApiContext): Record<string, unknown> {
  const draft = readView(args.raw("view"), "modal");
  const trigger = takeTrigger(args, context);
  if (trigger.viewId === undefined) throw new SlackRefusal("invalid_trigger_id");
  return { view: context.views.push(trigger.userId, draft) };
}

function update(args: MethodArguments, context: ApiContext): Record<string, unknown> {
  const viewId = args.text("view_id");
  const externalId = args.text("external_id");
  const kind = viewId === undefined ? "modal" : context.views.findById(viewId)?.view.type;
  const draft = readView(args.raw("view"), kind ?? "modal");
  const target = {
    ...(viewId === undefined ? {} : { viewId }),
    ...(externalId === undefined ? {} : { externalId }),
  };
  return { view: context.views.update(target, draft, args.text("hash")) };
}

function publish(args: MethodArguments, context: ApiContext): Record<string, unknown> {
  const user = args.required("user_id");
  if (!context.workspace.people.has(user)) throw new SlackRefusal("invalid_arguments");
  const draft = readView(args.raw("view"), "home");
  return { view: context.views.publish(user, draft, args.text("hash")) };
}

/** Methods of the `views` family. */
export const viewMethods: Record<string, Method> = {
  "views.open": open,
  "views.push": push,
  "views.update": update,
  "views.publish": publish,
};
