// The left column: who one is, channels, the app, the connection.
import { act } from "./api.js";
import { h, icon } from "./dom.js";
import { avatar } from "./messages.js";
import { reportOutcome } from "./places.js";
import { appChannel, become, openApp, openChannel, personOf, state, subscribe } from "./store.js";
import { toggleTraffic } from "./traffic.js";

/** Draws the sidebar and keeps it fresh. */
export function mountSidebar(node) {
  const draw = () => {
    const focused = document.activeElement?.dataset?.key;
    node.replaceChildren(drawHead(), drawPeople(), drawChannels(), drawApp(), drawFoot());
    if (focused !== undefined) node.querySelector(`[data-key="${CSS.escape(focused)}"]`)?.focus();
  };
  subscribe(({ type }) => {
    if (["all", "view", "channels", "message", "ephemeral", "connection"].includes(type)) draw();
  });
}

function drawHead() {
  return h(
    "div",
    { class: "side-head" },
    h("span", { class: "side-mark", "aria-hidden": "true" }),
    h(
      "div",
      {},
      h("p", { class: "side-name" }, state.identity.teamName),
      h("p", { class: "side-sub" }, "Playground"),
    ),
  );
}

function drawPeople() {
  const people = state.people.filter(
    ({ isBot, isColleague }) => isBot !== true && isColleague !== true,
  );
  const me = personOf(state.userId);
  const select = h(
    "select",
    { id: "person", class: "side-select", data: { key: "person" } },
    people.map(({ id, realName, title }) =>
      h(
        "option",
        { value: id, selected: id === state.userId },
        title === undefined ? realName : `${realName} · ${title}`,
      ),
    ),
  );
  select.addEventListener("change", () => void become(select.value));
  return h(
    "div",
    { class: "side-person" },
    avatar(me),
    h("div", {}, h("label", { class: "side-label", for: "person" }, "You are"), select),
  );
}

function entry({ key, isCurrent, unread, onClick, label }, ...content) {
  return h(
    "li",
    {},
    h(
      "button",
      {
        type: "button",
        class: `side-item${isCurrent ? " is-current" : ""}${unread > 0 ? " is-unread" : ""}`,
        "aria-current": isCurrent ? "page" : undefined,
        "aria-label": unread > 0 ? `${label}, ${unread} new` : label,
        data: { key },
        on: { click: onClick },
      },
      ...content,
      unread > 0
        ? h("span", { class: "side-count", "aria-hidden": "true" }, String(unread))
        : undefined,
    ),
  );
}

function drawChannels() {
  const channels = state.channels.filter(({ kind }) => kind !== "im");
  return h(
    "nav",
    { "aria-label": "Channels" },
    h("h2", { class: "side-title" }, "Channels"),
    h(
      "ul",
      { class: "side-list" },
      channels.map(({ id, name, kind }) =>
        entry(
          {
            key: id,
            label: name,
            isCurrent: state.view.channel === id && state.view.tab === undefined,
            unread: state.unread.get(id) ?? 0,
            onClick: () => openChannel(id),
          },
          icon(kind === "private" ? "lock" : "hash"),
          h("span", { class: "side-text" }, name),
        ),
      ),
    ),
  );
}

function drawApp() {
  const { tab } = state.view;
  const unread = state.unread.get(appChannel()?.id) ?? 0;
  const shortcuts = state.shortcuts.filter(({ type }) => type === "global");
  return h(
    "nav",
    { "aria-label": "Apps" },
    h("h2", { class: "side-title" }, "Apps"),
    h(
      "ul",
      { class: "side-list" },
      entry(
        {
          key: "app",
          label: state.identity.botName,
          isCurrent: tab !== undefined,
          unread,
          onClick: () => openApp(unread > 0 || tab !== undefined ? "messages" : "home"),
        },
        h("span", { class: "avatar avatar-app avatar-small", "aria-hidden": "true" }),
        h("span", { class: "side-text" }, state.identity.botName),
      ),
      shortcuts.map(({ callbackId, name }) =>
        entry(
          {
            key: callbackId,
            label: name,
            isCurrent: false,
            unread: 0,
            onClick: async () =>
              reportOutcome(await act("shortcut", { user: state.userId, callbackId })),
          },
          icon("bolt"),
          h("span", { class: "side-text" }, name),
        ),
      ),
    ),
  );
}

function drawFoot() {
  const [text, kind] = state.isOnline
    ? state.isConnected
      ? [`${state.identity.botName} is connected`, "good"]
      : [`${state.identity.botName} is not connected`, "bad"]
    : ["The playground does not answer", "bad"];
  return h(
    "div",
    { class: "side-foot" },
    h(
      "p",
      { class: "side-state", role: "status" },
      h("span", { class: `dot dot-${kind}`, "aria-hidden": "true" }),
      text,
    ),
    h(
      "button",
      {
        type: "button",
        class: "side-item",
        data: { key: "traffic" },
        on: { click: () => toggleTraffic() },
      },
      icon("wave"),
      h("span", { class: "side-text" }, "Traffic"),
    ),
  );
}
