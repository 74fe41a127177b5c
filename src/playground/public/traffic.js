// A panel that shows what goes between Slack and the bot.
import { fetchExchange } from "./api.js";
import { h, icon } from "./dom.js";
import { createFaultTools } from "./fault-tools.js";
import { state, subscribe } from "./store.js";

let panel;

/** Prepares the panel; it stays closed until somebody asks for it. */
export function mountTraffic(node) {
  panel = node;
  subscribe(({ type }) => {
    if (!panel.hidden && (type === "journal" || type === "all")) draw();
  });
  node.addEventListener("keydown", (event) => {
    if (event.key === "Escape") toggleTraffic();
  });
}

/** Opens or closes the panel. */
export function toggleTraffic() {
  panel.hidden = !panel.hidden;
  if (panel.hidden) {
    panel.replaceChildren();
    return;
  }
  panel.replaceChildren(
    h(
      "header",
      { class: "top" },
      h("h2", { class: "top-name" }, "Traffic"),
      h(
        "button",
        {
          type: "button",
          class: "tool",
          "aria-label": "Close the traffic panel",
          on: { click: toggleTraffic },
        },
        icon("close"),
      ),
    ),
    createFaultTools(),
    h("ol", {
      class: "scroll traffic",
      tabindex: "0",
      "aria-label": "Exchanges, the newest first",
    }),
  );
  draw();
  panel.querySelector(".tool").focus();
}

const kinds = {
  api: "bot → Slack",
  delivery: "Slack → bot",
  response_url: "bot → Slack",
  fault: "fault",
};
const nodes = new Map();

function draw() {
  const list = panel.querySelector(".traffic");
  if (list === null) return;
  const entries = state.journal.toReversed();
  for (const [index, entry] of entries.entries()) {
    const known = nodes.get(entry.id);
    const signature = `${entry.status} ${entry.elapsedMs}`;
    const node = known?.signature === signature ? known.node : drawEntry(entry);
    if (known !== undefined && known.node !== node) known.node.replaceWith(node);
    nodes.set(entry.id, { signature, node });
    if (list.children[index] !== node) list.insertBefore(node, list.children[index] ?? null);
  }
  while (list.children.length > entries.length) list.lastElementChild.remove();
}

function drawEntry({ id, kind, name, status, elapsedMs, atMs, warnings = [] }) {
  const isBad = status !== "ok" && status !== "pending";
  const body = h("div", { class: "traffic-body" });
  const details = h(
    "details",
    {},
    h(
      "summary",
      {},
      h("span", { class: `traffic-kind traffic-${kind}` }, kinds[kind]),
      h("span", { class: "traffic-name" }, name),
      h("span", { class: isBad ? "traffic-status is-bad" : "traffic-status" }, status),
      elapsedMs === undefined
        ? undefined
        : h("span", { class: "faint" }, `${Math.round(elapsedMs)} ms`),
      h("time", { class: "faint" }, new Date(atMs).toLocaleTimeString()),
    ),
    warnings.map((warning) => h("p", { class: "traffic-warning" }, icon("warning"), warning)),
    body,
  );
  details.addEventListener("toggle", async () => {
    if (!details.open) return;
    const exchange = await fetchExchange(id);
    body.replaceChildren(
      ...["request", "response"].flatMap((part) => drawJson(part, exchange?.[part])),
    );
  });
  return h("li", { class: "traffic-entry" }, details);
}

function drawJson(title, value) {
  if (value === undefined) return [];
  return [
    h("p", { class: "faint small" }, title),
    h("pre", { tabindex: "0" }, h("code", {}, JSON.stringify(value, null, 2))),
  ];
}
