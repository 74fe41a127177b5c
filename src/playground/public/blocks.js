// Drawing Block Kit blocks.
import { h, icon, link, uniqueId } from "./dom.js";
import { renderElement } from "./elements.js";
import {
  plainParts,
  renderMarkdown,
  renderMrkdwnLine,
  renderRichText,
  renderTextObject,
} from "./text.js";

/** Draws blocks; see elements.js for what a place is. */
export function renderBlocks(blocks, place) {
  return h(
    "div",
    { class: "blocks" },
    (blocks ?? []).map((block) => renderBlock(block, place)),
  );
}

function renderBlock(block, place) {
  const draw = drawers[block.type];
  if (draw === undefined) return h("p", { class: "faint" }, `(${block.type} is not drawn here)`);
  return draw(block, place);
}

const refOf = (block, element) => ({
  blockId: block.block_id,
  actionId: element.action_id,
  element,
});

const drawers = {
  section(block, place) {
    const { text, fields, accessory } = block;
    return h(
      "div",
      { class: accessory === undefined ? "section" : "section section-split" },
      h(
        "div",
        { class: "section-text" },
        text === undefined ? undefined : renderTextObject(text),
        fields === undefined
          ? undefined
          : h(
              "div",
              { class: "fields" },
              fields.map((field) => h("div", {}, renderTextObject(field))),
            ),
      ),
      accessory === undefined
        ? undefined
        : h("div", { class: "accessory" }, renderElement(refOf(block, accessory), place)),
    );
  },
  header: ({ text }) => h("h3", { class: "header" }, plainParts(text.text)),
  divider: () => h("hr", { class: "divider" }),
  context: (block, place) =>
    h(
      "div",
      { class: "context" },
      block.elements.map((element) =>
        element.type === "image"
          ? renderElement(refOf(block, element), place)
          : h("span", { class: "context-text" }, renderTextObject(element)),
      ),
    ),
  actions: drawActions,
  context_actions: drawActions,
  input: (block, place) => drawInput(block, place),
  image: ({ title, alt_text: alt, image_url: url }) =>
    h(
      "figure",
      { class: "figure" },
      title === undefined ? undefined : h("figcaption", {}, plainParts(title.text)),
      h("div", { class: "image image-large", role: "img", "aria-label": alt }, alt),
      url === undefined ? undefined : link(url, "Open the picture"),
    ),
  rich_text: (block) => renderRichText(block),
  markdown: ({ text }) => renderMarkdown(text),
  alert: ({ text, level = "default" }) =>
    h(
      "div",
      { class: `alert alert-${level}`, role: "note" },
      icon(
        level === "success"
          ? "check"
          : level === "info" || level === "default"
            ? "info"
            : "warning",
      ),
      renderTextObject(text),
    ),
  table: ({ rows }) => drawTable(rows, undefined),
  data_table: ({ rows, caption }) => drawTable(rows, caption),
  card: drawCard,
  carousel: ({ elements }, place) =>
    h(
      "div",
      { class: "carousel", tabindex: "0", role: "group", "aria-label": "Cards" },
      elements.map((card) => drawCard(card, place)),
    ),
  container: drawContainer,
  task_card: (block) => h("ul", { class: "tasks" }, drawTask(block)),
  plan: ({ title, tasks = [] }) =>
    h(
      "div",
      { class: "plan" },
      h("p", { class: "plan-title" }, plainParts(title)),
      h(
        "ul",
        { class: "tasks" },
        tasks.map((task) => drawTask(task)),
      ),
    ),
  file: () => h("p", { class: "faint" }, "(a remote file)"),
  video: ({ title, title_url: url }) => h("p", {}, link(url, plainParts(title.text))),
};

function drawActions(block, place) {
  return h(
    "div",
    { class: "actions" },
    (block.elements ?? []).map((element) => renderElement(refOf(block, element), place)),
  );
}

