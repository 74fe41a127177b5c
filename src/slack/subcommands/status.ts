import { renderStatus } from "../views/status-view.ts";
import type { Subcommand } from "./subcommand.ts";

/** How the catalog is. */
export const statusCommand: Subcommand = {
  name: "status",
  usage: "/callboard status",
  what: "what the catalog holds, how old each of its sources is, what failed and what is held back",
  who: "everyone",
  answer: async ({ context }) => renderStatus(context.services.status(), context.now()),
};
