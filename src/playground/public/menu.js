// A button that opens a list of things to do.
import { h, icon, uniqueId } from "./dom.js";

/** Creates a menu; `entries` are `{ content, run }`. Arrow keys move, Escape closes. */
export function createMenu({ label, iconName, toggleClass, entries }) {
  const list = h("div", { id: uniqueId("menu"), class: "menu", role: "menu", hidden: true });
  const toggle = h(
    "button",
    {
      type: "button",
      class: toggleClass,
      "aria-haspopup": "menu",
      "aria-expanded": "false",
      "aria-controls": list.id,
      "aria-label": label,
    },
    icon(iconName),
  );
  const menu = { list, toggle };
  list.append(...entries.map((entry) => drawEntry(menu, entry)));
  toggle.addEventListener("click", () => {
    show(menu, list.hidden);
    list.firstElementChild?.focus();
  });
  const box = h("div", { class: "menu-box" }, toggle, list);
  box.addEventListener("keydown", (event) => move(event, menu));
  box.addEventListener("focusout", (event) => {
    if (!box.contains(event.relatedTarget)) show(menu, false);
  });
  return box;
}

function drawEntry(menu, { content, run }) {
  const choose = () => {
    show(menu, false);
    menu.toggle.focus();
    void run();
  };
  return h(
    "button",
    {
      type: "button",
      role: "menuitem",
      class: "menu-item",
      tabindex: "-1",
      on: { click: choose },
    },
    content,
  );
}

function show({ list, toggle }, isOpen) {
  list.hidden = !isOpen;
  toggle.setAttribute("aria-expanded", String(isOpen));
}

function move(event, menu) {
  if (menu.list.hidden) return;
  const entries = [...menu.list.children];
  const at = entries.indexOf(document.activeElement);
  const steps = {
    ArrowDown: at + 1,
    ArrowUp: at - 1 + entries.length,
    Home: 0,
    End: entries.length - 1,
  };
  if (event.key === "Escape") {
    event.stopPropagation();
    event.preventDefault();
    show(menu, false);
    menu.toggle.focus();
  } else if (event.key in steps) {
    event.preventDefault();
    entries[steps[event.key] % entries.length]?.focus();
  }
}
