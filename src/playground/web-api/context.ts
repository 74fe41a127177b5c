import type { Logger } from "../../base/logger.ts";
import type { Settings } from "../settings.ts";
import type { Tickets } from "../tickets.ts";
import type { ViewStore } from "../view-store.ts";
import type { Workspace } from "../workspace.ts";
import type { MethodArguments } from "./arguments.ts";

/** What the methods work on. */
export interface ApiContext {
  workspace: Workspace;
  views: ViewStore;
  tickets: Tickets;
  settings: Settings;
  logger: Logger;
  /** A new address for a Socket Mode connection. */
  openConnectionUrl(): string;
  /** Tells the bot what happened, as an event; those it has not subscribed to are dropped. */
  emitEvent(event: Record<string, unknown>): void;
}

/** One Web API method: arguments in, the answer's body out (without `ok`); it throws `SlackRefusal`. */
export type Method = (
  args: MethodArguments,
  context: ApiContext,
) => Record<string, unknown> | Promise<Record<string, unknown>>;
