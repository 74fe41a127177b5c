import type { ModalView } from "@slack/types";

import { toError } from "../../base/errors.ts";
import type { RunRecord } from "../../usecases/runs/run-record.ts";
import { secretFieldsOf, type RunSecrets } from "../../usecases/secrets/secret-fields.ts";
import type { SecretPlace } from "../../usecases/secrets/secret-links.ts";
import type { Draft } from "../../usecases/services.ts";
import type { SlackContext } from "../context.ts";
import { slackErrorCode } from "../errors.ts";
import { renderFormGone } from "../views/form-view.ts";
import { secretBlockId } from "../views/secret-fields.ts";
import { workspaceIdOf, type Workspaces } from "../workspaces.ts";
import { malformed } from "./buttons.ts";
import { type FormSession, finalValues, openDraft, pageAt } from "./form-session.ts";
import { firstView, viewAt } from "./form-windows.ts";
import type { ActionArgs } from "./tables.ts";

/** The secrets that a form's run is started with; undefined when it has none. */
export function runSecretsOf(session: FormSession): RunSecrets | undefined {
  const { given } = session.secrets;
  const fields = secretFieldsOf(session.loaded.form, finalValues(session), session.scope).filter(
    ({ key }) => Object.hasOwn(given, key),
  );
  return fields.length === 0 ? undefined : { id: session.draft.id, fields };
}

/** Forgets what was given for fields that are no longer there, such as those of an entry that was taken out of its list. */
export async function forgetGone(
  context: SlackContext,
  before: FormSession,
  after: FormSession,
): Promise<void> {
  const left = new Set(secretKeys(after));
  const { id, templateRef } = before.draft;
  for (const key of secretKeys(before)) {
    if (left.has(key) || !Object.hasOwn(before.secrets.given, key)) continue;
    await context.services.secrets?.choose(id, key, templateRef, undefined);
  }
}

function secretKeys({ loaded, draft, scope }: FormSession): string[] {
  return secretFieldsOf(loaded.form, draft.values, scope).map(({ key }) => key);
}

/** Takes the stored secret that was chosen for a field; the form knows it when it is drawn again. */
export async function chooseReference(
  { action }: Pick<ActionArgs, "action">,
  context: SlackContext,
  session: FormSession,
  pageIndex: number,
): Promise<void> {
  const option = "selected_option" in action ? action.selected_option : undefined;
  const field = pageAt(session, pageIndex)?.fields.find(
    (each) => secretBlockId(pageIndex, each) === action.block_id,
  );
  if (field?.widget !== "secret" || typeof option?.value !== "string") throw malformed();
  const { id, templateRef } = session.draft;
  await context.services.secrets?.choose(id, field.key, templateRef, option.value);
}

/** Draws a form again whenever one of its secrets was stored, if it is still open. */
export function redrawWhenEntered(context: SlackContext, workspaces: Workspaces): void {
  context.services.secrets?.onEntered((place) => {
    redrawEntered(context, workspaces, place).catch((thrown: unknown) => {
      context.logger.warn({ error: toError(thrown).message }, "slack form could not be redrawn");
    });
  });
}

async function redrawEntered(
  context: SlackContext,
  workspaces: Workspaces,
  place: SecretPlace,
): Promise<void> {
  const draft = await context.services.drafts.load(place.formId);
  if (draft?.viewId === undefined || draft.slackUserId !== place.slackUserId) return;
  const workspace = await workspaces.find(draft.workspace);
  await workspaces.within(workspace, async () => await redraw(context, draft, draft.viewId ?? ""));
}

async function redraw(context: SlackContext, draft: Draft, viewId: string): Promise<void> {
  const session = await openDraft(context, draft);
  if (session === undefined) return;
  try {
    await context.web.views.update({ view_id: viewId, view: viewAt(session, draft) });
  } catch (thrown) {
    // closed meanwhile: the draft is offered again
    context.logger.info({ code: slackErrorCode(thrown) }, "slack form could not be redrawn");
  }
}

/** The form that asks for a run's secrets again before it is retried. */
export async function beginSecretsAgain(
  context: SlackContext,
  run: RunRecord,
  slackUserId: string,
): Promise<ModalView> {
  const draft: Draft = {
    id: context.newId(),
    templateRef: run.templateRef,
    page: 0,
    values: {},
    slackUserId,
    workspace: workspaceIdOf(context.identity()),
    createdAtMs: context.now(),
    retryOf: run.id,
  };
  await context.services.drafts.save(draft);
  const session = await openDraft(context, draft);
  return session === undefined ? renderFormGone() : firstView(session);
}
