// The middle: a channel with its messages, or the app with its tabs.
import { act } from "./api.js";
import { renderBlocks } from "./blocks.js";
import { createComposer, fillComposer } from "./composer.js";
import { h, icon } from "./dom.js";
import { channelMessages, createMessageList } from "./messages.js";
import { flushTexts, forgetMissing, reportOutcome, viewPlace } from "./places.js";
import { keepAtEnd } from "./scrolling.js";
import { openApp, state, subscribe } from "./store.js";

let current;

/** Draws the middle and keeps it fresh. */
export function mountConversation(node, { openSidebar }) {
  const rebuild = () => {
    const { tab, channel } = state.view;
    current = tab === "home" ? homeTab() : tab === "about" ? aboutTab() : channelView(channel, tab);
    node.replaceChildren(topBar(openSidebar), ...current.nodes);
    current.update(true);
    if (tab !== undefined && tab !== "about")
      void act("openTab", { user: state.userId, tab }).then(reportOutcome);
  };
  subscribe((change) => {
    const { type } = change;
    if (type === "all" || type === "view" || type === "channels") rebuild();
    else if (["message", "message_removed", "ephemeral", "home", "status"].includes(type))
      current?.update(false, change);
  });
}

function topBar(openSidebar) {
  const { tab, channel } = state.view;
  const menu = h(
    "button",
    {
      type: "button",
      class: "tool only-narrow",
      "aria-label": "Channels",
      data: { opensSidebar: "" },
      on: { click: openSidebar },
    },
    icon("menu"),
  );
  if (tab !== undefined)
    return h(
      "header",
      { class: "top" },
      menu,
      h("h1", { class: "top-name" }, state.identity.botName),
      drawTabs(tab),
    );
  const { name = "", topic, hasBot, kind } = state.channels.find(({ id }) => id === channel) ?? {};
  return h(
    "header",
    { class: "top" },
    menu,
    h("h1", { class: "top-name" }, icon(kind === "private" ? "lock" : "hash"), name),
    topic === undefined ? undefined : h("p", { class: "top-topic faint" }, topic),
    hasBot === false ? inviteButton(channel) : undefined,
  );
}

function inviteButton(channel) {
  const invite = async () => reportOutcome(await act("invite", { user: state.userId, channel }));
  return h(
    "button",
    { type: "button", class: "button button-small top-invite", on: { click: invite } },
    `Invite ${state.identity.botName}`,
  );
}

function drawTabs(shown) {
  const tabs = { home: "Home", messages: "Messages", about: "About" };
  return h(
    "nav",
    { class: "tabs", "aria-label": state.identity.botName },
    Object.entries(tabs).map(([tab, label]) =>
      h(
        "button",
        {
          type: "button",
          class: tab === shown ? "tab is-current" : "tab",
          "aria-current": tab === shown ? "page" : undefined,
          on: { click: () => openApp(tab) },
        },
        label,
      ),
    ),
  );
}

function channelView(channel, tab) {
  const list = createMessageList({ hasThreads: true });
  const name = state.channels.find(({ id }) => id === channel)?.name;
  const label = tab === "messages" ? `Message ${state.identity.botName}` : `Message #${name}`;
  const composer = createComposer({ label, target: () => ({ channel }) });
  const scroller = h("div", {
    class: "scroll",
    tabindex: "0",
    role: "log",
    "aria-label": "Messages",
  });
  const status = h("div", { class: "status" });
  const hints = drawHints(composer);
  scroller.append(hints, list.node, status);
  const end = keepAtEnd(scroller);
  return {
    nodes: [scroller, composer.node],
    update(isFirst, change) {
      if (change?.channel !== undefined && change.channel !== channel) return;
      const messages = channelMessages(channel);
      list.update(channel, messages);
      const isEmpty = messages.length === 0;
      const prompts = isEmpty ? (state.statuses[channel]?.prompts ?? []) : [];
      // the bot's own suggestions say it better
      hints.hidden = !isEmpty || prompts.length > 0;
      drawStatus(status, channel, prompts, composer);
      if (isFirst || isAnswerToMe(change)) end.follow();
      end.settle();
    },
  };
}

/** What I said, and what only I see, I want to see. */
function isAnswerToMe(change) {
  return change?.type === "ephemeral" || change?.message?.user === state.userId;
}

/** What to try first, as buttons that fill the composer. */
function drawHints(composer) {
  const { botName } = state.identity;
  const box = h(
    "section",
    { class: "hints", "aria-label": "First steps" },
    h("span", { class: "avatar avatar-app avatar-big", "aria-hidden": "true" }),
    h("h2", {}, `${botName} is listening`),
    h(
      "p",
      { class: "faint" },
      "This is a local Slack with the real bot in it. Choose one of these, then press Enter.",
    ),
    h(
      "ul",
      { class: "hint-list" },
      state.hints.map((hint) =>
        h(
          "li",
          {},
          h(
            "button",
            {
              type: "button",
              class: "hint-button",
              on: { click: () => fillComposer(composer, hint) },
            },
            hint,
          ),
        ),
      ),
    ),
  );
  return box;
}

/** What the bot is doing, and what it suggests for a beginning. */
function drawStatus(node, channel, prompts, composer) {
  const status = state.statuses[channel];
  node.replaceChildren();
  if (status?.status)
    node.append(
      h("p", { class: "typing", role: "status" }, `${state.identity.botName} ${status.status}`),
    );
  if (prompts.length === 0) return;
  if (status.promptsTitle) node.append(h("p", { class: "prompts-title" }, status.promptsTitle));
  node.append(
    h(
      "ul",
      { class: "prompts", "aria-label": status.promptsTitle ?? "Suggestions" },
      prompts.map(({ title, message }) =>
        h(
          "li",
          {},
          h(
            "button",
            {
              type: "button",
              class: "hint-button",
              on: { click: () => fillComposer(composer, message) },
            },
            title,
          ),
        ),
      ),
    ),
  );
}

function homeTab() {
  const local = new Map();
  const scroller = h("div", {
    class: "scroll home",
    tabindex: "0",
    on: { change: () => void flushTexts(local, true) },
  });
  return {
    nodes: [scroller],
    update(_isFirst, change) {
      if (change !== undefined && change.type !== "home") return;
      const { home } = state;
      forgetMissing(local, home?.blocks ?? []);
      if (home === null) {
        scroller.replaceChildren(
          h(
            "p",
            { class: "faint home-empty" },
            `${state.identity.botName} has not set up its Home yet.`,
          ),
        );
        return;
      }
      scroller.replaceChildren(renderBlocks(home.blocks, viewPlace(home, { isHome: true, local })));
    },
  };
}

function aboutTab() {
  const { botName, appId, teamName } = state.identity;
  const scroller = h(
    "div",
    { class: "scroll home", tabindex: "0" },
    h("h2", { class: "header" }, `About ${botName}`),
    h(
      "p",
      {},
      `This page is a local Slack workspace (“${teamName}”). Nothing leaves your machine, and everything is forgotten when the process ends.`,
    ),
    h("h3", { class: "header" }, "Commands"),
    h(
      "dl",
      { class: "about-list" },
      state.commands.flatMap(({ command, usageHint, description }) => [
        h("dt", {}, h("code", {}, [command, usageHint].filter(Boolean).join(" "))),
        h("dd", { class: "faint" }, description),
      ]),
    ),
    h("h3", { class: "header" }, "The app"),
    h(
      "p",
      { class: "faint" },
      `App id ${appId}. The same bot talks to a real Slack when you give it tokens.`,
    ),
  );
  return { nodes: [scroller], update: () => undefined };
}
