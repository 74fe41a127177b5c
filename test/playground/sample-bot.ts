import { createServer } from "node:net";

import { App, HTTPReceiver, type Logger, LogLevel } from "@slack/bolt";
import type { KnownBlock, ModalView } from "@slack/types";

import {
  createPlayground,
  type Playground,
  type PlaygroundOptions,
} from "../../src/playground/create-playground.ts";

/** People and channels of the sample workspace that the tests use. */
export const dario = "U0DARIOCO1";
export const theo = "U0THEOBLA1";
export const general = "C0GENERAL1";
export const payments = "C0PAYMENT1";
export const ledger = "C0LEDGER01";

/** A playground with a small real Bolt app connected to it. */
export interface Bench {
  playground: Playground;
  app: App;
  close: () => Promise<void>;
}

/** Starts a playground and a Bolt app on it that does one thing of each kind. */
export async function startBench(options: PlaygroundOptions = {}): Promise<Bench> {
  const playground = await createPlayground({ hasRateLimits: false, ...options });
  const { app, url } = await createBolt(playground, options.transport ?? "socket");
  register(app);
  await app.start();
  if (url !== undefined) playground.setEventsUrl(url);
  return {
    playground,
    app,
    async close() {
      await app.stop();
      await playground.close();
    },
  };
}

/** Errors that the tests provoke are no news. */
export const quiet: Logger = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
  setLevel: () => undefined,
  getLevel: () => LogLevel.ERROR,
  setName: () => undefined,
};

async function createBolt(
  playground: Playground,
  transport: "socket" | "http",
): Promise<{ app: App; url?: string }> {
  const shared = {
    token: playground.botToken,
    logger: quiet,
    clientOptions: { slackApiUrl: playground.apiUrl, retryConfig: { retries: 0 } },
  };
  if (transport === "socket") {
    return { app: new App({ ...shared, socketMode: true, appToken: playground.appToken }) };
  }
  const port = await freePort();
  const receiver = new HTTPReceiver({
    signingSecret: playground.signingSecret,
    port,
    unhandledRequestTimeoutMillis: 300,
    logger: quiet,
  });
  return { app: new App({ ...shared, receiver }), url: `http://127.0.0.1:${port}/slack/events` };
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  await new Promise((resolve) => void server.close(resolve));
  if (address === null || typeof address === "string") throw new Error("no port");
  return address.port;
}

const answer: KnownBlock[] = [
  { type: "section", text: { type: "mrkdwn", text: "*payments* is owned by Payments." } },
  {
    type: "actions",
    block_id: "answer",
    elements: [
      {
        type: "button",
        action_id: "share",
        text: { type: "plain_text", text: "Share" },
        value: "payments",
      },
      {
        type: "static_select",
        action_id: "pick",
        options: [
          { text: { type: "plain_text", text: "One" }, value: "1" },
          { text: { type: "plain_text", text: "Two" }, value: "2" },
        ],
      },
    ],
  },
];

/** The form that `/newservice` opens. */
export function form(title = "New service"): ModalView {
  return {
    type: "modal",
    callback_id: "form",
    title: { type: "plain_text", text: title },
    submit: { type: "plain_text", text: "Next" },
    private_metadata: "draft-1",
    notify_on_close: true,
    blocks: [
      {
        type: "input",
        block_id: "name",
        label: { type: "plain_text", text: "Name" },
        element: { type: "plain_text_input", action_id: "value", max_length: 20 },
      },
      {
        type: "input",
        block_id: "owner",
        label: { type: "plain_text", text: "Owner" },
        element: { type: "external_select", action_id: "owner", min_query_length: 0 },
      },
      {
        type: "input",
        block_id: "kind",
        dispatch_action: true,
        optional: true,
        label: { type: "plain_text", text: "Kind" },
        element: {
          type: "radio_buttons",
          action_id: "kind",
          options: [
            { text: { type: "plain_text", text: "Service" }, value: "service" },
            { text: { type: "plain_text", text: "Library" }, value: "library" },
          ],
        },
      },
    ],
  };
}

function register(app: App): void {
  app.command("/whoowns", async ({ ack, respond, command }) => {
    await ack();
    await respond({ response_type: "ephemeral", text: `Owner of ${command.text}`, blocks: answer });
  });
  app.command("/quick", ({ ack }) => ack("at once"));
  app.command("/post", async ({ ack, client, command }) => {
    await ack();
    await client.chat.postMessage({ channel: command.channel_id, text: command.text });
  });
  app.command("/newservice", async ({ ack, client, command }) => {
    await ack();
    await client.views.open({ trigger_id: command.trigger_id, view: form() });
  });
  app.action("share", async ({ ack, respond, body }) => {
    await ack();
    const channel = "channel" in body ? body.channel?.id : undefined;
    await respond({ delete_original: true });
    if (channel === undefined) return;
    await app.client.chat.postMessage({ channel, text: "Shared", blocks: answer });
  });
  app.action("pick", async ({ ack, respond, action }) => {
    await ack();
    const value = action.type === "static_select" ? action.selected_option.value : "?";
    await respond({ replace_original: true, text: `Picked ${value}` });
  });
  app.action("kind", async ({ ack, body, client }) => {
    await ack();
    if (body.type !== "block_actions" || body.view === undefined) return;
    const { id, hash, state } = body.view;
    const kind = state.values["kind"]?.["kind"]?.selected_option?.value;
    await client.views.update({ view_id: id, hash, view: form(`New ${kind}`) });
  });
  app.options("owner", async ({ ack, payload }) => {
    const owners = ["team-payments", "team-checkout"].filter((o) => o.includes(payload.value));
    await ack({
      options: owners.map((value) => ({ text: { type: "plain_text", text: value }, value })),
    });
  });
  app.view("form", async ({ ack, view }) => {
    const name = view.state.values["name"]?.["value"]?.value ?? "";
    if (name === "taken") {
      await ack({ response_action: "errors", errors: { name: "This name is taken." } });
    } else if (name === "more") {
      await ack({ response_action: "push", view: form("Second page") });
    } else if (name === "again") {
      await ack({ response_action: "update", view: form("Again") });
    } else {
      await ack();
      await app.client.chat.postMessage({
        channel: general,
        text: `${name} ${JSON.stringify(view.state.values)}`,
      });
    }
  });
  app.view({ callback_id: "form", type: "view_closed" }, async ({ ack, body }) => {
    await ack();
    await app.client.chat.postMessage({ channel: body.user.id, text: "Closed" });
  });
  app.event("app_mention", ({ event, say }) =>
    say({ text: `Heard: ${event.text}`, thread_ts: event.thread_ts ?? event.ts }).then(
      () => undefined,
    ),
  );
  app.message(async ({ message, say }) => {
    if (message.channel_type === "im" && message.subtype === undefined) {
      await say(`You said ${message.text}`);
    }
  });
  app.event("app_home_opened", async ({ event, client }) => {
    if (event.tab !== "home") return;
    await client.views.publish({
      user_id: event.user,
      view: {
        type: "home",
        blocks: [{ type: "header", text: { type: "plain_text", text: "Welcome" } }],
      },
    });
  });
  app.shortcut("new_service", async ({ ack, client, shortcut }) => {
    await ack();
    await client.views.open({ trigger_id: shortcut.trigger_id, view: form("From shortcut") });
  });
  app.shortcut("who_owns_this", async ({ ack, shortcut, respond }) => {
    await ack();
    if (shortcut.type === "message_action") await respond(`About ${shortcut.message.text}`);
  });
}
