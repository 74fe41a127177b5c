import type { App } from "@slack/bolt";

import type { SlackContext } from "../context.ts";
import { renderHome } from "../views/home-view.ts";
import { answerQuestion } from "./answering.ts";

/** Registers the app's Home tab, drawn anew each time somebody opens it. */
export function registerHome(app: App, context: SlackContext): void {
  app.event("app_home_opened", async ({ event }) => {
    if (event.tab === "home") await publishHome(context, event.user);
  });
}

/** What fits on a glance; the rest is a question away. */
const shownRuns = 8;

async function publishHome(context: SlackContext, slackUserId: string): Promise<void> {
  const { services, now } = context;
  const [userRef, help, runs] = await Promise.all([
    context.people.userRef(slackUserId),
    answerQuestion(context, "help", slackUserId),
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
