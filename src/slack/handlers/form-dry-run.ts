import { CallboardError, toError } from "../../base/errors.ts";
import { secretName } from "../../usecases/secrets/secret-fields.ts";
import type { SlackContext } from "../context.ts";
import { slackErrorCode } from "../errors.ts";
import { renderDryRun, renderDryRunFailed, renderDryRunWaiting } from "../views/dry-run-view.ts";
import { renderFormGone } from "../views/form-view.ts";
import { malformed } from "./buttons.ts";
import { runSecretsOf } from "./form-secrets.ts";
import { finalValues, type FormSession, loadSession, placeOf } from "./form-session.ts";
import type { ActionArgs } from "./tables.ts";

/** A person waits no longer for what is only a look. */
const dryRunLimitMs = 60_000;

/** Shows on top of the form what its run would do. */
export async function showDryRun(args: ActionArgs, context: SlackContext): Promise<void> {
  const { body, ack } = args;
  if (body.view === undefined) throw malformed();
  // Slack's trigger lives three seconds, so the window comes first
  const opened = await context.web.views.push({
    trigger_id: body.trigger_id,
    view: renderDryRunWaiting(),
  });
  await ack();
  const viewId = opened.view?.id;
  if (viewId === undefined) return;
  const session = await loadSession(context, placeOf(body.view), body.user.id);
  const view = session === undefined ? renderFormGone() : await dryRunOf(context, session);
  try {
    await context.web.views.update({ view_id: viewId, view });
  } catch (thrown) {
    // the person went back meanwhile
    context.logger.info({ code: slackErrorCode(thrown) }, "slack dry run was not shown");
  }
}

async function dryRunOf(context: SlackContext, session: FormSession) {
  const { draft, scope } = session;
  try {
    const person = await context.people.requireMember(draft.slackUserId);
    const preview = await context.services.previewRun?.({
      templateRef: draft.templateRef,
      values: finalValues(session),
      emptied: draft.emptied ?? [],
      secretNames: (runSecretsOf(session)?.fields ?? []).map(secretName),
      requester: {
        slackUserId: draft.slackUserId,
        name: person.name,
        ...(scope.user?.ref === undefined ? {} : { userRef: scope.user.ref }),
      },
      ...(draft.channel === undefined ? {} : { channel: draft.channel }),
      signal: AbortSignal.timeout(dryRunLimitMs),
    });
    if (preview === undefined) return renderDryRunFailed("Dry runs are not available here.");
    return renderDryRun(preview);
  } catch (thrown) {
    if (thrown instanceof CallboardError) {
      return renderDryRunFailed(
        [thrown.message, thrown.hint].filter((part) => part !== undefined).join(" — "),
      );
    }
    const id = context.newId().slice(0, 8);
    context.logger.error({ id, error: toError(thrown).message }, "dry run failed");
    return renderDryRunFailed(`Something went wrong on my side (id ${id}). Nothing was written.`);
  }
}
