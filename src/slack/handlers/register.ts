import type { App } from "@slack/bolt";

import type { SlackContext } from "../context.ts";
import { registerAnswerActions } from "./answer-actions.ts";
import { registerCommands } from "./commands.ts";
import { registerForm } from "./form.ts";
import { registerHome } from "./home.ts";
import { registerLifecycle } from "./lifecycle.ts";
import { registerLinks } from "./links.ts";
import { registerMessages } from "./messages.ts";
import { registerNewService } from "./new-service.ts";
import { registerRuns } from "./runs.ts";
import { registerMessageShortcuts } from "./shortcuts.ts";
import { registerSuggestions } from "./suggestions.ts";

/** Registers every handler; what none of them wants is answered by the surface. */
export function registerHandlers(app: App, context: SlackContext): void {
  registerCommands(app, context);
  registerMessages(app, context);
  registerAnswerActions(app, context);
  registerNewService(app, context);
  registerForm(app, context);
  registerSuggestions(app, context);
  registerRuns(app, context);
  registerMessageShortcuts(app, context);
  registerHome(app, context);
  registerLifecycle(app, context);
  registerLinks(app, context);
}
