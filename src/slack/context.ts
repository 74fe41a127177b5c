import type { WebClient } from "@slack/web-api";

import type { Logger } from "../base/logger.ts";
import type { Services } from "../usecases/services.ts";
import type { SlackIdentity } from "./identity.ts";
import type { Outbox } from "./outbox.ts";
import type { People } from "./people.ts";

/** All that a handler of Slack's payloads may use. */
export interface SlackContext {
  services: Services;
  logger: Logger;
  /** For reads, updates and modals; messages go through `outbox`. */
  web: WebClient;
  outbox: Outbox;
  people: People;
  /** True the first time a key is seen; remembered for at least an hour, across processes. */
  dedupe: (key: string) => Promise<boolean>;
  /** Milliseconds since the epoch. */
  now: () => number;
  /** A new id that nobody can guess. */
  newId: () => string;
  /** Of the workspace that is worked for. @throws Error before `start` has asked Slack who we are. */
  identity: () => SlackIdentity;
  /** Between two looks at an open Home tab; for tests. */
  homeEveryMs?: number;
  /** Aborted when the bot stops: what goes on by itself ends then. */
  stopping: AbortSignal;
  /** Told that Slack has taken the token back: nothing is taken in or sent any more. */
  onRevoked: () => Promise<void>;
}
