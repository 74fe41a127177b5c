import type { ViewOutput } from "@slack/bolt";
import type { ModalView } from "@slack/types";

import { CallboardError, toError } from "../../base/errors.ts";
import type { FieldFault, FormField } from "../../scaffold/form-model.ts";
import { actionIds, viewIds } from "../action-ids.ts";
import type { SlackContext } from "../context.ts";
import { slackErrorCode } from "../errors.ts";
import { pageFaults, type ShownPage } from "../form-pages.ts";
import { fieldBlockId } from "../views/field-ids.ts";
import { renderFormGone } from "../views/form-view.ts";
import { clamp, oneLine } from "../views/text.ts";
import { within } from "../within.ts";
import { valueOf } from "./buttons.ts";
import { showDryRun } from "./form-dry-run.ts";
import { openEntry, removeEntry, submitEntry } from "./form-entries.ts";
import { repositoryFaults } from "./form-repositories.ts";
import { chooseReference, forgetGone, runSecretsOf } from "./form-secrets.ts";
import {
  finalValues,
  type FormSession,
  keepInputs,
  loadSession,
  openDraft,
  placeOf,
  readPage,
  withReading,
} from "./form-session.ts";
import { type Sheet, sheetAt, viewAfter, viewAt, viewBefore } from "./form-windows.ts";
import { requesterOf } from "./requester.ts";
import type { ActionArgs, SubmitArgs, Table } from "./tables.ts";

/** Forms that are sent. */
export function formViews(context: SlackContext): Table<SubmitArgs> {
  return {
    [viewIds.formPage]: async (args) => await submitPage(args, context),
    [viewIds.formEntry]: async (args) => await submitEntry(args, context),
    [viewIds.formReview]: async (args) => await submitReview(args, context),
  };
}

/** What is pressed or changed inside a form. */
export function formActions(context: SlackContext): Table<ActionArgs> {
  return {
    async [actionIds.formBack]({ ack, body }) {
      await ack();
      if (body.view !== undefined) await goBack(context, body.view, body.user.id);
    },
    async [actionIds.formInput]({ ack, body }) {
      await ack();
      if (body.view !== undefined) await redraw(context, body.view, body.user.id);
    },
    [actionIds.formContinue]: async (args) => await continueForm(args, context),
    [actionIds.formEntryAdd]: async (args) => await openEntry(args, context),
    async [actionIds.formEntryRemove]({ ack, body, action }) {
      await ack();
      const remove = async (session: FormSession): Promise<FormSession> => {
        const next = removeEntry({ action }, session);
        await forgetGone(context, session, next);
        return next;
      };
      if (body.view !== undefined) await redraw(context, body.view, body.user.id, remove);
    },
    [actionIds.formDryRun]: async (args) => await showDryRun(args, context),
    // the browser opens the page; the form gets a fresh link, and is found again when the secret is stored
    async [actionIds.formSecret]({ ack, body }) {
      await ack();
      if (body.view !== undefined) await redraw(context, body.view, body.user.id);
    },
    async [actionIds.formSecretReference]({ ack, body, action }) {
      await ack();
      const { view } = body;
      if (view === undefined) return;
      const choose = async (session: FormSession, page: ShownPage): Promise<FormSession> => {
        await chooseReference({ action }, context, session, page.index);
        return session;
      };
      await redraw(context, view, body.user.id, choose);
    },
  };
}

