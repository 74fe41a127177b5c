import type { AllMiddlewareArgs, App, SlackOptionsMiddlewareArgs } from "@slack/bolt";
import type { PlainTextOption } from "@slack/types";

import { encodeOption } from "../../scaffold/field-input.ts";
import type { FormField } from "../../scaffold/form-model.ts";
import { acknowledge } from "../acknowledge.ts";
import { actionIds } from "../action-ids.ts";
import type { SlackContext } from "../context.ts";
import { limits, plain } from "../views/blocks.ts";
import { fieldBlockId } from "../views/field-ids.ts";
import { entityOption, needsSearch } from "../views/form-fields.ts";
import { oneLine } from "../views/text.ts";
import { entryFields } from "./form-entries.ts";
import { type FormSession, loadSession, pageAt, placeOf } from "./form-session.ts";

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
  return needsSearch(field)
    ? matchingOptions(field, typed)
    : matchingEntities(context, session, field, typed);
}

/** The field of a page, or of an entry that is filled in for one of its lists. */
function fieldAt(
  session: FormSession,
  place: ReturnType<typeof placeOf>,
  blockId: string,
): FormField | undefined {
  const page = pageAt(session, place.page ?? -1);
  const list = page?.fields.find(({ key, items }) => items !== undefined && key === place.entry);
  const fields = list === undefined ? page?.fields : entryFields(session, list, {});
  return fields?.find((each) => fieldBlockId(page?.index ?? 0, each.key) === blockId);
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
    .flatMap(({ ref, title }) => entityOption(ref, title) ?? [])
    .slice(0, limits.options);
}
