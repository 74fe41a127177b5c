// Making things go wrong on purpose, and taking the conversation home as a test.
import { disconnectBot, planFault } from "./api.js";
import { h, note } from "./dom.js";

const faults = [
  ["slow", "Next answer is slow (2 s)", { fault: "slow" }],
  ["429", "Next call is rate limited", { fault: "429" }],
  ["503", "Next call fails with 503", { fault: "503" }],
  ["lost-reply", "Next answer gets lost", { fault: "lost-reply" }],
  ["lost-ack", "Next acknowledgement gets lost", { fault: "lost-ack" }],
  ["duplicate", "Next payload comes twice", { fault: "duplicate" }],
];

async function disconnect() {
  await disconnectBot();
  note("One of the bot's connections was closed.");
}

function button(label, click) {
  return h("button", { type: "button", class: "button button-small", on: { click } }, label);
}

/** The row of tools above the traffic. */
export function createFaultTools() {
  const pending = h("p", { class: "faint small", role: "status" });
  const show = (plans) => {
    const names = plans.map(({ fault, times }) => `${fault} ×${times}`).join(", ");
    pending.textContent = names === "" ? "" : `Waiting to go wrong: ${names}`;
  };
  const select = h(
    "select",
    { class: "input select", "aria-label": "What shall go wrong" },
    h("option", { value: "" }, "Let something go wrong …"),
    faults.map(([value, label]) => h("option", { value }, label)),
  );
  select.addEventListener("change", async () => {
    const chosen = faults.find(([value]) => value === select.value);
    select.value = "";
    if (chosen !== undefined) show(await planFault("POST", chosen[2]));
  });
  void planFault("GET").then(show);
  return h(
    "div",
    { class: "fault-tools" },
    select,
    h(
      "div",
      { class: "actions" },
      button("Disconnect the bot", () => void disconnect()),
      button("Nothing goes wrong", () => void planFault("DELETE").then(show)),
      h(
        "a",
        { class: "button button-small", href: "/_playground/conversation.test.ts", download: true },
        "Save as a test",
      ),
    ),
    pending,
  );
}
