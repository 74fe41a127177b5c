import type { ViewOutput } from "@slack/bolt";

import type { JsonObject } from "../../base/json.ts";
import type { FormScope } from "../../scaffold/default-values.ts";
import type { RawInput } from "../../scaffold/field-input.ts";
import type { FormField } from "../../scaffold/form-model.ts";
import { shownValues } from "../../scaffold/form-values.ts";
import { secretFieldsOf, withMasks } from "../../usecases/secrets/secret-fields.ts";
import { secretsAgain } from "../../usecases/secrets/secrets-again.ts";
import type { Draft, LoadedTemplate, NeededApproval } from "../../usecases/services.ts";
import { actionIds } from "../action-ids.ts";
import type { SlackContext } from "../context.ts";
import { type PageReading, readInputs, type ShownPage, shownPages } from "../form-pages.ts";
import { withOwners } from "../owner-fields.ts";
import { fieldBlockId, type FieldPart } from "../views/field-ids.ts";
import { formPlace, type FormPlace } from "../views/form-view.ts";
import type { SecretInputs } from "../views/secret-fields.ts";
import { malformed } from "./buttons.ts";

/** A form that somebody is filling in, with all that is needed to draw any of its pages. */
export interface FormSession {
  draft: Draft;
  loaded: LoadedTemplate;
  scope: FormScope;
  secrets: SecretInputs;
  /** Who will be asked when these values are sent. */
  approvalsOf(values: JsonObject): NeededApproval[];
  /** The operator's list of owners of repositories; empty when there is none. */
  owners: readonly string[];
}

/** What default values may refer to. */
async function scopeOf(
  context: SlackContext,
  { slackUserId, emptied = [], entryIds = {} }: Draft,
): Promise<FormScope> {
  const ref = await context.people.userRef(slackUserId);
  return {
    nowMs: context.now(),
    emptied,
    entryIds,
    ...(ref === undefined ? {} : { user: { ref } }),
  };
}

/** The session that a modal belongs to; undefined when its draft has expired, belongs to somebody else or its template is gone. */
export async function loadSession(
  context: SlackContext,
  place: FormPlace,
  slackUserId: string,
): Promise<FormSession | undefined> {
  const draft = await context.services.drafts.load(place.draft);
  if (draft === undefined || draft.slackUserId !== slackUserId) return undefined;
  return await openDraft(context, draft);
}

/** A draft with its form, and what is known of its secrets; undefined when its template or run is gone. */
export async function openDraft(
  context: SlackContext,
  draft: Draft,
): Promise<FormSession | undefined> {
  const scope = await scopeOf(context, draft);
  const loaded = await formOf(context, draft, scope.user?.ref);
  if (loaded === undefined) return undefined;
  const { secrets } = context.services;
  const fields = secretFieldsOf(loaded.form, draft.values, scope);
  const given = fields.length === 0 ? {} : ((await secrets?.given(draft.id)) ?? {});
  const values = withMasks(draft.values, fields, new Set(Object.keys(given)));
  const problem = secrets === undefined ? "Secrets cannot be entered here." : secrets.problem();
  return {
    draft: { ...draft, values },
    loaded,
    scope,
    // a run that is continued was approved before it began
    approvalsOf: (final) =>
      draft.retryOf === undefined
        ? (context.services.approvalsNeeded?.({ template: loaded.template, values: final }) ?? [])
        : [],
    owners: context.services.repositories?.allowedOwners ?? [],
    secrets: {
      given,
      references: secrets?.references(draft.templateRef) ?? [],
      linkFor: ({ key, label }) =>
        secrets?.link({
          formId: draft.id,
          field: key,
          slackUserId: draft.slackUserId,
          label,
          templateTitle: loaded.template.title,
        }),
      ...(problem === undefined ? {} : { problem }),
    },
  };
}

