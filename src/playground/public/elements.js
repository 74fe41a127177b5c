import {
  channels,
  conversations,
  drawCombo,
  drawStaticSelect,
  externalSource,
  isConfirmed,
  listSource,
  people,
  staticSource,
} from "./choices.js";
// Buttons, menus and fields of Block Kit. An element knows nothing of where it stands: `place` does the talking.
//
// place = {
//   held(blockId, actionId): what is in the field now, in Slack's state shape,
//   press(ref, extra): a button was pressed,
//   choose(ref, value): something was chosen in a message, or in a section or actions block,
//   search(ref, query): options of an external select,
//   enter(ref, value, { isSilent }): something was put into an input block,
// }
import { h, safeHref } from "./dom.js";
import { drawCheckboxes, drawDateTime, drawPicker, drawRadios, drawText } from "./fields.js";
import { createMenu } from "./menu.js";
import { plainParts } from "./text.js";

/** Draws an element. `ref` is `{ blockId, actionId, element }`, `field` what an input block adds: id, label, onInput. */
export function renderElement(ref, place, field = {}) {
  const draw = drawers[ref.element.type];
  return draw === undefined
    ? h("p", { class: "faint" }, `(${ref.element.type} is not drawn here)`)
    : draw(ref, place, field);
}

const fromList = (list) => (ref, place, field) => drawCombo(ref, place, field, listSource(list));
const fromBot = (ref, place, field) => drawCombo(ref, place, field, externalSource(ref, place));
const unsupported = (text) => () => h("p", { class: "faint" }, text);

const drawers = {
  button: drawButton,
  workflow_button: drawButton,
  icon_button: drawButton,
  feedback_buttons: drawFeedback,
  overflow: drawOverflow,
  image: drawImage,
  static_select: drawStaticSelect,
  multi_static_select: (ref, place, field) => drawCombo(ref, place, field, staticSource(ref)),
  external_select: fromBot,
  multi_external_select: fromBot,
  users_select: fromList(people),
  multi_users_select: fromList(people),
  channels_select: fromList(channels),
  multi_channels_select: fromList(channels),
  conversations_select: fromList(conversations),
  multi_conversations_select: fromList(conversations),
  checkboxes: drawCheckboxes,
  radio_buttons: drawRadios,
  datepicker: (ref, place, field) =>
    drawPicker(ref, place, field, { type: "date", heldField: "selected_date" }),
  timepicker: (ref, place, field) =>
    drawPicker(ref, place, field, { type: "time", heldField: "selected_time" }),
  datetimepicker: drawDateTime,
  plain_text_input: drawText,
  email_text_input: drawText,
  url_text_input: drawText,
  number_input: drawText,
  rich_text_input: unsupported("Formatted text cannot be entered in the playground."),
  file_input: unsupported("Files cannot be uploaded in the playground."),
};

/** Keeps a button from being pressed twice while the bot thinks. */
async function whileBusy(button, work) {
  if (button.getAttribute("aria-disabled") === "true") return;
  button.setAttribute("aria-disabled", "true");
  button.classList.add("is-busy");
  try {
    await work();
  } finally {
    button.removeAttribute("aria-disabled");
    button.classList.remove("is-busy");
  }
}

function openUrl(url) {
  const href = safeHref(url);
  if (href !== undefined) window.open(href, "_blank", "noopener");
}

function drawButton(ref, place) {
  const { element } = ref;
  const style = element.style === undefined ? "" : ` button-${element.style}`;
  const mark =
    element.url === undefined
      ? undefined
      : h("span", { class: "faint", "aria-hidden": "true" }, " ↗");
  const button = h(
    "button",
    { type: "button", class: `button${style}`, "aria-label": element.accessibility_label },
    plainParts(element.text?.text ?? ""),
    mark,
  );
  button.addEventListener("click", () =>
    whileBusy(button, async () => {
      if (!(await isConfirmed(ref))) return;
      openUrl(element.url);
      await place.press(ref, { buttonValue: element.value });
    }),
  );
  return button;
}

function drawFeedback(ref, place) {
  const drawOne = ({ text, value, accessibility_label: label }) => {
    const button = h(
      "button",
      { type: "button", class: "button button-quiet", "aria-label": label },
      plainParts(text.text),
    );
    button.addEventListener("click", () => whileBusy(button, () => place.choose(ref, value)));
    return button;
  };
  const { positive_button: yes, negative_button: no } = ref.element;
  return h("span", { class: "feedback" }, drawOne(yes), drawOne(no));
}

function drawOverflow(ref, place) {
  return createMenu({
    label: "More actions",
    iconName: "more",
    toggleClass: "button button-icon",
    entries: (ref.element.options ?? []).map(({ text, url, value }) => ({
      content: plainParts(text.text),
      async run() {
        if (!(await isConfirmed(ref))) return;
        openUrl(url);
        await place.choose(ref, value);
      },
    })),
  });
}

/** Pictures are not loaded: the page works offline and asks nobody. */
function drawImage({ element }) {
  const { alt_text: alt } = element;
  return h("span", { class: "image", role: "img", "aria-label": alt }, alt);
}