function drawInput(block, place) {
  const { element, label, hint, optional } = block;
  const id = uniqueId("field");
  const labelId = `${id}-label`;
  const hintId = `${id}-hint`;
  const errorId = `${id}-error`;
  const describedBy = hint === undefined ? errorId : `${hintId} ${errorId}`;
  const ref = refOf(block, element);
  const control = renderElement(ref, place, {
    id,
    label: label.text,
    labelId,
    describedBy,
    dispatches: block.dispatch_action === true,
    onInput: (value, { isFinal }) =>
      place.enter?.(ref, value, { isSilent: block.dispatch_action !== true || !isFinal }),
  });
  const isGroup = element.type === "checkboxes" || element.type === "radio_buttons";
  return h(
    "div",
    { class: "field", data: { blockId: block.block_id } },
    h(
      isGroup ? "p" : "label",
      { class: "label", id: labelId, for: isGroup ? undefined : id },
      plainParts(label.text),
      optional === true ? h("span", { class: "faint" }, " (optional)") : undefined,
    ),
    control,
    hint === undefined ? undefined : h("p", { class: "hint", id: hintId }, plainParts(hint.text)),
    h("p", { class: "error", id: errorId, role: "alert" }),
  );
}

function cell(content) {
  return content.type === "rich_text" ? renderRichText(content) : plainParts(content.text ?? "");
}

function drawTable(rows, caption) {
  const [head = [], ...rest] = rows;
  return h(
    "div",
    { class: "table-box", tabindex: "0", role: "group", "aria-label": caption ?? "Table" },
    h(
      "table",
      {},
      caption === undefined ? undefined : h("caption", {}, caption),
      h(
        "thead",
        {},
        h(
          "tr",
          {},
          head.map((content) => h("th", { scope: "col" }, cell(content))),
        ),
      ),
      h(
        "tbody",
        {},
        rest.map((row) =>
          h(
            "tr",
            {},
            row.map((content) => h("td", {}, cell(content))),
          ),
        ),
      ),
    ),
  );
}

function drawCard(card, place) {
  return h(
    "div",
    { class: "card" },
    card.title === undefined
      ? undefined
      : h("p", { class: "card-title" }, renderMrkdwnLine(card.title.text)),
    card.subtitle === undefined
      ? undefined
      : h("p", { class: "faint" }, renderMrkdwnLine(card.subtitle.text)),
    card.body === undefined ? undefined : renderTextObject(card.body),
    card.actions === undefined
      ? undefined
      : h(
          "div",
          { class: "actions" },
          card.actions.map((button) => renderElement(refOf(card, button), place)),
        ),
  );
}

function drawContainer(block, place) {
  const title =
    block.rich_text_title === undefined
      ? plainParts(block.title?.text ?? "")
      : renderRichText(block.rich_text_title);
  const subtitle =
    block.subtitle === undefined
      ? undefined
      : h("span", { class: "faint" }, " ", renderMrkdwnLine(block.subtitle.text));
  const children = renderBlocks(block.child_blocks, place);
  if (block.is_collapsible !== true) {
    return h(
      "div",
      { class: "container" },
      h("p", { class: "card-title" }, title, subtitle),
      children,
    );
  }
  return h(
    "details",
    { class: "container", open: block.default_collapsed !== true },
    h("summary", { class: "card-title" }, title, subtitle),
    children,
  );
}

const taskStates = {
  pending: ["circle", "Waiting"],
  in_progress: ["wave", "In progress"],
  complete: ["check", "Done"],
  error: ["warning", "Failed"],
};

function drawTask({ status, title, details, output, sources = [] }) {
  const [name, label] = taskStates[status] ?? taskStates.pending;
  return h(
    "li",
    { class: `task task-${status}` },
    icon(name),
    h("span", { class: "visually-hidden" }, `${label}: `),
    h(
      "div",
      {},
      h("p", { class: "task-title" }, plainParts(title ?? "")),
      details === undefined ? undefined : renderRichText(details),
      output === undefined ? undefined : renderRichText(output),
      sources.map((source) => h("p", {}, link(source.url, source.text))),
    ),
  );
}