/** The template's form as far as they may use it, or the one that asks for a run's secrets again. */
async function formOf(
  context: SlackContext,
  draft: Draft,
  userRef: string | undefined,
): Promise<LoadedTemplate | undefined> {
  const { services } = context;
  const by = {
    slackUserId: draft.slackUserId,
    ...(userRef === undefined ? {} : { userRef }),
  };
  if (draft.retryOf === undefined) return services.templates.get(draft.templateRef, by);
  const run = await services.runs.get(draft.retryOf);
  return run === undefined ? undefined : { template: run.template, form: secretsAgain(run) };
}

/** Where a modal says it is. @throws InputError `slack-button-malformed` */
export function placeOf(view: Pick<ViewOutput, "private_metadata">): FormPlace {
  const text = view.private_metadata.slice(0, 3000);
  try {
    return formPlace.parse(JSON.parse(text));
  } catch {
    throw malformed();
  }
}

/** The pages of the form that are shown for the values so far. */
export function pagesOf(session: FormSession): ShownPage[] {
  const { loaded, draft, scope, owners } = session;
  return shownPages(loaded.form, draft.values, scope).map((page) => ({
    ...page,
    fields: withOwners(page.fields, owners),
  }));
}

/** The page of the form that a modal shows, as it stands for the draft's values. */
export function pageAt(session: FormSession, index: number): ShownPage | undefined {
  return pagesOf(session).find((page) => page.index === index);
}

/** What the run gets: everything typed, and the defaults of what was not. */
export function finalValues({ loaded, draft, scope }: FormSession): JsonObject {
  return shownValues(loaded.form, draft.values, scope);
}

type StateValues = ViewOutput["state"]["values"];

/** Takes what a modal's inputs hold into the draft's values. */
export function readPage(session: FormSession, page: ShownPage, state: StateValues): PageReading {
  const { draft } = session;
  return readInputs(
    page.fields,
    draft.values,
    (field) => rawOf(field, page.index, state),
    draft.emptied,
  );
}

/** The session with what was read from a page. */
export function withReading(
  session: FormSession,
  { values, emptied }: Pick<PageReading, "values" | "emptied">,
): FormSession {
  return {
    ...session,
    draft: { ...session.draft, values, emptied },
    scope: { ...session.scope, emptied },
  };
}

/** What was typed into a field, in the form the field is read from; undefined when it was not on the screen. */
export function rawOf(
  field: FormField,
  page: number,
  state: StateValues,
): { raw: RawInput } | undefined {
  const input = (part: FieldPart) => inputOf(state, fieldBlockId(page, field.key, part));
  if (field.widget !== "repo-url") {
    const only = input("");
    return only === undefined ? undefined : { raw: only.raw };
  }
  const parts = [input("host"), input("owner"), input("name")].filter((each) => each !== undefined);
  if (parts.length === 0) return undefined;
  return { raw: parts.map(({ raw }) => (typeof raw === "string" ? raw : "")) };
}

function inputOf(state: StateValues, blockId: string): { raw: RawInput } | undefined {
  const block = Object.hasOwn(state, blockId) ? state[blockId] : undefined;
  const value = block?.[actionIds.formInput];
  if (value === undefined) return undefined;
  if (value.selected_options !== undefined)
    return { raw: value.selected_options.map((option) => option.value) };
  const chosen = value.selected_option?.value ?? value.selected_date ?? value.value;
  return { raw: chosen ?? undefined };
}

/** What was typed so far goes into the draft, whether or not it is right yet. */
export async function keepInputs(
  context: SlackContext,
  session: FormSession,
  page: ShownPage & { part?: number },
  view: Pick<ViewOutput, "id" | "state">,
): Promise<FormSession> {
  const read = withReading(session, readPage(session, page, view.state.values));
  const draft = { ...read.draft, page: page.index, part: page.part ?? 0, viewId: view.id };
  await context.services.drafts.save(draft);
  return { ...read, draft };
}
