import { renderStatus } from "../views/status-view.ts";
import type { Subcommand } from "./subcommand.ts";

/** How the catalog is. */
export const statusCommand: Subcommand = {
  name: "status",
  usage: "/callboard status",
  what: "how old the catalog is, what it holds and what is wrong with it",
  who: "everyone",
  answer: async ({ context }) => renderStatus(context.services.status(), context.now()),
};
