// Modals: the topmost view on the person's screen.
import { act } from "./api.js";
import { renderBlocks } from "./blocks.js";
import { h, icon } from "./dom.js";
import { flushTexts, forgetMissing, viewPlace } from "./places.js";
import { state, subscribe } from "./store.js";

let local = new Map();
let shown = { id: undefined, hash: undefined };

/** Shows the modal that the server says is open, and keeps it fresh. */
export function mountModal(dialog) {
  dialog.addEventListener("cancel", (event) => {
    event.preventDefault();
    void closeModal(true);
  });
  subscribe(({ type }) => {
    if (type === "all" || type === "modal") refresh(dialog);
  });
}

function refresh(dialog) {
  const { modal } = state;
  if (modal === null) {
    hide(dialog);
    return;
  }
  const { view, depth } = modal;
  if (view.id !== shown.id) showOther(dialog, view, depth);
  else if (view.hash !== shown.hash) redraw(dialog, view, depth);
}

function hide(dialog) {
  shown = { id: undefined, hash: undefined };
  local = new Map();
  if (dialog.open) dialog.close();
  dialog.replaceChildren();
}

function showOther(dialog, view, depth) {
  local = new Map();
  shown = { id: view.id, hash: view.hash };
  dialog.replaceChildren(drawModal(view, depth));
  if (!dialog.open) dialog.showModal();
  firstField(dialog)?.focus();
}

/** The same modal in a new form: what was typed, the focus and the place stay. */
function redraw(dialog, view, depth) {
  const focus = focusIn(dialog);
  const scroll = dialog.querySelector(".modal-body")?.scrollTop ?? 0;
  shown = { id: view.id, hash: view.hash };
  forgetMissing(local, view.blocks);
  dialog.replaceChildren(drawModal(view, depth));
  dialog.querySelector(".modal-body").scrollTop = scroll;
  if (focus !== undefined) restoreFocus(dialog, focus);
}

function firstField(dialog) {
  return (
    dialog.querySelector(".modal-body [autofocus]") ??
    dialog.querySelector(".modal-body :is(input, textarea, select, button)")
  );
}

function focusIn(dialog) {
  const active = document.activeElement;
  const blockId = active?.closest?.("[data-block-id]")?.dataset.blockId;
  if (!dialog.contains(active) || blockId === undefined) return undefined;
  const controls = [
    ...active.closest("[data-block-id]").querySelectorAll("input, textarea, select, button"),
  ];
  return { blockId, at: controls.indexOf(active), caret: active.selectionStart };
}

function restoreFocus(dialog, { blockId, at, caret }) {
  const field = dialog.querySelector(`[data-block-id="${CSS.escape(blockId)}"]`);
  const control = field?.querySelectorAll("input, textarea, select, button")[at];
  if (control === undefined) return;
  control.focus();
  if (typeof caret === "number" && ["text", "textarea"].includes(control.type))
    control.setSelectionRange(caret, caret);
}

function drawModal(view, depth) {
  const submitButton =
    view.submit === null
      ? undefined
      : h("button", { type: "submit", class: "button button-primary" }, view.submit.text);
  const form = h(
    "form",
    { class: "modal-form", novalidate: true },
    h(
      "header",
      { class: "modal-head" },
      depth > 1 ? tool("back", "Back", () => closeModal(false)) : undefined,
      h("h2", { id: "modal-title", class: "modal-title" }, view.title.text),
      tool("close", "Close", () => closeModal(true)),
    ),
    h("div", { class: "modal-trouble", role: "alert" }),
    h(
      "div",
      { class: "modal-body", tabindex: "-1" },
      renderBlocks(view.blocks, viewPlace(view, { isHome: false, local })),
    ),
    h(
      "footer",
      { class: "modal-foot" },
      h(
        "button",
        { type: "button", class: "button", on: { click: () => void closeModal(false) } },
        view.close?.text ?? "Cancel",
      ),
      submitButton,
    ),
  );
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    void submit(form, view, submitButton);
  });
  return form;
}

function tool(name, label, onClick) {
  return h(
    "button",
    { type: "button", class: "tool", "aria-label": label, on: { click: () => void onClick() } },
    icon(name),
  );
}

async function submit(form, view, button) {
  if (button === undefined || button.disabled) return;
  button.disabled = true;
  button.classList.add("is-busy");
  clearErrors(form);
  await flushTexts(local, false);
  const outcome = await act("submit", { user: state.userId, viewId: view.id });
  button.disabled = false;
  button.classList.remove("is-busy");
  if (outcome.errors !== undefined) showErrors(form, outcome.errors);
  else if (outcome.error !== undefined) {
    form.querySelector(".modal-trouble").textContent =
      `We had some trouble connecting. Try again? (${outcome.error}${outcome.detail === undefined ? "" : `: ${outcome.detail}`})`;
  }
}

function clearErrors(form) {
  form.querySelector(".modal-trouble").textContent = "";
  for (const field of form.querySelectorAll(".field.has-error")) {
    field.classList.remove("has-error");
    field.querySelector(".error").textContent = "";
    for (const control of field.querySelectorAll("[aria-invalid]"))
      control.removeAttribute("aria-invalid");
  }
}

function showErrors(form, errors) {
  let first;
  for (const [blockId, message] of Object.entries(errors)) {
    const field = form.querySelector(`[data-block-id="${CSS.escape(blockId)}"]`);
    if (field === null) continue;
    field.classList.add("has-error");
    field.querySelector(".error").textContent = message;
    const control = field.querySelector("input, textarea, select");
    control?.setAttribute("aria-invalid", "true");
    first ??= control ?? undefined;
  }
  first?.focus();
  first?.scrollIntoView({ block: "center" });
}

async function closeModal(isCleared) {
  await act("close", { user: state.userId, isCleared });
}
