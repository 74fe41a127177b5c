// Starts the page.
import { mountConversation } from "./conversation.js";
import { h } from "./dom.js";
import { mountModal } from "./modal.js";
import { mountSidebar } from "./sidebar.js";
import { become, lastPerson, subscribe } from "./store.js";
import { mountThread } from "./thread.js";
import { mountTraffic } from "./traffic.js";

const find = (id) => document.querySelector(`#${id}`);
const app = find("app");
const setSidebar = (isOpen) => app.classList.toggle("has-sidebar", isOpen);

mountSidebar(find("sidebar"));
mountConversation(find("main"), {
  openSidebar() {
    setSidebar(true);
    find("sidebar").querySelector("button, select")?.focus();
  },
});
mountThread(find("thread"));
mountTraffic(find("traffic"));
mountModal(find("modal"));

// On a narrow screen the sidebar lies over the conversation and goes away when something was chosen.
subscribe(({ type }) => {
  if (type === "view" || type === "all") setSidebar(false);
});
find("main").addEventListener("click", (event) => {
  if (event.target.closest("[data-opens-sidebar]") === null) setSidebar(false);
});
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape") setSidebar(false);
});

try {
  await become(lastPerson());
} catch (error) {
  find("main").replaceChildren(
    h(
      "p",
      { class: "home-empty" },
      `The playground does not answer: ${error.message} Reload when it runs again.`,
    ),
  );
}
