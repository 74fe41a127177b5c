/** How often a method may be called; `post` is one message a second and channel with small bursts. */
export type Tier = 1 | 2 | 3 | 4 | "post" | "none";

/** What a method takes, needs and allows. */
export interface MethodSpec {
  required: readonly string[];
  optional: readonly string[];
  /** One of these scopes is enough; none are needed when empty. */
  scopes: readonly string[];
  tier: Tier;
}

const message = ["text", "blocks", "attachments", "markdown_text", "parse", "link_names"];
const author = ["username", "icon_emoji", "icon_url", "as_user"];
const paging = ["cursor", "limit"];
const span = [...paging, "latest", "oldest", "inclusive", "include_all_metadata"];

/** Conversation methods ask for the scope of the kind of conversation: `channels:read`, `im:read`. */
const of = (right: string): string[] =>
  ["channels", "groups", "im", "mpim"].map((kind) => `${kind}:${right}`);

function method(
  tier: Tier,
  scopes: readonly string[],
  required: readonly string[],
  optional: readonly string[] = [],
): MethodSpec {
  return { required, optional, scopes, tier };
}

/**
 * The Web API methods that the playground serves.
 * @see https://docs.slack.dev/reference/methods
 */
export const methodTable: Readonly<Record<string, MethodSpec>> = {
  "api.test": method(4, [], [], ["error", "foo"]),
  "auth.test": method("none", [], []),
  "apps.connections.open": method(3, [], []),
  "assistant.threads.setStatus": method(
    "none",
    ["chat:write", "assistant:write"],
    ["channel_id", "thread_ts", "status"],
    ["loading_messages", "icon_emoji", "icon_url", "username"],
  ),
  "assistant.threads.setSuggestedPrompts": method(
    4,
    ["assistant:write"],
    ["channel_id", "prompts"],
    ["thread_ts", "title"],
  ),
  "assistant.threads.setTitle": method(
    4,
    ["assistant:write"],
    ["channel_id", "thread_ts", "title"],
  ),
  "blocks.validate": method("none", [], ["blocks"]),
  "bots.info": method(3, ["users:read"], [], ["bot", "team_id"]),
  "chat.appendStream": method(4, ["chat:write"], ["channel", "ts"], ["markdown_text", "chunks"]),
  "chat.delete": method(3, ["chat:write"], ["channel", "ts"], ["as_user"]),
  "chat.getPermalink": method("none", [], ["channel", "message_ts"]),
  "chat.postEphemeral": method(
    4,
    ["chat:write"],
    ["channel", "user"],
    [...message, ...author, "thread_ts"],
  ),
  "chat.postMessage": method(
    "post",
    ["chat:write"],
    ["channel"],
    [
      ...message,
      ...author,
      "thread_ts",
      "reply_broadcast",
      "metadata",
      "mrkdwn",
      "unfurl_links",
      "unfurl_media",
    ],
  ),
  "chat.startStream": method(
    2,
    ["chat:write"],
    ["channel", "thread_ts"],
    [
      "markdown_text",
      "chunks",
      "recipient_team_id",
      "recipient_user_id",
      "task_display_mode",
      "username",
      "icon_emoji",
      "icon_url",
    ],
  ),
  "chat.stopStream": method(
    2,
    ["chat:write"],
    ["channel", "ts"],
    ["markdown_text", "chunks", "blocks", "metadata", "session_status"],
  ),
  "chat.unfurl": method(
    3,
    ["links:write"],
    [],
    [
      "channel",
      "ts",
      "unfurls",
      "metadata",
      "unfurl_id",
      "source",
      "user_auth_required",
      "user_auth_message",
      "user_auth_url",
      "user_auth_blocks",
    ],
  ),
  "chat.update": method(
    3,
    ["chat:write"],
    ["channel", "ts"],
    [...message, "as_user", "reply_broadcast", "metadata", "file_ids"],
  ),
  "conversations.history": method(3, of("history"), ["channel"], span),
  "conversations.info": method(
    3,
    of("read"),
    ["channel"],
    ["include_locale", "include_num_members"],
  ),
  "conversations.join": method(3, ["channels:join"], ["channel"]),
  "conversations.list": method(
    2,
    of("read"),
    [],
    [...paging, "exclude_archived", "team_id", "types"],
  ),
  "conversations.members": method(4, of("read"), ["channel"], paging),
  "conversations.open": method(
    3,
    ["channels:manage", "groups:write", "im:write", "mpim:write"],
    [],
    ["channel", "users", "return_im", "prevent_creation"],
  ),
  "conversations.replies": method(3, of("history"), ["channel", "ts"], span),
  "entity.presentDetails": method(
    3,
    [],
    ["trigger_id"],
    ["metadata", "error", "user_auth_required", "user_auth_url"],
  ),
  "files.completeUploadExternal": method(
    4,
    ["files:write"],
    ["files"],
    ["channel_id", "channels", "initial_comment", "thread_ts", "blocks"],
  ),
  "files.getUploadURLExternal": method(
    4,
    ["files:write"],
    ["filename", "length"],
    ["alt_txt", "snippet_type"],
  ),
  "functions.completeError": method(3, [], ["function_execution_id", "error"]),
  "functions.completeSuccess": method(3, [], ["function_execution_id", "outputs"]),
  "reactions.add": method(3, ["reactions:write"], ["channel", "name", "timestamp"]),
  "reactions.remove": method(2, ["reactions:write"], ["name", "channel", "timestamp"]),
  "team.info": method(3, ["team:read"], [], ["team", "domain"]),
  "usergroups.list": method(
    2,
    ["usergroups:read"],
    [],
    ["include_count", "include_disabled", "include_users", "team_id"],
  ),
  "usergroups.users.list": method(
    2,
    ["usergroups:read"],
    ["usergroup"],
    ["include_disabled", "team_id"],
  ),
  "users.conversations": method(
    3,
    of("read"),
    [],
    [...paging, "exclude_archived", "team_id", "types", "user"],
  ),
  "users.info": method(4, ["users:read"], ["user"], ["include_locale"]),
  "users.list": method(2, ["users:read"], [], [...paging, "include_locale", "team_id"]),
  "users.lookupByEmail": method(3, ["users:read.email"], ["email"]),
  "views.open": method(4, [], ["view"], ["trigger_id", "interactivity_pointer"]),
  "views.publish": method(4, [], ["user_id", "view"], ["hash"]),
  "views.push": method(4, [], ["view"], ["trigger_id", "interactivity_pointer"]),
  "views.update": method(4, [], ["view"], ["view_id", "external_id", "hash"]),
};
