/**
 * The JSON shapes that Slack speaks, as far as the playground stores and sends them. Field names are Slack's.
 * Blocks stay open records: `checks/` decides what is allowed in them.
 */

/** A block, or an element inside of one. */
export interface SlackBlock {
  type: string;
  block_id?: string;
  [field: string]: unknown;
}

/** A message as the playground keeps it and as Slack's methods return it. */
export interface SlackMessage {
  type: "message";
  subtype?: string;
  ts: string;
  text: string;
  team: string;
  user?: string;
  bot_id?: string;
  app_id?: string;
  client_msg_id?: string;
  username?: string;
  blocks?: SlackBlock[];
  attachments?: Record<string, unknown>[];
  metadata?: { event_type: string; event_payload: Record<string, unknown> };
  files?: Record<string, unknown>[];
  thread_ts?: string;
  parent_user_id?: string;
  edited?: { user: string; ts: string };
  reactions?: { name: string; count: number; users: string[] }[];
  /** Set while `chat.startStream` is open. */
  streaming_state?: "in_progress" | "completed";
  is_ephemeral?: boolean;
  reply_count?: number;
  reply_users_count?: number;
  reply_users?: string[];
  latest_reply?: string;
}

/** Somebody in the workspace. */
export interface Person {
  /** `U…`. */
  id: string;
  /** The handle, such as `dario.costa`. */
  name: string;
  realName: string;
  email?: string;
  /** What the person does; the page shows it beside the name. */
  title?: string;
  isAdmin?: boolean;
  /** A guest of several channels (`is_restricted`). */
  isRestricted?: boolean;
  /** A guest of one channel (`is_ultra_restricted`). */
  isUltraRestricted?: boolean;
  /** Deactivated. */
  isDeleted?: boolean;
  /** Somebody from another workspace, in a shared channel. */
  isStranger?: boolean;
  /** Somebody whom nobody acts as on the page. */
  isColleague?: boolean;
  isBot?: boolean;
  /** The person's home workspace; this one when absent. */
  teamId?: string;
}

/** A channel or a direct message. */
export interface Channel {
  /** `C…`, or `D…` for a direct message. */
  id: string;
  /** Without `#`; for a direct message the person's id. */
  name: string;
  kind: "public" | "private" | "im";
  topic?: string;
  purpose?: string;
  members: string[];
  isArchived?: boolean;
  /** Shared with another company (`is_ext_shared`). */
  isExternallyShared?: boolean;
}

/** A slash command as the manifest declares it. */
export interface CommandSpec {
  /** With its slash: `/whoowns`. */
  command: string;
  description: string;
  usageHint?: string;
  /** Sends `@name` and `#channel` as `<@U…|name>`, as the manifest's `should_escape`. */
  shouldEscape?: boolean;
}

/** A shortcut as the manifest declares it. */
export interface ShortcutSpec {
  callbackId: string;
  name: string;
  type: "global" | "message";
}

/** A user group such as `@payments-oncall`. */
export interface UserGroup {
  /** `S…`. */
  id: string;
  /** Without `@`. */
  handle: string;
  name: string;
  members: string[];
}

/** The workspace's and the app's identity, in every payload. */
export interface Identity {
  teamId: string;
  teamName: string;
  teamDomain: string;
  appId: string;
  botId: string;
  botUserId: string;
  /** The app's name, as people mention it. */
  botName: string;
  /** Slack's deprecated verification token; present in every payload, checked by nobody. */
  verificationToken: string;
}

/** What a view's input holds, as in `view.state.values`. */
export interface StateValue {
  type: string;
  value?: string | null;
  selected_date?: string | null;
  selected_time?: string | null;
  selected_date_time?: number | null;
  selected_conversation?: string | null;
  selected_channel?: string | null;
  selected_user?: string | null;
  selected_option?: SlackOption | null;
  selected_conversations?: string[];
  selected_channels?: string[];
  selected_users?: string[];
  selected_options?: SlackOption[];
}

/** `view.state.values`: block id → action id → what is in the field. */
export type StateValues = Record<string, Record<string, StateValue>>;

/** One entry of a select. */
export interface SlackOption {
  text: { type: string; text: string; emoji?: boolean };
  value: string;
  description?: { type: string; text: string };
  url?: string;
}

/** A text object of a view. */
export interface PlainText {
  type: "plain_text";
  text: string;
  emoji?: boolean;
}

/** A modal or a Home tab as Slack returns it (`ViewOutput` in Bolt). */
export interface SlackView {
  id: string;
  team_id: string;
  type: "modal" | "home";
  blocks: SlackBlock[];
  private_metadata: string;
  callback_id: string;
  state: { values: StateValues };
  hash: string;
  title: PlainText;
  clear_on_close: boolean;
  notify_on_close: boolean;
  close: PlainText | null;
  submit: PlainText | null;
  previous_view_id: string | null;
  root_view_id: string;
  app_id: string;
  external_id: string;
  app_installed_team_id: string;
  bot_id: string;
}
