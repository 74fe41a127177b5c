import type { ModalView } from "@slack/types";

import { isRecord, type JsonObject, type JsonValue } from "../../base/json.ts";
import { applyDefaults, type FormScope } from "../../scaffold/default-values.ts";
import { fieldsOf } from "../../scaffold/fields.ts";
import type { FormField, FormPage } from "../../scaffold/form-model.ts";
import { cleanSchema } from "../../scaffold/json-schema.ts";
import type { SlackContext } from "../context.ts";
import { type PageReading, pageFaults, readInputs, withValue } from "../form-pages.ts";
import { withOwners } from "../owner-fields.ts";
import { fieldBlockId } from "../views/field-ids.ts";
import { renderFormEntry, renderFormGone } from "../views/form-view.ts";
import { clamp, oneLine } from "../views/text.ts";
import { malformed, valueOf } from "./buttons.ts";
import { type FormSession, keepInputs, loadSession, placeOf, rawOf } from "./form-session.ts";
import { type Sheet, sheetAt, viewAt } from "./form-windows.ts";
import type { ActionArgs, SubmitArgs } from "./tables.ts";

/** Opens a window over the form in which one entry of a list of objects is filled in. */
export async function openEntry(args: ActionArgs, context: SlackContext): Promise<void> {
  const { body, ack } = args;
  if (body.view === undefined) throw malformed();
  const place = placeOf(body.view);
  const session = await loadSession(context, place, body.user.id);
  const page = session === undefined ? undefined : sheetAt(session, place);
  const field = page?.fields.find(({ key }) => key === valueOf(args));
  const isReady = session !== undefined && page !== undefined && field?.items !== undefined;
  const view = isReady ? entryView(session, page, field, {}) : renderFormGone();
  // before anybody can send the entry: what is kept later would write over it
  if (isReady) await keepInputs(context, session, page, body.view);
  await context.web.views.push({ trigger_id: body.trigger_id, view });
  await ack();
}

/** Takes an entry out of a list, and draws the form again. */
export function removeEntry(args: Pick<ActionArgs, "action">, session: FormSession): FormSession {
  const text = "value" in args.action ? args.action.value : undefined;
  const parsed: unknown = JSON.parse(typeof text === "string" ? text : "[]");
  const [key, index]: unknown[] = Array.isArray(parsed) ? parsed : [];
  const field = session.loaded.form.pages
    .flatMap((page) => fieldsOf(page, session.draft.values, session.scope))
    .find((each) => each.key === key && each.items !== undefined);
  if (field === undefined || typeof index !== "number") throw malformed();
  const isLeft = (_entry: unknown, position: number): boolean => position !== index;
  return withEntries(
    session,
    field,
    entriesOf(field).filter(isLeft),
    idsOf(session, field).filter(isLeft),
  );
}

/** Checks an entry and adds it to its list. */
export async function submitEntry(args: SubmitArgs, context: SlackContext): Promise<void> {
  const { ack, view, body } = args;
  const place = placeOf(view);
  const session = await loadSession(context, place, body.user.id);
  const page = session === undefined ? undefined : sheetAt(session, place);
  const field = page?.fields.find(({ key }) => key === place.entry);
  if (session === undefined || page === undefined || field?.items === undefined) {
    await ack({ response_action: "update", view: renderFormGone() });
    return;
  }
  const itemPage = pageOf(field);
  const reading = readEntry(session, itemPage, field, page.index, view.state.values);
  // asked for when the entry is there
  const later = new Set(secretsOf(session, itemPage, reading.values).map(({ key }) => key));
  const faults = pageFaults(itemPage, reading, scopeOf(session)).filter(
    ({ key }) => !later.has(key),
  );
  if (faults.length > 0) {
    const onScreen = new Set(view.blocks.map((block) => block.block_id));
    const errors = faults.flatMap(({ key, message }): [string, string][] => {
      const id = fieldBlockId(page.index, entryKey(field, key));
      return onScreen.has(id) ? [[id, clamp(oneLine(message), 500)]] : [];
    });
    if (errors.length === faults.length) {
      await ack({ response_action: "errors", errors: Object.fromEntries(errors) });
      return;
    }
    const problem = faults.map(({ message }) => message).join(" ");
    const again = entryView(session, page, field, reading.values, problem);
    await ack({ response_action: "update", view: again });
    return;
  }
  const entries = [...entriesOf(field), reading.values];
  const ids = [...idsOf(session, field), context.newId()];
  const next = withEntries(session, field, entries, ids);
  await context.services.drafts.save(next.draft);
  await ack();
  const { viewId } = next.draft;
  if (viewId === undefined) return;
  await context.web.views.update({ view_id: viewId, view: viewAt(next, place) });
}

