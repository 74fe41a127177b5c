import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { WebClient } from "@slack/web-api";

import { isRecord } from "../../src/base/json.ts";
import { createPlayground, type Playground } from "../../src/playground/create-playground.ts";
import { type Bench, dario, general, quiet, startBench } from "./sample-bot.ts";

let playground: Playground;
let client: WebClient;
let parentTs = "";
beforeAll(async () => {
  playground = await createPlayground({ hasRateLimits: false });
  client = new WebClient(playground.botToken, {
    slackApiUrl: playground.apiUrl,
    retryConfig: { retries: 0 },
    logger: quiet,
  });
  parentTs = (await client.chat.postMessage({ channel: general, text: "run" })).ts ?? "";
});
afterAll(() => playground.close());

const stream = () => ({
  channel: general,
  thread_ts: parentTs,
  recipient_user_id: dario,
  recipient_team_id: "T0FOOTLIT1",
});
const task = (id: string, status: "complete" | "in_progress") =>
  ({ type: "task_update", id, title: `Step ${id}`, status }) as const;

test("streams a plan whose tasks change in place", async () => {
  const { ts = "" } = await client.chat.startStream({
    ...stream(),
    task_display_mode: "plan",
    chunks: [{ type: "plan_update", title: "Create" }, task("1", "in_progress")],
  });
  await client.chat.appendStream({
    channel: general,
    ts,
    chunks: [task("1", "complete"), task("2", "in_progress")],
  });
  await client.chat.stopStream({ channel: general, ts, markdown_text: "**Done**" });

  const message = playground.driver.messages(general, { threadTs: parentTs }).at(-1);

  expect(message?.streaming_state).toBe("completed");
  expect(message?.blocks).toMatchObject([
    {
      type: "plan",
      title: "Create",
      tasks: [
        { task_id: "1", status: "complete" },
        { task_id: "2", status: "in_progress" },
      ],
    },
    { type: "markdown", text: "**Done**" },
  ]);
});

test("refuses streams to nobody, after their end and with odd chunks", async () => {
  const { ts = "" } = await client.chat.startStream({ ...stream(), markdown_text: "a" });
  const update = client.chat.update({ channel: general, ts, text: "x" });
  await expect(update).rejects.toMatchObject({ data: { error: "streaming_state_conflict" } });
  const chunk = client.apiCall("chat.appendStream", {
    channel: general,
    ts,
    chunks: [{ type: "x" }],
  });
  await expect(chunk).rejects.toMatchObject({ data: { error: "invalid_chunks" } });
  await client.chat.stopStream({ channel: general, ts });

  const late = client.chat.appendStream({ channel: general, ts, markdown_text: "b" });
  const nobody = client.chat.startStream({ channel: general, thread_ts: parentTs });

  await expect(late).rejects.toMatchObject({ data: { error: "message_not_in_streaming_state" } });
  await expect(nobody).rejects.toMatchObject({ data: { error: "missing_recipient_user_id" } });
});

test("unfurls a link of the message and no other", async () => {
  const url = "https://catalog.example/payments";
  const { message } = await playground.driver.say({ user: dario, channel: general, text: url });
  const target = { channel: general, ts: message.ts };
  const card = { title: "Payments", text: "Owned by *Payments*" };

  await client.chat.unfurl({ ...target, unfurls: { [url]: card } });
  const other = client.chat.unfurl({ ...target, unfurls: { "https://other.example": card } });

  await expect(other).rejects.toMatchObject({ data: { error: "cannot_unfurl_url" } });
  expect(playground.driver.messages(general).at(-1)?.attachments).toMatchObject([
    { title: "Payments", from_url: url, is_app_unfurl: true },
  ]);
});

test("takes a file in three steps and hands it out as a download", async () => {
  await client.files.uploadV2({ channel_id: general, filename: "log.txt", content: "<b>hi</b>" });

  const message = playground.driver.messages(general).at(-1);
  const response = await fetch(String(message?.files?.[0]?.["permalink"]));

  expect(message).toMatchObject({ subtype: "file_share", files: [{ name: "log.txt", size: 9 }] });
  expect(response.headers.get("content-disposition")).toContain("attachment");
  expect(await response.text()).toBe("<b>hi</b>");
});

