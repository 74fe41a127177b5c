// A text field with a list of suggestions: the ARIA combobox pattern, for one choice or several.
import { h, icon, uniqueId } from "./dom.js";

/**
 * Creates a combobox. `load(query)` resolves with `[{ value, label, description? }]`; `onChange(values)` gets the
 * chosen options. With `isMulti` choices are kept as removable chips.
 */
export function createCombo({
  id,
  label,
  placeholder,
  initial = [],
  isMulti,
  minLength,
  load,
  onChange,
}) {
  const listId = uniqueId("options");
  const combo = { chosen: [...initial], options: [], active: -1, turn: 0, isMulti, onChange };
  combo.input = h("input", {
    id,
    type: "text",
    class: "input",
    role: "combobox",
    autocomplete: "off",
    spellcheck: "false",
    placeholder,
    "aria-label": label,
    "aria-autocomplete": "list",
    "aria-expanded": "false",
    "aria-controls": listId,
  });
  combo.list = h("ul", {
    id: listId,
    class: "combo-list",
    role: "listbox",
    hidden: true,
    "aria-label": label ?? placeholder,
  });
  combo.chips = h("div", { class: "chips" });
  combo.node = h(
    "div",
    { class: "combo" },
    isMulti ? combo.chips : undefined,
    combo.input,
    combo.list,
  );
  if (!isMulti && combo.chosen[0] !== undefined) combo.input.value = combo.chosen[0].label;
  drawChips(combo);
  listen(combo, { load, minLength: minLength ?? 0 });
  return combo;
}

function listen(combo, { load, minLength }) {
  const { input, list } = combo;
  const search = async () => {
    combo.turn += 1;
    const mine = combo.turn;
    const query = input.value.trim();
    if (query.length < minLength) {
      showNote(combo, `Type at least ${minLength} characters`);
      return;
    }
    showNote(combo, "Searching…");
    const found = await load(query);
    // Somebody has typed on, chosen or left in the meantime.
    if (mine !== combo.turn || document.activeElement !== input) return;
    combo.options = found.options;
    combo.active = found.options.length > 0 ? 0 : -1;
    if (found.error === undefined) drawOptions(combo);
    else showNote(combo, found.error);
  };
  input.addEventListener("input", () => {
    clearTimeout(combo.timer);
    combo.timer = setTimeout(() => void search(), 200);
  });
  input.addEventListener("focus", () => {
    input.select();
    if (minLength === 0) void search();
  });
  input.addEventListener("blur", () => {
    close(combo);
    settle(combo);
  });
  input.addEventListener("keydown", (event) => onKey(event, combo, search));
  // A mouse press would move the focus away before the click arrives.
  list.addEventListener("mousedown", (event) => event.preventDefault());
}

/** A text that is not a choice is taken back; an emptied field means no choice. */
function settle(combo) {
  if (combo.isMulti) {
    combo.input.value = "";
    return;
  }
  if (combo.input.value.trim() === "" && combo.chosen.length > 0) {
    combo.chosen = [];
    combo.onChange([]);
  }
  combo.input.value = combo.chosen[0]?.label ?? "";
}

function onKey(event, combo, search) {
  const isOpen = !combo.list.hidden;
  const steps = { ArrowDown: 1, ArrowUp: combo.options.length - 1 };
  if (event.key in steps) {
    event.preventDefault();
    if (isOpen) moveBy(combo, steps[event.key]);
    else void search();
  } else if (isOpen && onListKey(event, combo)) {
    event.preventDefault();
    event.stopPropagation();
  } else if (event.key === "Backspace" && combo.isMulti && combo.input.value === "") {
    removeChip(combo, combo.chosen.length - 1);
  }
}

/** Keys for an open list; returns whether the key was used up. */
function onListKey(event, combo) {
  if (event.key === "Enter" && combo.active >= 0) choose(combo, combo.options[combo.active]);
  else if (event.key === "Escape") close(combo);
  else return false;
  return true;
}

function moveBy(combo, step) {
  if (combo.options.length === 0) return;
  combo.active = (combo.active + step) % combo.options.length;
  drawOptions(combo);
}

function choose(combo, option) {
  if (combo.isMulti) {
    const isChosen = combo.chosen.some(({ value }) => value === option.value);
    if (!isChosen) combo.chosen.push(option);
    combo.input.value = "";
    drawChips(combo);
  } else {
    combo.chosen = [option];
    combo.input.value = option.label;
  }
  close(combo);
  combo.onChange(combo.chosen);
}

function drawOptions(combo) {
  const { list, input, options, active } = combo;
  if (options.length === 0) {
    showNote(combo, "No results");
    return;
  }
  list.replaceChildren(
    ...options.map((option, index) =>
      h(
        "li",
        {
          id: `${list.id}-${index}`,
          role: "option",
          class: "combo-option",
          "aria-selected": index === active ? "true" : "false",
          on: { click: () => choose(combo, option) },
        },
        option.label,
        option.description === undefined
          ? undefined
          : h("span", { class: "faint" }, ` ${option.description}`),
      ),
    ),
  );
  open(combo);
  if (active >= 0) {
    input.setAttribute("aria-activedescendant", `${list.id}-${active}`);
    list.children[active]?.scrollIntoView({ block: "nearest" });
  }
}

function showNote(combo, text) {
  combo.options = [];
  combo.active = -1;
  combo.list.replaceChildren(
    h(
      "li",
      { class: "combo-note", role: "option", "aria-disabled": "true", "aria-selected": "false" },
      text,
    ),
  );
  open(combo);
}

function open({ list, input }) {
  list.hidden = false;
  input.setAttribute("aria-expanded", "true");
}

/** Closes the list; a search that is still under way does not open it again. */
function close(combo) {
  const { list, input } = combo;
  combo.turn += 1;
  clearTimeout(combo.timer);
  list.hidden = true;
  input.setAttribute("aria-expanded", "false");
  input.removeAttribute("aria-activedescendant");
}

function drawChips(combo) {
  combo.chips.replaceChildren(
    ...combo.chosen.map((option, index) =>
      h(
        "span",
        { class: "chip" },
        option.label,
        h(
          "button",
          {
            type: "button",
            class: "chip-remove",
            "aria-label": `Remove ${option.label}`,
            on: { click: () => removeChip(combo, index) },
          },
          icon("close"),
        ),
      ),
    ),
  );
}

function removeChip(combo, index) {
  if (combo.chosen[index] === undefined) return;
  combo.chosen.splice(index, 1);
  drawChips(combo);
  combo.input.focus();
  combo.onChange(combo.chosen);
}