/** The fields of the entry that a window asks for, under the names its blocks have. */
export function entryFields(
  session: FormSession,
  field: FormField,
  values: JsonObject,
): FormField[] {
  return withOwners(fieldsOf(pageOf(field), values, scopeOf(session)), session.owners)
    .filter(({ widget }) => widget !== "hidden" && widget !== "secret")
    .map((one) => ({ ...one, key: entryKey(field, one.key), isCondition: false }));
}

function secretsOf(session: FormSession, itemPage: FormPage, values: JsonObject): FormField[] {
  return fieldsOf(itemPage, values, scopeOf(session)).filter(({ widget }) => widget === "secret");
}

function entryView(
  session: FormSession,
  { index, part }: Sheet,
  field: FormField,
  values: JsonObject,
  problem?: string,
): ModalView {
  return renderFormEntry({
    templateTitle: session.loaded.template.title,
    place: { draft: session.draft.id, page: index, part, entry: field.key },
    title: field.label,
    index,
    fields: entryFields(session, field, values),
    askedLater: secretsOf(session, pageOf(field), values).map(({ label }) => label),
    secrets: session.secrets,
    ...(problem === undefined ? {} : { problem }),
  });
}

function readEntry(
  session: FormSession,
  itemPage: FormPage,
  field: FormField,
  page: number,
  state: SubmitArgs["view"]["state"]["values"],
): PageReading {
  const fields = withOwners(fieldsOf(itemPage, {}, scopeOf(session)), session.owners);
  const typed = readInputs(fields, {}, (one) =>
    rawOf({ ...one, key: entryKey(field, one.key) }, page, state),
  );
  // what appears for these values may be on the screen already
  const more = withOwners(fieldsOf(itemPage, typed.values, scopeOf(session)), session.owners);
  const { values, emptied, faults } = readInputs(
    more,
    typed.values,
    (one) => rawOf({ ...one, key: entryKey(field, one.key) }, page, state),
    typed.emptied,
  );
  // what is hidden has a value all the same
  return {
    values: applyDefaults(itemPage, values, { ...scopeOf(session), emptied }),
    emptied,
    faults,
  };
}

/** The form's, without what was emptied there: an entry's fields may have the same names. */
function scopeOf({ scope }: FormSession): FormScope {
  return { ...scope, emptied: [] };
}

function entryKey(field: FormField, key: string): string {
  return `${field.key}[].${key}`;
}

function pageOf(field: FormField): FormPage {
  const written = field.items ?? {};
  const schema = cleanSchema(written);
  return { title: field.label, written, schema: isRecord(schema) ? schema : {} };
}

/** With those that the template itself brings. */
function entriesOf({ initial }: FormField): JsonValue[] {
  return Array.isArray(initial) ? initial : [];
}

/** What the entries are told apart by; those that the template itself brings have their number. */
function idsOf(session: FormSession, field: FormField): string[] {
  const ids = session.scope.entryIds?.[field.key] ?? [];
  return entriesOf(field).map((_entry, index) => ids[index] ?? String(index));
}

function withEntries(
  session: FormSession,
  { key, path }: FormField,
  entries: JsonValue[],
  ids: string[],
): FormSession {
  const values = withValue(session.draft.values, path, entries);
  const entryIds = { ...session.draft.entryIds, [key]: ids };
  return {
    ...session,
    draft: { ...session.draft, values, entryIds },
    scope: { ...session.scope, entryIds },
  };
}
