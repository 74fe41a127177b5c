import type { AllMiddlewareArgs, App, SlackOptionsMiddlewareArgs, ViewOutput } from "@slack/bolt";
import type { PlainTextOption } from "@slack/types";

import { encodeOption } from "../../scaffold/field-input.ts";
import type { FormField } from "../../scaffold/form-model.ts";
import { acknowledge } from "../acknowledge.ts";
import { actionIds } from "../action-ids.ts";
import type { SlackContext } from "../context.ts";
import { limits, plain } from "../views/blocks.ts";
import { fieldBlockId } from "../views/field-ids.ts";
import { needsSearch } from "../views/form-fields.ts";
import type { FormPlace } from "../views/form-view.ts";
import { entityOption, textOption } from "../views/search-fields.ts";
import { oneLine } from "../views/text.ts";
import { entryFields } from "./form-entries.ts";
import { type FormSession, loadSession, pageAt, placeOf, readPage } from "./form-session.ts";
import { matchingTexts, type SuggestionPlace } from "./text-suggestions.ts";

/** Registers what selects ask for while somebody types into them. */
export function registerSuggestions(app: App, context: SlackContext): void {
  app.options({ type: "block_suggestion", action_id: actionIds.formInput }, async (args) => {
    await acknowledge(args, { options: await suggest(args, context) });
  });
}

async function suggest(
  { body, payload }: SlackOptionsMiddlewareArgs & AllMiddlewareArgs,
  context: SlackContext,
): Promise<PlainTextOption[]> {
  if (!("view" in body) || body.view === undefined || !("block_id" in payload)) return [];
  const place = placeOf(body.view);
  const session = await loadSession(context, place, body.user.id);
  const field = session === undefined ? undefined : fieldAt(session, place, payload.block_id);
  if (session === undefined || field === undefined) return [];
  const typed = oneLine(payload.value).slice(0, 200);
  if (needsSearch(field)) return matchingOptions(field, typed);
  const found =
    field.suggest === undefined
      ? matchingEntities(context, session, field, typed)
      : await matchingTexts(context, valuesOn(session, place, body.view), field.suggest, typed);
  return withTyped(found, field, typed);
}

/** The field of a page, or of an entry that is filled in for one of its lists. */
function fieldAt(session: FormSession, place: FormPlace, blockId: string): FormField | undefined {
  const page = pageAt(session, place.page ?? -1);
  const list = page?.fields.find(({ key, items }) => items !== undefined && key === place.entry);
  const fields = list === undefined ? page?.fields : entryFields(session, list, {});
  return fields?.find((each) => fieldBlockId(page?.index ?? 0, each.key) === blockId);
}

/** The values so far with what stands on the page, which is not sent yet; that of an entry is no part of them. */
function valuesOn(
  session: FormSession,
  place: FormPlace,
  view: Pick<ViewOutput, "state">,
): SuggestionPlace {
  const page = place.entry === undefined ? pageAt(session, place.page ?? -1) : undefined;
  const { form } = session.loaded;
  if (page === undefined) return { form, values: session.draft.values };
  return { form, values: readPage(session, page, view.state.values).values };
}

function matchingOptions(field: FormField, typed: string): PlainTextOption[] {
  const words = typed.toLowerCase();
  return (field.options ?? [])
    .flatMap((option, index) =>
      option.label.toLowerCase().includes(words)
        ? [{ text: plain(option.label, limits.optionText), value: encodeOption(option, index) }]
        : [],
    )
    .slice(0, limits.options);
}

function matchingEntities(
  { services }: SlackContext,
  { scope }: FormSession,
  field: FormField,
  typed: string,
): PlainTextOption[] {
  return services.entities
    .findForField(field, typed, limits.options, scope.user?.ref)
    .flatMap(({ ref, title }) => entityOption(field, ref, title) ?? [])
    .slice(0, limits.options);
}

/**
 * What was typed can be chosen as it is, so that nobody depends on what is known. Of entities only where the field takes any
 * and none is meant: a half-typed name is not to become an owner.
 */
function withTyped(found: PlainTextOption[], field: FormField, typed: string): PlainTextOption[] {
  const { entity } = field;
  if (entity !== undefined && (!entity.allowArbitraryValues || found.length > 0)) return found;
  const isThere = found.some(({ value }) => value?.toLowerCase() === typed.toLowerCase());
  const own = isThere ? undefined : textOption(typed, asTyped);
  return own === undefined ? found : [...found.slice(0, limits.options - 1), own];
}

const asTyped = "Use this as typed";
