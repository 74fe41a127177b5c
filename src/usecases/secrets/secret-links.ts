import { z } from "zod";

import { InputError } from "../../base/errors.ts";
import type { Sealer } from "../../base/sealing.ts";

/** Which secret of which form somebody is asked for, and who. */
export interface SecretPlace {
  /** Id of the draft. */
  formId: string;
  /** `key` of the field. */
  field: string;
  slackUserId: string;
  /** As the page names it. */
  label: string;
  templateTitle: string;
}

/** What a link says; whoever has it may enter one value, once. */
export interface SecretTicket extends SecretPlace {
  expiresAtMs: number;
  /** Known to nobody before the link was made; marks it as used. */
  nonce: string;
}

/** Links are good for this long. */
export const linkLifeMs = 10 * 60_000;
const longestText = 60;

const ticketShape = z.tuple([
  z.string(),
  z.string(),
  z.string(),
  z.string(),
  z.string(),
  z.number(),
  z.string(),
]);

const purpose = "secret-link";

/** Writes a ticket as the last part of a link. Nothing is stored, and the link tells nothing: sealing makes it ours. */
export function writeTicket(ticket: SecretTicket, sealer: Sealer): string {
  const { formId, field, slackUserId, label, templateTitle, expiresAtMs, nonce } = ticket;
  const texts = [label, templateTitle].map((text) => text.slice(0, longestText));
  const parts = [formId, field, slackUserId, ...texts, expiresAtMs, nonce];
  return sealer.seal(JSON.stringify(parts), purpose);
}

/** Reads what {@link writeTicket} wrote. @throws InputError `secret-link-invalid`, `secret-link-expired`. */
export function readTicket(text: string, nowMs: number, sealer: Sealer): SecretTicket {
  const parts = ticketShape.parse(JSON.parse(opened(text, sealer)));
  const [formId, field, slackUserId, label, templateTitle, expiresAtMs, nonce] = parts;
  if (expiresAtMs < nowMs) {
    throw new InputError("secret-link-expired", "This link is older than ten minutes.", {
      hint: "press the button in Slack again",
    });
  }
  return { formId, field, slackUserId, label, templateTitle, expiresAtMs, nonce };
}

function opened(text: string, sealer: Sealer): string {
  try {
    return sealer.open(text, purpose);
  } catch (thrown) {
    throw new InputError("secret-link-invalid", "This link is not one of ours, or is cut off.", {
      hint: "press the button in Slack again",
      cause: thrown,
    });
  }
}
