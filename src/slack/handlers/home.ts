import type { App } from "@slack/bolt";

import { actionIds } from "../action-ids.ts";
import type { SlackContext } from "../context.ts";
import { createHomeWatch } from "../home-watch.ts";
import { type HomeContent, renderHome } from "../views/home-view.ts";
import { clamp, oneLine } from "../views/text.ts";
import { answerQuestion } from "./answering.ts";
import { startableOf } from "./startable-templates.ts";
import type { ActionArgs, Table } from "./tables.ts";

/** Registers the app's Home tab, drawn anew each time somebody opens it. */
export function registerHome(app: App, context: SlackContext): void {
  const watch = createHomeWatch({
    fingerprint: async (slackUserId) => fingerprintOf(await contentFor(context, slackUserId)),
    publish: async (slackUserId) => void (await publishHome(context, slackUserId)),
    logger: context.logger,
    stopping: context.stopping,
    ...(context.homeEveryMs === undefined ? {} : { everyMs: context.homeEveryMs }),
  });
  app.event("app_home_opened", async ({ event }) => {
    if (event.tab === "home") watch.opened(event.user, await publishHome(context, event.user));
    if (event.tab === "messages") await suggestPrompts(context, event.channel, event.user);
  });
}

/** *I know my way* on the Home tab of somebody new. */
export function homeActions(context: SlackContext): Table<ActionArgs> {
  return {
    [actionIds.settle]: async ({ ack, body }) => {
      await context.services.newcomers?.settle(body.user.id);
      await ack();
      await publishHome(context, body.user.id);
    },
  };
}

/** Slack shows this many. */
const mostPrompts = 4;

/** In the agent pane: questions that have an answer in this catalog, one click away. */
async function suggestPrompts(
  context: SlackContext,
  channel: string,
  slackUserId: string,
): Promise<void> {
  const help = await answerQuestion(context, "help", { slackUserId });
  if (help.card.type !== "help") return;
  const prompts = help.card.examples
    .map(({ question }) => oneLine(question))
    .filter((question) => question !== "")
    .slice(0, mostPrompts)
    .map((question) => ({ title: clamp(question, 75), message: question }));
  if (prompts.length === 0) return;
  await context.web.assistant.threads.setSuggestedPrompts({
    channel_id: channel,
    title: "Ask me, for example",
    prompts,
  });
}

/** What fits on a glance; the rest is a question away. */
const shownRuns = 8;

/** All but the examples, which are asked for only where they are shown. */
async function contentFor(context: SlackContext, slackUserId: string): Promise<HomeContent> {
  const { services, now } = context;
  const [userRef, runs, isNew, startable] = await Promise.all([
    context.people.userRef(slackUserId),
    services.runs.recent?.(slackUserId, shownRuns),
    services.newcomers?.isNew(slackUserId),
    startableOf(context, services.templates.list(), slackUserId),
  ]);
  const me = { slackUserId, name: slackUserId, ...(userRef === undefined ? {} : { userRef }) };
  return {
    facts: services.home?.(userRef) ?? { person: undefined, teams: [] },
    runs: runs ?? [],
    approvals: (await services.runs.waitingFor?.(me)) ?? [],
    examples: [],
    templates: startable.templates,
    status: services.status(),
    isNew: isNew === true,
    nowMs: now(),
  };
}

/** What a tab shows, without how long ago things were. */
function fingerprintOf(content: HomeContent): string {
  const status = { ...content.status, readAtMs: 0, sources: [] };
  return JSON.stringify(renderHome({ ...content, status, nowMs: 0 }));
}

/** Draws somebody's tab; resolves with what tells whether it has to be drawn again. */
export async function publishHome(context: SlackContext, slackUserId: string): Promise<string> {
  const [content, help] = await Promise.all([
    contentFor(context, slackUserId),
    answerQuestion(context, "help", { slackUserId }),
  ]);
  const examples = help.card.type === "help" ? help.card.examples : [];
  const view = renderHome({ ...content, examples });
  await context.web.views.publish({ user_id: slackUserId, view });
  return fingerprintOf(content);
}
