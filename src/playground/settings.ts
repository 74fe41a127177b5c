import type { CommandSpec, ShortcutSpec } from "./slack-shapes.ts";

/** How the playground behaves where Slack leaves a choice to the app's configuration, and where tests want it faster. */
export interface Settings {
  /** The server's address, `http://127.0.0.1:4000`. */
  url: string;
  botToken: string;
  appToken: string;
  signingSecret: string;
  /** Slash commands that exist; any when undefined. */
  commands: readonly CommandSpec[] | undefined;
  shortcuts: readonly ShortcutSpec[];
  /** Event subscriptions of the manifest. */
  events: ReadonlySet<string>;
  /** Scopes of the bot token; all when undefined. */
  scopes: ReadonlySet<string> | undefined;
  /** Domains whose links are announced by `link_shared`. */
  unfurlDomains: readonly string[];
  /** Whether methods called too often are answered 429. */
  hasRateLimits: boolean;
  /** How long an answer is awaited before Slack shows an error; 3 s. */
  ackTimeoutMs: number;
  /** When an event that was not acknowledged is sent again. */
  retryDelaysMs: readonly number[];
  /** What the page suggests to try first. */
  hints: readonly string[];
}

/** Subscriptions when the caller names none. */
export const defaultEvents: readonly string[] = [
  "app_home_opened",
  "app_mention",
  "link_shared",
  "member_joined_channel",
  "message.im",
];
