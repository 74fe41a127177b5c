import type { AllMiddlewareArgs, AnyMiddlewareArgs, App } from "@slack/bolt";

import { isRecord } from "../base/json.ts";
import { acknowledge } from "./acknowledge.ts";
import type { SlackContext } from "./context.ts";
import { showError } from "./errors.ts";
import { breakOff, isAcknowledged, kindOf } from "./intake.ts";
import { withoutSecrets } from "./sdk-logger.ts";
import type { MessageContent } from "./views/blocks.ts";
import { renderError, renderErrorView } from "./views/error-view.ts";

type Args = AllMiddlewareArgs & AnyMiddlewareArgs;

/**
 * Catches at the surface, for every handler at once: an error is shown to the person it happened to and written to the
 * log, and what no handler wanted is acknowledged with a friendly word.
 */
export function installSurface(app: App, context: SlackContext): void {
  app.use(async (args) => {
    try {
      await args.next();
    } catch (thrown) {
      if (context.stopping.aborted && isAbort(thrown)) {
        context.logger.info({ kind: kindOf(bodyOf(args)) }, "slack payload left to the next start");
        breakOff(args.body);
        return;
      }
      await tellError(args, context, thrown);
      return;
    }
    if (!isAcknowledged(args.body)) await tellUnhandled(args, context);
  });
  // What is thrown before any of our middleware (authorisation), or while telling somebody about an error.
  app.error(async (error) => {
    context.logger.error({ code: error.code, error: error.name }, "slack payload failed");
  });
}

/** What is on its way when everything stops ends like this. */
function isAbort(thrown: unknown): boolean {
  return isRecord(thrown) && thrown["name"] === "AbortError";
}

async function tellError(args: Args, context: SlackContext, thrown: unknown): Promise<void> {
  const id = context.newId().slice(0, 8);
  const shown = showError(thrown, id);
  const kind = kindOf(bodyOf(args));
  const data = {
    id,
    kind,
    code: "code" in shown.error ? shown.error.code : undefined,
    err: causeOf(shown.error),
  };
  if (shown.isBug) context.logger.error(data, "slack handler failed");
  else context.logger.warn(data, "slack request refused");
  await tell(args, context, shown.content);
}

/** For the log: the chain of causes by name and, for our bugs, where it happened; never message text of users. */
function causeOf(error: Error): { name: string; message: string; stack?: string } {
  const cause = error.cause instanceof Error ? error.cause : error;
  return {
    name: cause.name,
    message: withoutSecrets(cause.message).slice(0, 300),
    ...(cause.stack === undefined ? {} : { stack: cause.stack.split("\n").slice(1, 6).join("\n") }),
  };
}

async function tellUnhandled(args: Args, context: SlackContext): Promise<void> {
  const body = bodyOf(args);
  const kind = kindOf(body);
  context.logger.warn({ kind, type: body["type"] }, "slack payload that nothing handles");
  if (kind === "command") {
    const command = typeof body["command"] === "string" ? body["command"] : "this command";
    await tell(
      args,
      context,
      renderError({
        message: `I do not know ${command}`,
        hint: "`/callboard help` lists what I can do",
      }),
    );
    return;
  }
  if (kind === "action" || kind === "shortcut") {
    await tell(
      args,
      context,
      renderError({
        message: "This button does nothing any more",
        hint: "the message may be from an older version; ask again",
      }),
    );
    return;
  }
  if (kind === "options") await acknowledge(args, { options: [] });
}

/** Tells the person who did it, and nobody else, wherever that was. */
async function tell(args: Args, context: SlackContext, content: MessageContent): Promise<void> {
  const body = bodyOf(args);
  const kind = kindOf(body);
  if (kind === "options") return await acknowledge(args, { options: [] });
  if (kind === "view" && !isAcknowledged(args.body)) {
    return await acknowledge(args, {
      response_action: "update",
      view: renderErrorView({ message: content.text }),
    });
  }
  if (kind === "command" && !isAcknowledged(args.body)) {
    return await acknowledge(args, { response_type: "ephemeral", ...content });
  }
  await acknowledge(args);
  if ("respond" in args && args.respond !== undefined) {
    await args.respond({ response_type: "ephemeral", replace_original: false, ...content });
    return;
  }
  await postWherePossible(body, context, content);
}

/** In the thread of the message that was sent to us, else in a direct message to the person. */
async function postWherePossible(
  body: Record<string, unknown>,
  context: SlackContext,
  content: MessageContent,
): Promise<void> {
  const event = isRecord(body["event"]) ? body["event"] : {};
  const user = isRecord(body["user"]) ? body["user"]["id"] : event["user"];
  const { channel, ts, thread_ts: threadTs } = event;
  const thread = typeof threadTs === "string" ? threadTs : ts;
  if (typeof channel === "string" && typeof thread === "string") {
    await context.outbox.post({ channel, threadTs: thread, ...content });
  } else if (typeof user === "string") {
    await context.outbox.post({ channel: user, ...content });
  }
}

function bodyOf(args: Args): Record<string, unknown> {
  const body: unknown = args.body;
  return isRecord(body) ? body : {};
}
