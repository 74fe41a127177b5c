import { createCombo } from "./combo.js";
// Selects of every kind.
import { confirmDialog, h } from "./dom.js";
import { commit, labelOf } from "./fields.js";
import { personOf, state } from "./store.js";
import { renderTextObject } from "./text.js";

/** Asks the element's own question, if it has one. */
export async function isConfirmed({ element }) {
  const { confirm } = element;
  if (confirm === undefined) return true;
  return confirmDialog({
    title: confirm.title?.text ?? "Are you sure?",
    body: renderTextObject(confirm.text),
    confirm: confirm.confirm?.text ?? "Yes",
    deny: confirm.deny?.text ?? "Cancel",
    isDanger: confirm.style === "danger",
  });
}

/** Draws a `static_select` with the browser's own control. */
export function drawStaticSelect(ref, place, field) {
  const { element } = ref;
  const held = place.held(ref.blockId, ref.actionId)?.selected_option ?? undefined;
  const drawOption = ({ value, text }) =>
    h("option", { value, selected: value === held?.value }, text.text);
  const select = h(
    "select",
    { id: field.id, class: "input select", ...labelOf(ref, field) },
    h(
      "option",
      { value: "", selected: held === undefined },
      element.placeholder?.text ?? "Choose an option",
    ),
    (element.options ?? []).map((option) => drawOption(option)),
    (element.option_groups ?? []).map(({ label, options }) =>
      h(
        "optgroup",
        { label: label.text },
        options.map((option) => drawOption(option)),
      ),
    ),
  );
  select.addEventListener("change", async () => {
    const isInMessage = field.onInput === undefined;
    if (isInMessage && (select.value === "" || !(await isConfirmed(ref)))) {
      select.value = held?.value ?? "";
      return;
    }
    await commit(ref, place, field, select.value === "" ? null : select.value);
  });
  return select;
}

/** Draws a select that is searched: people, channels, external options, several options. */
export function drawCombo(ref, place, field, source) {
  const { element } = ref;
  const isMulti = element.type.startsWith("multi_");
  const combo = createCombo({
    id: field.id,
    label: field.label ?? element.placeholder?.text ?? "Choose an option",
    placeholder: element.placeholder?.text ?? (isMulti ? "Choose options" : "Choose an option"),
    initial: heldEntries(place.held(ref.blockId, ref.actionId)),
    isMulti,
    minLength: source.minLength,
    load: (query) => source.load(query),
    onChange: (chosen) => {
      const values = chosen.map(({ value }) => value);
      void commit(ref, place, field, isMulti ? values : (values[0] ?? null));
    },
  });
  if (field.describedBy !== undefined) {
    combo.input.setAttribute("aria-describedby", field.describedBy);
  }
  return combo.node;
}

const toEntry = ({ value, text, description }) => ({
  value,
  label: text.text,
  description: description?.text,
});

/** The element's own options. */
export function staticSource({ element }) {
  const groups = element.option_groups ?? [];
  const all = [...(element.options ?? []), ...groups.flatMap(({ options }) => options)];
  return listSource(() => all.map((option) => toEntry(option)));
}

/** Options that the bot offers for what is typed. */
export function externalSource(ref, place) {
  return {
    minLength: ref.element.min_query_length ?? 3,
    async load(query) {
      const { options = [], error, detail } = await place.search(ref, query);
      if (error !== undefined) {
        return { options: [], error: `Could not load options: ${detail ?? error}` };
      }
      return { options: options.map((option) => toEntry(option)) };
    },
  };
}

/** A list that is filtered by what is typed. */
export function listSource(list) {
  return {
    minLength: 0,
    load: (query) => {
      const wanted = query.toLowerCase();
      const options = list().filter(({ label }) => label.toLowerCase().includes(wanted));
      return Promise.resolve({ options });
    },
  };
}

/** Everybody but the bot. */
export const people = () =>
  state.people
    .filter(({ isBot }) => isBot !== true)
    .map(({ id, realName, title }) => ({ value: id, label: realName, description: title }));

/** Public channels. */
export const channels = () =>
  state.channels
    .filter(({ kind }) => kind === "public")
    .map(({ id, name }) => ({ value: id, label: "#".concat(name) }));

/** Channels and direct messages. */
export const conversations = () =>
  state.channels.map(({ id, kind, name }) => ({
    value: id,
    label: kind === "im" ? (personOf(name)?.realName ?? name) : "#".concat(name),
  }));

/** What is chosen, as entries of a combobox. */
function heldEntries(held) {
  if (held === undefined) return [];
  const options = held.selected_options ?? [held.selected_option];
  const chosen = options.filter((option) => option !== null && option !== undefined);
  if (chosen.length > 0) return chosen.map((option) => toEntry(option));
  const { selected_user, selected_channel, selected_conversation } = held;
  const { selected_users = [], selected_channels = [], selected_conversations = [] } = held;
  const all = [...people(), ...conversations()];
  return [
    selected_user,
    selected_channel,
    selected_conversation,
    ...selected_users,
    ...selected_channels,
    ...selected_conversations,
  ]
    .filter((id) => typeof id === "string")
    .map((id) => all.find(({ value }) => value === id) ?? { value: id, label: id });
}
