// Building nodes. Everything from people or the bot becomes a text node: there is no innerHTML in this page.

/**
 * Creates an element. `on` holds listeners, `data` data attributes; undefined and false attributes are left out.
 */
export function h(tag, props = {}, ...children) {
  const node = document.createElement(tag);
  const { on = {}, data = {}, ...attributes } = props;
  for (const [type, listener] of Object.entries(on)) node.addEventListener(type, listener);
  Object.assign(node.dataset, data);
  for (const [name, value] of Object.entries(attributes)) setAttribute(node, name, value);
  append(node, children);
  return node;
}

function setAttribute(node, name, value) {
  if (value === undefined || value === false || value === null) return;
  node.setAttribute(name, value === true ? "" : String(value));
}

/** Appends children; arrays are flattened, nothing is skipped. */
export function append(node, children) {
  for (const child of children.flat(Infinity)) {
    if (child === undefined || child === null || child === false || child === "") continue;
    node.append(child);
  }
}

/** An id that no other element has. */
export function uniqueId(prefix) {
  lastId += 1;
  return `${prefix}-${lastId}`;
}
let lastId = 0;

/** A link's address, or undefined when it is not one that a page should open. */
export function safeHref(url) {
  if (typeof url !== "string" || !URL.canParse(url, location.href)) return undefined;
  const { protocol, href } = new URL(url, location.href);
  return ["http:", "https:", "mailto:"].includes(protocol) ? href : undefined;
}

/** A link that opens in a new tab. */
export function link(url, ...children) {
  const href = safeHref(url);
  if (href === undefined) return h("span", {}, ...children);
  return h("a", { href, target: "_blank", rel: "noopener noreferrer" }, ...children);
}

const paths = {
  hash: "M4 9h16M4 15h16M10 3 8 21M16 3l-2 18",
  lock: "M6 11h12v9H6zM8 11V8a4 4 0 0 1 8 0v3",
  send: "M4 12 20 4l-6 16-3-7z",
  close: "M5 5l14 14M19 5 5 19",
  back: "M15 5l-7 7 7 7",
  menu: "M4 6h16M4 12h16M4 18h16",
  reply: "M9 7 4 12l5 5M4 12h10a6 6 0 0 1 6 6",
  eye: "M2 12s4-7 10-7 10 7 10 7-4 7-10 7S2 12 2 12zm10-3a3 3 0 1 0 0 6 3 3 0 0 0 0-6",
  more: "M5 12h.01M12 12h.01M19 12h.01",
  home: "M4 11 12 4l8 7v9h-5v-6H9v6H4z",
  wave: "M3 12h3l3-8 4 16 3-8h5",
  warning: "M12 4 2.5 20h19zM12 10v5M12 17.5h.01",
  info: "M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18M12 11v5M12 8h.01",
  check: "M4 12l5 5L20 6",
  circle: "M12 4a8 8 0 1 0 0 16 8 8 0 0 0 0-16",
  bolt: "M13 2 4 14h6l-1 8 9-12h-6z",
};

/** A line icon; hidden from screen readers. */
export function icon(name) {
  const space = "http://www.w3.org/2000/svg";
  const svg = document.createElementNS(space, "svg");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("class", "icon");
  svg.setAttribute("aria-hidden", "true");
  const path = document.createElementNS(space, "path");
  path.setAttribute("d", paths[name] ?? paths.circle);
  svg.append(path);
  return svg;
}

/** Shows a short note at the edge of the page, read out by screen readers. */
export function note(text, kind = "info") {
  const box = document.querySelector("#notes");
  const entry = h("p", { class: `note note-${kind}` }, text);
  box.append(entry);
  setTimeout(() => entry.remove(), 7000);
}

/** Asks before something is done. Resolves with true when the person agrees. */
export function confirmDialog({ title, body, confirm, deny, isDanger }) {
  const dialog = document.querySelector("#confirm");
  return new Promise((resolve) => {
    const done = (answer) => {
      dialog.close();
      resolve(answer);
    };
    dialog.replaceChildren(
      h("h2", { id: "confirm-title", class: "modal-title" }, title),
      h("div", { class: "modal-body" }, body),
      h(
        "div",
        { class: "modal-foot" },
        h("button", { type: "button", class: "button", on: { click: () => done(false) } }, deny),
        h(
          "button",
          {
            type: "button",
            class: `button ${isDanger ? "button-danger" : "button-primary"}`,
            autofocus: true,
            on: { click: () => done(true) },
          },
          confirm,
        ),
      ),
    );
    dialog.addEventListener("cancel", () => resolve(false), { once: true });
    dialog.showModal();
  });
}
