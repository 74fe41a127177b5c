// Where elements stand, and what happens when they are used: in a message, in a modal or in the Home tab.
import { act } from "./api.js";
import { note } from "./dom.js";
import { state } from "./store.js";

/** Tells the person what Slack would tell when the bot did not react. */
export function reportOutcome(outcome) {
  if (outcome?.error === undefined) return outcome;
  note(`That did not work: ${outcome.error}. ${outcome.detail ?? ""}`, "warning");
  return outcome;
}

const chosenInMessages = new Map();

/** A message's elements. */
export function messagePlace(channel, ts) {
  const where = ({ blockId, actionId }) => ({ user: state.userId, channel, ts, blockId, actionId });
  const key = (blockId, actionId) => `${state.userId} ${ts} ${blockId} ${actionId}`;
  return {
    held: (blockId, actionId) => chosenInMessages.get(key(blockId, actionId)),
    press: async (ref, extra) => reportOutcome(await act("click", { ...where(ref), ...extra })),
    async choose(ref, value) {
      remember(key(ref.blockId, ref.actionId), ref, value);
      reportOutcome(await act("select", { ...where(ref), value }));
    },
    search: (ref, query) => act("typeahead", { ...where(ref), value: query }),
    enter: async (ref, value, { isSilent }) => {
      remember(key(ref.blockId, ref.actionId), ref, value);
      if (!isSilent) reportOutcome(await act("select", { ...where(ref), value }));
    },
  };
}

/** So that a message which is drawn again still shows what was chosen. */
function remember(key, { element }, value) {
  const options = [
    ...(element.options ?? []),
    ...(element.option_groups ?? []).flatMap((g) => g.options),
  ];
  const values = Array.isArray(value) ? value : [value];
  const chosen = options.filter((option) => values.includes(option.value));
  if (element.type === "overflow") return;
  chosenInMessages.set(key, {
    type: element.type,
    value,
    selected_option: chosen[0] ?? null,
    selected_options: chosen,
    selected_date: value,
    selected_user: value,
  });
}

/** A view's elements; `isHome` for the Home tab, `local` keeps what was typed and not yet sent. */
export function viewPlace(view, { isHome, local }) {
  const where = ({ blockId, actionId }) => ({
    user: state.userId,
    blockId,
    actionId,
    ...(isHome ? { isHome } : {}),
  });
  return {
    held(blockId, actionId) {
      const typed = local.get(localKey(blockId, actionId));
      const held = view.state?.values?.[blockId]?.[actionId];
      return typed === undefined ? held : { ...held, value: typed.value };
    },
    press: async (ref, extra) => reportOutcome(await act("click", { ...where(ref), ...extra })),
    choose: async (ref, value) => reportOutcome(await act("select", { ...where(ref), value })),
    search: (ref, query) => act("typeahead", { ...where(ref), value: query }),
    async enter(ref, value, { isSilent }) {
      const isText = typeof value === "string" && ref.element.type.endsWith("_input");
      const { blockId, actionId } = ref;
      if (isText) local.set(localKey(blockId, actionId), { blockId, actionId, value });
      // Texts go to the server when the form is submitted, or when a key asks for it.
      if (isText && isSilent) return;
      reportOutcome(await act("enter", { ...where(ref), value, isSilent }));
    },
  };
}

const localKey = (blockId, actionId) => JSON.stringify([blockId, actionId]);

/** Forgets what was typed into fields that are no longer there. */
export function forgetMissing(local, blocks) {
  const present = new Set(blocks.map((block) => block.block_id));
  for (const [key, { blockId }] of local) {
    if (!present.has(blockId)) local.delete(key);
  }
}

/** Sends the texts that were typed since. */
export async function flushTexts(local, isHome) {
  for (const { blockId, actionId, value } of local.values()) {
    await act("enter", {
      user: state.userId,
      blockId,
      actionId,
      value,
      isSilent: true,
      ...(isHome ? { isHome } : {}),
    });
  }
}
