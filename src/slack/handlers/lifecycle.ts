import type { App } from "@slack/bolt";

import type { SlackContext } from "../context.ts";

/** Registers what Slack tells us about ourselves: after a revoked token the bot is not ready, and says why. */
export function registerLifecycle(app: App, context: SlackContext): void {
  app.event("app_uninstalled", async () => {
    context.logger.error({}, "slack app was uninstalled: install it again and restart");
    await context.onRevoked();
  });
  app.event("tokens_revoked", async ({ event }) => {
    if ((event.tokens.bot ?? []).length === 0) return;
    context.logger.error({}, "slack bot token was revoked: install the app again and restart");
    await context.onRevoked();
  });
}
