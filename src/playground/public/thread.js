// The thread pane beside the conversation.
import { createComposer } from "./composer.js";
import { h, icon } from "./dom.js";
import { createMessageList, threadMessages } from "./messages.js";
import { keepAtEnd } from "./scrolling.js";
import { openThread, state, subscribe } from "./store.js";

let update = () => undefined;

/** Draws the pane when a thread is open and keeps it fresh. */
export function mountThread(node) {
  subscribe(({ type }) => {
    if (["all", "view", "thread"].includes(type)) rebuild(node);
    else if (["message", "message_removed", "ephemeral"].includes(type)) update();
  });
  node.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && !event.defaultPrevented) openThread(undefined);
  });
}

function rebuild(node) {
  const { threadTs } = state;
  const { channel } = state.view;
  node.hidden = threadTs === undefined;
  if (threadTs === undefined) {
    node.replaceChildren();
    update = () => undefined;
    return;
  }
  const list = createMessageList({ hasThreads: false });
  const composer = createComposer({
    label: "Reply in thread",
    target: () => ({ channel, threadTs }),
  });
  const scroller = h(
    "div",
    { class: "scroll", tabindex: "0", role: "log", "aria-label": "Replies" },
    list.node,
  );
  const close = h(
    "button",
    {
      type: "button",
      class: "tool",
      "aria-label": "Close the thread",
      on: { click: () => openThread(undefined) },
    },
    icon("close"),
  );
  node.replaceChildren(
    h("header", { class: "top" }, h("h2", { class: "top-name" }, "Thread"), close),
    scroller,
    composer.node,
  );
  const end = keepAtEnd(scroller);
  update = () => {
    list.update(channel, threadMessages(channel, threadTs));
    end.settle();
  };
  update();
  composer.input.focus();
}
