import { isRecord } from "../../base/json.ts";
import { announceMessage } from "../announce.ts";
import { SlackRefusal } from "../refusal.ts";
import type { UploadedFile } from "../work-in-progress.ts";
import { botAuthor, findThread, findWritableChannel } from "./access.ts";
import type { MethodArguments } from "./arguments.ts";
import type { ApiContext, Method } from "./context.ts";

/** One upload may have this many bytes. */
export const fileBytes = 5_000_000;

function getUploadUrl(args: MethodArguments, context: ApiContext): Record<string, unknown> {
  const length = args.integer("length") ?? 0;
  if (length > fileBytes) throw new SlackRefusal("file_upload_size_restricted");
  const { workspace, settings } = context;
  const id = workspace.ids.next("F");
  workspace.files.set(id, { id, name: args.required("filename"), length });
  return { upload_url: `${settings.url}/upload/${id}`, file_id: id };
}

function completeUpload(args: MethodArguments, context: ApiContext): Record<string, unknown> {
  const files = (args.list("files") ?? []).map((entry) => {
    const id = isRecord(entry) ? String(entry["id"]) : "";
    const file = context.workspace.files.get(id);
    if (file?.content === undefined) throw new SlackRefusal("file_not_found");
    const title =
      isRecord(entry) && typeof entry["title"] === "string" ? entry["title"] : file.name;
    return renderFile(file, title, context);
  });
  const channelId = args.text("channel_id") ?? args.text("channels")?.split(",")[0];
  if (channelId !== undefined) share(channelId, files, args, context);
  return { files };
}

function share(
  channelId: string,
  files: Record<string, unknown>[],
  args: MethodArguments,
  context: ApiContext,
): void {
  const channel = findWritableChannel(channelId, context);
  const threadTs = args.text("thread_ts");
  const message = context.workspace.post(channel.id, {
    ...botAuthor(context),
    text: args.text("initial_comment") ?? "",
    subtype: "file_share",
    files,
    ...(threadTs === undefined ? {} : { thread_ts: findThread(channel.id, threadTs, context) }),
  });
  announceMessage(context, channel, message);
}

function renderFile(
  file: UploadedFile,
  title: string,
  { workspace, settings }: ApiContext,
): Record<string, unknown> {
  const url = `${settings.url}/files/${file.id}`;
  return {
    id: file.id,
    name: file.name,
    title,
    mimetype: "application/octet-stream",
    filetype: file.name.split(".").at(-1) ?? "",
    size: file.content?.length ?? 0,
    user: workspace.identity.botUserId,
    permalink: url,
    url_private: url,
    url_private_download: url,
  };
}

/** The three steps of an upload; the bytes themselves go to the address from the first. */
export const fileMethods: Record<string, Method> = {
  "files.getUploadURLExternal": getUploadUrl,
  "files.completeUploadExternal": completeUpload,
};
