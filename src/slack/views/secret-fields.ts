import type { Button, KnownBlock, StaticSelect } from "@slack/types";

import type { FormField } from "../../scaffold/form-model.ts";
import { actionIds } from "../action-ids.ts";
import { actions, limits, plain, section } from "./blocks.ts";
import { fieldBlockId } from "./field-ids.ts";
import { literal, mrk, type Mrkdwn, oneLine } from "./text.ts";

/** How secrets are given in a form: on a page of ours, or by the name of one that the operator holds. */
export interface SecretInputs {
  /** Why none can be entered, with what to do about it. */
  problem?: string;
  /** A fresh link to the page for a field. */
  linkFor(field: FormField): string | undefined;
  /** What may stand for a secret. */
  references: readonly { name: string; title: string }[];
  /** What was given so far, by field. */
  given: Readonly<Record<string, { reference?: string }>>;
}

/** Says how a secret stands and offers the ways to give it. */
export function secretBlocks(field: FormField, page: number, inputs: SecretInputs): KnownBlock[] {
  const help = field.help === undefined ? mrk`` : mrk`\n${literal(oneLine(field.help), 500)}`;
  const need = field.isRequired ? mrk`` : mrk` (optional)`;
  const state = section(mrk`🔒 *${field.label}*${need}\n${stateOf(field, inputs)}${help}`);
  const ways = actions(
    [linkButton(field, inputs), select(field, inputs)],
    secretBlockId(page, field),
  );
  return ways === undefined ? [state] : [state, ways];
}

/** The block with the ways to give a secret; its field is found by it again. */
export function secretBlockId(page: number, field: Pick<FormField, "key">): string {
  return fieldBlockId(page, field.key, "secret");
}

function stateOf(field: FormField, inputs: SecretInputs): Mrkdwn {
  const given = inputs.given[field.key];
  if (given?.reference !== undefined) return mrk`✅ Uses the stored secret ${given.reference}.`;
  if (given !== undefined) return mrk`✅ Stored, and never shown.`;
  if (field.initial !== undefined) return mrk`Not given; the template has a value of its own.`;
  if (inputs.problem !== undefined) return mrk`⚠️ ${literal(inputs.problem, 600)}`;
  return mrk`Slack would show and keep it, so it is entered on a page of mine that works once, for ten minutes.`;
}

function linkButton(field: FormField, inputs: SecretInputs): Button | undefined {
  const url = inputs.linkFor(field);
  if (url === undefined) return undefined;
  const isGiven = inputs.given[field.key] !== undefined;
  return {
    type: "button",
    action_id: actionIds.formSecret,
    text: plain(isGiven ? "Enter another" : "Enter it", limits.buttonText),
    url,
    ...(isGiven ? {} : { style: "primary" }),
  };
}

function select(field: FormField, inputs: SecretInputs): StaticSelect | undefined {
  const options = inputs.references.slice(0, limits.options).map(({ name, title }) => ({
    text: plain(title, limits.optionText),
    value: name,
  }));
  if (options.length === 0) return undefined;
  const chosen = options.find(({ value }) => value === inputs.given[field.key]?.reference);
  return {
    type: "static_select",
    action_id: actionIds.formSecretReference,
    placeholder: plain("Use a stored secret", limits.placeholder),
    options,
    ...(chosen === undefined ? {} : { initial_option: chosen }),
  };
}
