// The field in which a person writes: slash commands and mentions are completed.
import { act } from "./api.js";
import { h, icon, uniqueId } from "./dom.js";
import { reportOutcome } from "./places.js";
import { state } from "./store.js";

/** Creates a composer. `target()` tells where to: `{ channel, threadTs? }`. */
export function createComposer({ label, target }) {
  const listId = uniqueId("complete");
  const composer = { suggestions: [], active: 0, target, history: [] };
  composer.input = h("textarea", {
    class: "composer-input",
    rows: "1",
    placeholder: label,
    "aria-label": label,
    "aria-haspopup": "listbox",
    "aria-autocomplete": "list",
    "aria-controls": listId,
  });
  composer.list = h("ul", {
    id: listId,
    class: "complete",
    role: "listbox",
    "aria-label": "Suggestions",
    hidden: true,
  });
  composer.send = h(
    "button",
    {
      type: "submit",
      class: "button button-primary button-icon composer-send",
      "aria-label": "Send",
    },
    icon("send"),
  );
  composer.node = h(
    "form",
    { class: "composer", on: { submit: (event) => submit(event, composer) } },
    composer.list,
    h("div", { class: "composer-box" }, composer.input, composer.send),
    h(
      "p",
      { class: "composer-help faint small" },
      "Enter sends, Shift + Enter makes a new line, / lists commands",
    ),
  );
  composer.input.addEventListener("input", () => refresh(composer));
  composer.input.addEventListener("keydown", (event) => onKey(event, composer));
  composer.input.addEventListener("blur", () => hide(composer));
  composer.list.addEventListener("mousedown", (event) => event.preventDefault());
  return composer;
}

/** Puts a text into the field and lets the person finish it. */
export function fillComposer(composer, text) {
  composer.input.value = text;
  refresh(composer);
  hide(composer);
  composer.input.focus();
}

function refresh(composer) {
  const { input } = composer;
  input.style.height = "auto";
  input.style.height = `${Math.min(input.scrollHeight, 220)}px`;
  composer.suggestions = suggestionsFor(input.value, input.selectionStart, composer.target());
  composer.active = 0;
  draw(composer);
}

function suggestionsFor(text, caret, { threadTs }) {
  const before = text.slice(0, caret);
  const command = /^\/(\S*)$/.exec(before);
  // Slack runs no slash commands in threads.
  if (command !== null && threadTs === undefined) {
    return state.commands
      .filter((entry) => entry.command.slice(1).startsWith(command[1].toLowerCase()))
      .map((entry) => ({
        insert: `${entry.command} `,
        start: 0,
        label: entry.command,
        hint: entry.usageHint,
        description: entry.description,
      }));
  }
  const mention = /(?:^|\s)@([\p{L}\d._-]*)$/u.exec(before);
  if (mention !== null) {
    const wanted = mention[1].toLowerCase();
    const start = caret - mention[1].length - 1;
    return peopleFirstBot()
      .filter((p) => p.realName.toLowerCase().startsWith(wanted) || p.name.startsWith(wanted))
      .slice(0, 8)
      .map((p) => ({
        insert: `@${p.realName} `,
        start,
        label: p.realName,
        description: p.title ?? (p.isBot ? "app" : ""),
      }));
  }
  const channel = /(?:^|\s)#([\p{L}\d_-]*)$/u.exec(before);
  if (channel === null) return [];
  const start = caret - channel[1].length - 1;
  return state.channels
    .filter(({ kind, name }) => kind !== "im" && name.startsWith(channel[1].toLowerCase()))
    .slice(0, 8)
    .map(({ name, topic }) => ({
      insert: "#".concat(name, " "),
      start,
      label: "#".concat(name),
      description: topic,
    }));
}

function peopleFirstBot() {
  return state.people.toSorted((a, b) => Number(b.isBot === true) - Number(a.isBot === true));
}

function draw(composer) {
  const { list, input, suggestions, active } = composer;
  if (suggestions.length === 0) {
    hide(composer);
    return;
  }
  list.replaceChildren(
    ...suggestions.map((entry, index) =>
      h(
        "li",
        {
          id: `${list.id}-${index}`,
          role: "option",
          class: "complete-option",
          "aria-selected": index === active ? "true" : "false",
          on: { click: () => accept(composer, entry) },
        },
        h("strong", {}, entry.label),
        entry.hint === undefined ? undefined : h("code", { class: "faint" }, ` ${entry.hint}`),
        h("span", { class: "faint complete-text" }, entry.description),
      ),
    ),
  );
  list.hidden = false;
  input.setAttribute("aria-activedescendant", `${list.id}-${active}`);
}

function hide({ list, input }) {
  list.hidden = true;
  input.removeAttribute("aria-activedescendant");
}

function accept(composer, { insert, start }) {
  const { input } = composer;
  const rest = input.value.slice(input.selectionStart).trimStart();
  input.value = input.value.slice(0, start) + insert + rest;
  const caret = start + insert.length;
  input.setSelectionRange(caret, caret);
  hide(composer);
  input.focus();
}

function onKey(event, composer) {
  const isOpen = !composer.list.hidden && composer.suggestions.length > 0;
  if (isOpen && onSuggestionKey(event, composer)) return;
  const { input, history } = composer;
  if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
    void submit(event, composer);
  } else if (event.key === "ArrowUp" && input.value === "" && history.length > 0) {
    event.preventDefault();
    fillComposer(composer, history.at(-1));
  }
}

/** Keys while suggestions are shown; returns whether the key was used up. */
function onSuggestionKey(event, composer) {
  const { suggestions, active, input } = composer;
  const steps = { ArrowDown: 1, ArrowUp: suggestions.length - 1 };
  const isWhole = suggestions[active].insert.trim() === input.value.trim();
  if (event.key in steps) {
    composer.active = (active + steps[event.key]) % suggestions.length;
    draw(composer);
  } else if (event.key === "Escape") {
    hide(composer);
  } else if (event.key === "Tab" || (event.key === "Enter" && !event.shiftKey && !isWhole)) {
    accept(composer, suggestions[active]);
  } else {
    return false;
  }
  event.preventDefault();
  return true;
}

async function submit(event, composer) {
  event.preventDefault();
  const { input, target } = composer;
  const text = input.value.trim();
  if (text === "") return;
  composer.history.push(text);
  input.value = "";
  refresh(composer);
  const { channel, threadTs } = target();
  const user = state.userId;
  const command = /^(\/[a-z0-9_-]+)(?:\s+([\s\S]*))?$/i.exec(text);
  if (command !== null && threadTs === undefined) {
    const [, name, rest = ""] = command;
    const outcome = await act("slash", { user, channel, command: name.toLowerCase(), text: rest });
    // What Slack shows for a failed command is in the channel already.
    if (outcome.error !== undefined && outcome.message === undefined) reportOutcome(outcome);
    return;
  }
  if (command !== null) {
    reportOutcome({
      error: "slash commands do not work in threads",
      detail: "Mention the app instead.",
    });
    fillComposer(composer, text);
    return;
  }
  reportOutcome(
    await act("say", { user, channel, text, ...(threadTs === undefined ? {} : { threadTs }) }),
  );
}
