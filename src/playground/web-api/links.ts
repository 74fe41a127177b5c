import { isRecord } from "../../base/json.ts";
import { checkBlocks } from "../checks/blocks.ts";
import { SlackRefusal } from "../refusal.ts";
import type { SlackMessage } from "../slack-shapes.ts";
import { linksIn } from "../typed-text.ts";
import type { MethodArguments } from "./arguments.ts";
import type { ApiContext, Method } from "./context.ts";
import { refuseBlocks } from "./message-content.ts";

/** Shows what is behind the links of a message. */
function unfurl(args: MethodArguments, context: ApiContext): Record<string, unknown> {
  const { channelId, message } = findUnfurled(args, context);
  const links = linksIn(message.text);
  const attachments = [
    ...Object.entries(args.record("unfurls") ?? {}).map(([url, content]) =>
      attachmentOf(url, content),
    ),
    ...entitiesIn(args).map((entity) => entityAttachment(entity)),
  ];
  for (const attachment of attachments) {
    if (!links.includes(String(attachment["from_url"])))
      throw new SlackRefusal("cannot_unfurl_url");
  }
  const { appId, botId } = context.workspace.identity;
  const kept = (message.attachments ?? []).filter(
    (old) => !attachments.some((added) => added["from_url"] === old["from_url"]),
  );
  message.attachments = [...kept, ...attachments].map((attachment, index) => ({
    ...attachment,
    id: index + 1,
    bot_id: botId,
    app_id: appId,
    is_app_unfurl: true,
  }));
  context.workspace.touched(channelId, message.ts);
  return {};
}

function findUnfurled(
  args: MethodArguments,
  { workspace }: ApiContext,
): { channelId: string; message: SlackMessage } {
  const unfurlId = /^(\w+)-([\d.]+)$/.exec(args.text("unfurl_id") ?? "");
  const channelId = unfurlId?.[1] ?? args.text("channel");
  const ts = unfurlId?.[2] ?? args.text("ts");
  if (channelId === undefined) throw new SlackRefusal("missing_channel");
  if (ts === undefined) throw new SlackRefusal("missing_ts");
  if (!args.has("unfurls") && !args.has("metadata")) throw new SlackRefusal("missing_unfurls");
  if (!workspace.channels.has(channelId)) throw new SlackRefusal("cannot_find_channel");
  const message = workspace.find(channelId, ts);
  if (message === undefined) throw new SlackRefusal("cannot_find_message");
  return { channelId, message };
}

function attachmentOf(url: string, content: unknown): Record<string, unknown> {
  if (!isRecord(content)) throw new SlackRefusal("cannot_parse_attachment");
  if (content["blocks"] !== undefined) {
    refuseBlocks(checkBlocks(content["blocks"], "message", `/unfurls/${url}/blocks`));
  }
  return { ...content, from_url: url, original_url: url };
}

/** Work Objects: `metadata.entities`. */
function entitiesIn(args: MethodArguments): Record<string, unknown>[] {
  const { entities = [] } = args.record("metadata") ?? {};
  if (!Array.isArray(entities)) throw new SlackRefusal("invalid_metadata_format");
  return entities.map((entity: unknown) => {
    if (!isRecord(entity) || !isRecord(entity["entity_payload"])) {
      throw new SlackRefusal("invalid_metadata_format");
    }
    return entity;
  });
}

/** A Work Object as a card: its title and its fields. */
function entityAttachment(entity: Record<string, unknown>): Record<string, unknown> {
  const payload = isRecord(entity["entity_payload"]) ? entity["entity_payload"] : {};
  const attributes = isRecord(payload["attributes"]) ? payload["attributes"] : {};
  const title = isRecord(attributes["title"]) ? attributes["title"]["text"] : undefined;
  if (typeof title !== "string") throw new SlackRefusal("invalid_metadata_format");
  const named = isRecord(payload["fields"])
    ? Object.entries(payload["fields"]).map(([key, field]) => [key, field] as const)
    : [];
  const custom = Array.isArray(payload["custom_fields"])
    ? payload["custom_fields"].map((field: unknown) => ["", field] as const)
    : [];
  const url = entity["app_unfurl_url"] ?? entity["url"];
  return {
    from_url: url,
    original_url: url,
    title,
    title_link: entity["url"],
    fields: [...named, ...custom].flatMap(([key, field]) => fieldOf(key, field)),
    entity,
  };
}

function fieldOf(key: string, field: unknown): { title: string; value: string; short: boolean }[] {
  if (!isRecord(field)) return [];
  const { label = key, value, user } = field;
  const person = isRecord(user) ? (user["text"] ?? user["user_id"]) : undefined;
  const shown = value ?? person;
  return typeof shown === "string" || typeof shown === "number"
    ? [{ title: String(label), value: String(shown), short: true }]
    : [];
}

/** Shows a Work Object's details beside the conversation of the person who asked for them. */
function presentDetails(args: MethodArguments, context: ApiContext): Record<string, unknown> {
  const trigger = context.tickets.takeTrigger(args.required("trigger_id"));
  if (trigger.entityUrl === undefined) throw new SlackRefusal("invalid_trigger_id");
  const metadata = args.record("metadata");
  if (metadata !== undefined && metadata["url"] !== trigger.entityUrl) {
    throw new SlackRefusal("entity_metadata_does_not_match_trigger");
  }
  context.workspace.details.set(trigger.userId, metadata ?? { error: args.raw("error") });
  return {};
}

/** Methods about links and what they lead to. */
export const linkMethods: Record<string, Method> = {
  "chat.unfurl": unfurl,
  "entity.presentDetails": presentDetails,
};