/** What the page shows of the agent in `#general`. */
async function shownStatus(): Promise<unknown> {
  const response = await fetch(`${playground.url}/_playground/state?user=${dario}`);
  const state: unknown = await response.json();
  return isRecord(state) && isRecord(state["statuses"]) ? state["statuses"][general] : undefined;
}

test("shows what the agent does until it answers, and four suggestions at most", async () => {
  const prompts = [{ title: "Owner", message: "who owns payments?" }];
  const where = { channel_id: general, thread_ts: parentTs };
  await client.assistant.threads.setStatus({ ...where, status: "is thinking…" });
  await client.assistant.threads.setSuggestedPrompts({ ...where, prompts });
  const before = await shownStatus();
  await client.chat.postMessage({ channel: general, text: "answer", thread_ts: parentTs });

  const many = client.assistant.threads.setSuggestedPrompts({
    ...where,
    prompts: Array.from({ length: 5 }, () => ({ title: "a", message: "b" })),
  });

  await expect(many).rejects.toMatchObject({ data: { error: "invalid_arguments" } });
  expect(before).toMatchObject({ status: "is thinking…", prompts });
  expect(await shownStatus()).toMatchObject({ status: "", prompts });
});

test("gives people's messages rich text with references as elements", async () => {
  const { message } = await playground.driver.say({
    user: dario,
    channel: general,
    text: "@Callboard see #payments & https://example.com/a?b=1&c=2.",
  });

  expect(message.text).toBe(
    "<@U0CALLBRD1> see <#C0PAYMENT1|payments> &amp; <https://example.com/a?b=1&amp;c=2>.",
  );
  expect(message.blocks?.[0]?.["elements"]).toEqual([
    {
      type: "rich_text_section",
      elements: [
        { type: "user", user_id: "U0CALLBRD1" },
        { type: "text", text: " see " },
        { type: "channel", channel_id: "C0PAYMENT1" },
        { type: "text", text: " & " },
        { type: "link", url: "https://example.com/a?b=1&c=2" },
        { type: "text", text: "." },
      ],
    },
  ]);
});

test("runs a workflow step of a Bolt app, and opens a Work Object's details", async () => {
  const bench: Bench = await startBench({
    events: ["function_executed", "entity_details_requested"],
  });
  const { app, playground: own } = bench;
  const url = "https://catalog.example/payments";
  const entity = {
    entity_type: "slack#/entities/item",
    external_ref: { id: "payments" },
    url,
    entity_payload: {
      attributes: { title: { text: "Payments" } },
      custom_fields: [{ key: "owner", label: "Owner", type: "string", value: "Payments" }],
    },
  };
  app.function("find_owner", async ({ inputs, complete }) => {
    await complete({ outputs: { owner: `team of ${String(inputs["service"])}` } });
  });
  app.event("entity_details_requested", async ({ event, client: bolt }) => {
    await bolt.entity.presentDetails({ trigger_id: event.trigger_id, metadata: entity });
  });

  const { execution } = await own.driver.runStep({
    user: dario,
    callbackId: "find_owner",
    inputs: { service: "payments" },
  });
  const done = await own.driver.waitFor(() => {
    const result = own.driver.stepResult(execution.id);
    return result?.status === "completed" ? result : undefined;
  });
  const { message } = await own.driver.say({ user: dario, channel: general, text: url });
  await app.client.chat.unfurl({
    channel: general,
    ts: message.ts,
    metadata: { entities: [{ ...entity, app_unfurl_url: url }] },
  });
  await own.driver.openDetails({ user: dario, channel: general, ts: message.ts, url });
  const details = await own.driver.waitFor(() => own.driver.details(dario));

  expect(done.outputs).toEqual({ owner: "team of payments" });
  expect(own.driver.messages(general).at(-1)?.attachments).toMatchObject([
    { title: "Payments", fields: [{ title: "Owner", value: "Payments" }] },
  ]);
  expect(details).toMatchObject({ url });
  await bench.close();
});
