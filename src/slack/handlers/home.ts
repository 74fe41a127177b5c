import type { App } from "@slack/bolt";

import type { SlackContext } from "../context.ts";
import { renderHome } from "../views/home-view.ts";
import { answerQuestion } from "./answering.ts";

/** Registers the app's Home tab. */
export function registerHome(app: App, context: SlackContext): void {
  app.event("app_home_opened", async ({ event }) => {
    if (event.tab !== "home") return;
    const answer = await answerQuestion(context, "help", event.user);
    const view = renderHome({
      examples: answer.card.type === "help" ? answer.card.examples : [],
      templates: context.services.templates.list(),
      status: context.services.status(),
      nowMs: context.now(),
    });
    await context.web.views.publish({ user_id: event.user, view });
  });
}