async function submitPage(args: SubmitArgs, context: SlackContext): Promise<void> {
  const { ack, view, body } = args;
  const place = placeOf(view);
  const session = await loadSession(context, place, body.user.id);
  const page = session === undefined ? undefined : sheetAt(session, place);
  if (session === undefined || page === undefined) {
    await ack({ response_action: "update", view: renderFormGone() });
    return;
  }
  const reading = readPage(session, page, view.state.values);
  const next = withReading(session, reading);
  const sheet = sheetAt(next, place) ?? page;
  const wrong = faultsSoFar(sheet, pageFaults(page.page, reading, next.scope));
  const asked = { ...sheet, fields: sheet.shown };
  const faults = wrong.length > 0 ? wrong : await repositoryFaults(context, next, asked);
  if (faults.length === 0) {
    const isDone = sheet.isLastPart;
    const at = isDone
      ? { page: page.index + 1, part: 0 }
      : { page: page.index, part: sheet.part + 1 };
    await context.services.drafts.save({ ...next.draft, ...at });
    await ack({
      response_action: "update",
      view: viewAfter(next, { page: page.index, part: sheet.part }),
    });
    return;
  }
  await context.services.drafts.save(next.draft);
  await ack(answerFaults(next, sheet, faults, view));
}

/** Of a page in several windows, what is wrong in this one; what concerns the page as a whole is said at its end. */
function faultsSoFar(sheet: Sheet, faults: FieldFault[]): FieldFault[] {
  if (sheet.isLastPart) return faults;
  const keys = new Set(sheet.shown.map(({ key }) => key));
  return faults.filter(({ key }) => keys.has(key));
}

/** Faults at their fields; a fault that has no field on the screen redraws the page with the fault on top. */
function answerFaults(session: FormSession, sheet: Sheet, faults: FieldFault[], view: ViewOutput) {
  const onScreen = new Set(view.blocks.map((block) => block.block_id));
  const errors: Record<string, string> = {};
  const others: string[] = [];
  for (const fault of faults) {
    const blockId = blockOf(sheet, fault.key, onScreen);
    if (blockId === undefined) others.push(faultLine(sheet, fault));
    else errors[blockId] = clamp(oneLine(fault.message), 500);
  }
  const [firstId] = Object.keys(errors);
  if (firstId === undefined || isMissingFields(sheet, onScreen)) {
    const lines = faults.map((fault) => faultLine(sheet, fault));
    return {
      response_action: "update" as const,
      view: viewAt(session, { page: sheet.index, part: sheet.part }, lines.join(" ")),
    };
  }
  if (others.length > 0) errors[firstId] = clamp(`${errors[firstId]} ${others.join(" ")}`, 900);
  return { response_action: "errors" as const, errors };
}

/** True for a field that is an input on its page, not something to be read or pressed. */
function isInput({ widget, items }: FormField): boolean {
  return widget !== "note" && widget !== "secret" && items === undefined;
}

/** The input block that a fault can be shown at. */
function blockOf(
  page: ShownPage,
  key: string,
  onScreen: ReadonlySet<string | undefined>,
): string | undefined {
  const field = page.fields.find((each) => each.key === key);
  if (field === undefined || !isInput(field)) return undefined;
  const parts = field.widget === "repo-url" ? (["name", "owner"] as const) : ([""] as const);
  return parts.map((part) => fieldBlockId(page.index, key, part)).find((id) => onScreen.has(id));
}

/** True when a condition has changed without Slack telling us, so that fields are needed that nobody could see. */
function isMissingFields(sheet: Sheet, onScreen: ReadonlySet<string | undefined>): boolean {
  return sheet.shown.some(
    (field) =>
      isInput(field) && blockOf({ ...sheet, fields: [field] }, field.key, onScreen) === undefined,
  );
}

function faultLine(page: ShownPage, fault: FieldFault): string {
  const label = page.fields.find((field) => field.key === fault.key)?.label;
  return label === undefined ? fault.message : `${label}: ${fault.message}`;
}

/** Slack waits three seconds; what is not accepted by then is said not to be, and pressing again is safe. */
const startLimitMs = 2200;

async function submitReview(args: SubmitArgs, context: SlackContext): Promise<void> {
  const { ack, view, body } = args;
  const session = await loadSession(context, placeOf(view), body.user.id);
  if (session === undefined) {
    await ack({ response_action: "update", view: renderFormGone() });
    return;
  }
  const problem = await startRun(context, session, body.user.id);
  if (problem === undefined) await ack({ response_action: "clear" });
  else await ack({ response_action: "update", view: viewAt(session, {}, problem) });
}

