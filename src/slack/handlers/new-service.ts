import { ForbiddenError, InputError, NotFoundError } from "../../base/errors.ts";
import type { JsonObject } from "../../base/json.ts";
import type { Draft, LoadedTemplate } from "../../usecases/services.ts";
import { actionIds, shortcutIds } from "../action-ids.ts";
import type { SlackContext } from "../context.ts";
import type { LeftForm } from "../views/form-view.ts";
import { renderTemplatesView } from "../views/template-list.ts";
import { within } from "../within.ts";
import { workspaceIdOf } from "../workspaces.ts";
import { valueOf } from "./buttons.ts";
import { openDraft } from "./form-session.ts";
import { firstView } from "./form-windows.ts";
import { isOfThisWorkspace, noteRefusal, requesterOf } from "./requester.ts";
import { startableOf } from "./startable-templates.ts";
import type { ActionArgs, CommandArgs, GlobalShortcutArgs, Table } from "./tables.ts";

/** The ways into a form: the buttons of the template list. */
export function newServiceActions(context: SlackContext): Table<ActionArgs> {
  return {
    [actionIds.openTemplate]: async (args) =>
      await openFromButton(args, context, { templateRef: valueOf(args) }),
    [actionIds.changeRun]: async (args) =>
      await openFromButton(args, context, await valuesOfRun(args, context)),
    [actionIds.listTemplates]: async (args) => await openList(args, context, args.body.trigger_id),
  };
}

/** The global shortcut *New service*. */
export function newServiceShortcuts(context: SlackContext): Table<GlobalShortcutArgs> {
  return {
    [shortcutIds.newService]: async (args) =>
      await openList(args, context, args.shortcut.trigger_id),
  };
}

async function openList(
  args: ActionArgs | GlobalShortcutArgs,
  context: SlackContext,
  triggerId: string,
): Promise<void> {
  const { user } = "action" in args ? args.body : args.shortcut;
  const startable = await startableOf(context, context.services.templates.list(), user.id);
  const view = renderTemplatesView(startable);
  await context.web.views.open({ trigger_id: triggerId, view });
  await args.ack();
}

/** Opens the form of the template that was named after `/newservice`; false when there is none of that name. */
export async function openNamedTemplate(
  args: CommandArgs,
  context: SlackContext,
  name: string,
): Promise<boolean> {
  const found = context.services.templates.get(name);
  if (found === undefined) return false;
  const { user_id: userId, channel_id: channel, trigger_id: triggerId } = args.command;
  const view = await beginForm(context, { templateRef: found.template.ref, userId, channel });
  await context.web.views.open({ trigger_id: triggerId, view });
  await args.ack();
  return true;
}

/** The template and values of a run that is to be tried with other ones; only its requester may see them. */
async function valuesOfRun(
  args: ActionArgs,
  context: SlackContext,
): Promise<{ templateRef: string; values: JsonObject }> {
  const run = await context.services.runs.get(valueOf(args));
  // what another company asked for is not known here
  if (run === undefined || !isOfThisWorkspace(context, run))
    throw new NotFoundError("run-unknown", "this run is not known any more");
  if (run.requester.slackUserId !== args.body.user.id) {
    throw new ForbiddenError(
      "run-of-somebody-else",
      `this run was started by ${run.requester.name}; only they can change it`,
    );
  }
  return { templateRef: run.templateRef, values: run.values };
}

async function openFromButton(
  args: ActionArgs,
  context: SlackContext,
  from: { templateRef: string; values?: JsonObject },
): Promise<void> {
  const { body } = args;
  const channel = body.channel?.id;
  const view = await beginForm(context, {
    ...from,
    userId: body.user.id,
    ...(channel === undefined ? {} : { channel }),
  });
  // the shortcut's list is a modal already; a message and the Home tab are not
  if (body.view?.type !== "modal")
    await context.web.views.open({ trigger_id: body.trigger_id, view });
  else await context.web.views.update({ view_id: body.view.id, hash: body.view.hash, view });
  await args.ack();
}

/** What the person began before and did not send. */
async function leftForm(
  { services, now }: SlackContext,
  { slackUserId, templateRef }: Draft,
): Promise<LeftForm | undefined> {
  const draft = await services.drafts.latest?.(slackUserId, templateRef);
  if (draft === undefined) return undefined;
  return { draftId: draft.id, begunAtMs: draft.createdAtMs, nowMs: now() };
}

/** Slack's trigger lives three seconds; who it is must be known only before anything is created. */
const personLimitMs = 800;

async function beginForm(
  context: SlackContext,
  from: { templateRef: string; userId: string; channel?: string; values?: JsonObject },
) {
  const { services } = context;
  const found = services.templates.get(from.templateRef);
  if (found === undefined) {
    throw new NotFoundError("template-unknown", `there is no template ${from.templateRef}`, {
      hint: "`/newservice` lists the templates",
    });
  }
  const { ref, title } = found.template;
  const looking = context.people.requireMember(from.userId);
  // a refusal is certain and said at once; that Slack is slow or silent is found out before anything is created
  await within(looking, personLimitMs).catch((thrown: unknown) => {
    if (thrown instanceof ForbiddenError) throw thrown;
  });
  looking.catch(() => undefined);
  await assertMayStart(context, found, from);
  const problem = services.templates.list().find((each) => each.ref === ref)?.problem;
  if (problem !== undefined) {
    throw new InputError("template-broken", `the template ${title} cannot be run: ${problem}`, {
      hint: "its owner can see every finding with `callboard check`",
    });
  }
  const draft: Draft = {
    id: context.newId(),
    templateRef: ref,
    page: 0,
    values: from.values ?? {},
    slackUserId: from.userId,
    workspace: workspaceIdOf(context.identity()),
    createdAtMs: context.now(),
    ...(from.channel === undefined ? {} : { channel: from.channel }),
  };
  const left = from.values === undefined ? await leftForm(context, draft) : undefined;
  await services.drafts.save(draft);
  const session = await openDraft(context, draft);
  if (session === undefined) throw new NotFoundError("template-unknown", "the template is gone");
  return firstView(session, left);
}

/** Where there is a policy, who they are must be known before anything opens. @throws ForbiddenError `policy-denied` */
async function assertMayStart(
  context: SlackContext,
  { template }: LoadedTemplate,
  { userId, channel }: { userId: string; channel?: string },
): Promise<void> {
  const { policy } = context.services;
  if (policy?.isConfigured !== true) return;
  const by = await requesterOf(context, userId);
  try {
    policy.assert({ action: "start", by, template, ...(channel === undefined ? {} : { channel }) });
  } catch (thrown) {
    if (thrown instanceof ForbiddenError)
      await noteRefusal(context, thrown, { what: "start", by, about: { template: template.ref } });
    throw thrown;
  }
}
