// Fields for texts, dates and boxes.
import { h, uniqueId } from "./dom.js";
import { plainParts, renderMrkdwnLine } from "./text.js";

/** Says that a value was chosen: in a form to the field, else to the place where the element stands. */
export function commit(ref, place, field, value) {
  return field.onInput === undefined
    ? place.choose(ref, value)
    : field.onInput(value, { isFinal: true });
}

/** How a field without a label of its own is called. */
export function labelOf({ element }, field) {
  if (field.label !== undefined) {
    return field.describedBy === undefined ? {} : { "aria-describedby": field.describedBy };
  }
  return {
    "aria-label": element.placeholder?.text ?? element.accessibility_label ?? "Choose an option",
  };
}

function drawBoxes(ref, place, field, type) {
  const name = uniqueId("box");
  const held = place.held(ref.blockId, ref.actionId);
  const chosen = new Set(
    (held?.selected_options ?? [held?.selected_option]).map((option) => option?.value),
  );
  const group = h(
    "div",
    {
      class: "boxes",
      id: field.id,
      role: type === "radio" ? "radiogroup" : "group",
      "aria-labelledby": field.labelId,
      "aria-label": field.labelId === undefined ? "Options" : undefined,
      "aria-describedby": field.describedBy,
    },
    (ref.element.options ?? []).map((option) =>
      drawBox(option, { type, name, isChosen: chosen.has(option.value) }),
    ),
  );
  const checked = () => [...group.querySelectorAll("input:checked")].map(({ value }) => value);
  return { group, checked };
}

function drawBox({ value, text, description }, { type, name, isChosen }) {
  const id = uniqueId("box");
  return h(
    "div",
    { class: "box" },
    h("input", { type, id, name, value, checked: isChosen }),
    h(
      "label",
      { for: id },
      text.type === "mrkdwn" ? renderMrkdwnLine(text.text) : plainParts(text.text),
      description === undefined
        ? undefined
        : h("span", { class: "faint box-note" }, renderMrkdwnLine(description.text)),
    ),
  );
}

/** Draws checkboxes. */
export function drawCheckboxes(ref, place, field) {
  const { group, checked } = drawBoxes(ref, place, field, "checkbox");
  group.addEventListener("change", () => void commit(ref, place, field, checked()));
  return group;
}

/** Draws radio buttons. */
export function drawRadios(ref, place, field) {
  const { group, checked } = drawBoxes(ref, place, field, "radio");
  group.addEventListener("change", () => void commit(ref, place, field, checked()[0] ?? null));
  return group;
}

/** Draws a date or time field of the browser. */
export function drawPicker(ref, place, field, { type, heldField }) {
  const input = h("input", {
    type,
    id: field.id,
    class: "input input-short",
    value: place.held(ref.blockId, ref.actionId)?.[heldField],
    ...labelOf(ref, field),
  });
  input.addEventListener("change", () => {
    void commit(ref, place, field, input.value === "" ? null : input.value);
  });
  return input;
}

/** Seconds since 1970 in the form that the browser's field takes. */
function localTime(seconds) {
  const offsetMs = new Date(seconds * 1000).getTimezoneOffset() * 60_000;
  return new Date(seconds * 1000 - offsetMs).toISOString().slice(0, 16);
}

/** Draws a field for a date with its time. */
export function drawDateTime(ref, place, field) {
  const held = place.held(ref.blockId, ref.actionId)?.selected_date_time;
  const input = h("input", {
    type: "datetime-local",
    id: field.id,
    class: "input input-short",
    value: typeof held === "number" ? localTime(held) : undefined,
    ...labelOf(ref, field),
  });
  input.addEventListener("change", () => {
    const value = input.value === "" ? null : Math.floor(new Date(input.value).getTime() / 1000);
    void commit(ref, place, field, value);
  });
  return input;
}

const inputTypes = { email_text_input: "email", url_text_input: "url" };

/** Draws a field for a text, an address or a number. */
export function drawText(ref, place, field) {
  const { element } = ref;
  const isLong = element.multiline === true;
  const shared = {
    id: field.id,
    class: "input",
    placeholder: element.placeholder?.text,
    maxlength: element.max_length ?? 3000,
    autofocus: element.focus_on_load === true,
    ...labelOf(ref, field),
  };
  const input = isLong
    ? h("textarea", { ...shared, rows: "4" })
    : h("input", {
        ...shared,
        type: inputTypes[element.type] ?? "text",
        inputmode: element.type === "number_input" ? "decimal" : undefined,
      });
  input.value = place.held(ref.blockId, ref.actionId)?.value ?? "";
  input.addEventListener("input", () => field.onInput?.(input.value, { isFinal: false }));
  input.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || isLong || field.dispatches !== true) return;
    event.preventDefault();
    field.onInput?.(input.value, { isFinal: true });
  });
  return input;
}