/** Starts the run; the same draft is the same run, however often *Create* is pressed. Gives the reason when it could not. */
async function startRun(
  context: SlackContext,
  session: FormSession,
  slackUserId: string,
): Promise<string | undefined> {
  const { draft } = session;
  try {
    const starting = requesterOf(context, slackUserId).then(async (requester) => {
      const secrets = runSecretsOf(session);
      if (draft.retryOf !== undefined) {
        return await context.services.runs.retry(draft.retryOf, requester, secrets);
      }
      return await context.services.runs.start({
        requestKey: `slack:${context.identity().teamId}:${draft.id}`,
        templateRef: draft.templateRef,
        values: finalValues(session),
        emptied: draft.emptied ?? [],
        ...(secrets === undefined ? {} : { secrets }),
        requester,
        // without a channel (the global shortcut) the run reports in a direct message
        channel: draft.channel ?? slackUserId,
      });
    });
    const run = await within(starting, startLimitMs);
    if (run !== undefined) {
      await context.services.drafts.settle?.(draft);
      return undefined;
    }
    starting.catch((thrown: unknown) => {
      context.logger.error({ error: toError(thrown).message }, "run was not accepted");
    });
    return "I could not store this in time. Press Create again: the same form never starts twice.";
  } catch (thrown) {
    if (!(thrown instanceof CallboardError)) {
      const id = context.newId().slice(0, 8);
      context.logger.error({ id, error: toError(thrown).message }, "run was not accepted");
      return `Something went wrong on my side and nothing was created (id ${id}). Press Create to try again.`;
    }
    context.logger.warn({ code: thrown.code }, "run was refused");
    return `${thrown.message}${thrown.hint === undefined ? "" : ` — ${thrown.hint}`}`;
  }
}

/** Takes up a form that was left, where it was left. */
async function continueForm(args: ActionArgs, context: SlackContext): Promise<void> {
  await args.ack();
  const { view, user } = args.body;
  if (view === undefined) return;
  const session = await loadSession(context, { draft: valueOf(args) }, user.id);
  const next = session === undefined ? renderFormGone() : continuedView(session);
  await replace(context, view, next);
}

/** Where the form was left, or the next page that is there. */
function continuedView(session: FormSession): ModalView {
  const { page } = session.draft;
  return sheetAt(session, session.draft) === undefined
    ? viewAfter(session, { page: page - 1, part: Infinity })
    : viewAt(session, session.draft);
}

async function goBack(context: SlackContext, view: ViewOutput, slackUserId: string): Promise<void> {
  const place = placeOf(view);
  const session = await loadSession(context, place, slackUserId);
  if (session === undefined) return await replace(context, view, renderFormGone());
  const page = sheetAt(session, place);
  const kept = page === undefined ? session : await keepInputs(context, session, page, view);
  await replace(context, view, viewBefore(kept, place));
}

/** Draws the page again after a value that other fields depend on has changed. */
async function redraw(
  context: SlackContext,
  view: ViewOutput,
  slackUserId: string,
  change?: (session: FormSession, page: ShownPage) => Promise<FormSession>,
): Promise<void> {
  const place = placeOf(view);
  const session = await loadSession(context, place, slackUserId);
  if (session === undefined) return await replace(context, view, renderFormGone());
  const page = sheetAt(session, place);
  if (page === undefined) return;
  const changed = (await change?.(session, page)) ?? session;
  const kept = await keepInputs(context, changed, page, view);
  const drawn = (await openDraft(context, kept.draft)) ?? kept;
  await replace(context, view, viewAt(drawn, place));
}

/** `hash` makes Slack refuse when the person has gone on meanwhile; then there is nothing left to show. */
async function replace(context: SlackContext, old: ViewOutput, view: ModalView): Promise<void> {
  try {
    await context.web.views.update({ view_id: old.id, hash: old.hash, view });
  } catch (thrown) {
    if (slackErrorCode(thrown) !== "hash_conflict") throw thrown;
    context.logger.info({}, "slack modal had changed meanwhile");
  }
}
