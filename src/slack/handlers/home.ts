import type { App } from "@slack/bolt";

import type { SlackContext } from "../context.ts";
import { renderHome } from "../views/home-view.ts";
import { clamp, oneLine } from "../views/text.ts";
import { answerQuestion } from "./answering.ts";

/** Registers the app's Home tab, drawn anew each time somebody opens it. */
export function registerHome(app: App, context: SlackContext): void {
  app.event("app_home_opened", async ({ event }) => {
    if (event.tab === "home") await publishHome(context, event.user);
    if (event.tab === "messages") await suggestPrompts(context, event.channel, event.user);
  });
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

async function publishHome(context: SlackContext, slackUserId: string): Promise<void> {
  const { services, now } = context;
  const [userRef, help, runs] = await Promise.all([
    context.people.userRef(slackUserId),
    answerQuestion(context, "help", { slackUserId }),
    services.runs.recent?.(slackUserId, shownRuns),
  ]);
  const view = renderHome({
    facts: services.home?.(userRef) ?? { person: undefined, teams: [] },
    runs: runs ?? [],
    examples: help.card.type === "help" ? help.card.examples : [],
    templates: services.templates.list(),
    status: services.status(),
    nowMs: now(),
  });
  await context.web.views.publish({ user_id: slackUserId, view });
}
