import { createHash } from "node:crypto";

import type { Answer, AnswerClaim, Card } from "../answers/answer.ts";

/** What an answer says that can be true or wrong, and that people may vouch for. */
export type Claim = Pick<AnswerClaim, "key" | "ref" | "fingerprint">;

/** What is asked about a thing in several ways, and answered by its owner. */
const ownerIntents: ReadonlySet<string> = new Set(["owner", "search", "describe", "unknown"]);

/** What an answer claims; undefined for lists of everything, choices, help and what was not found. */
export function claimOf(answer: Answer): Claim | undefined {
  const { card } = answer;
  if (answer.status !== "answered") return undefined;
  const subject = subjectOf(answer);
  if (subject === undefined) return undefined;
  const ref = "subject" in card ? card.subject?.ref : undefined;
  const statements = answer.evidence.map(({ statement }) => statement);
  const said = JSON.stringify([saidBy(card, answer.intent), statements]);
  return {
    key: subject,
    fingerprint: createHash("sha256").update(said).digest("hex").slice(0, 16),
    ...(ref === undefined ? {} : { ref }),
  };
}

/** `owner component:default/ledger`, `section runbooks/ledger.md#lag`. */
function subjectOf({ card, intent }: Answer): string | undefined {
  if (card.type === "section") return `section ${card.path}#${card.heading}`.slice(0, 300);
  if (!("subject" in card) || card.subject === undefined) return undefined;
  const about = card.type === "entity" && ownerIntents.has(intent) ? "owner" : intent;
  return `${about} ${card.subject.ref}`.slice(0, 300);
}

/** The part of a card that the question was about. */
function saidBy(card: Card, intent: string): unknown {
  if (card.type === "entity") {
    if (ownerIntents.has(intent)) return card.owner?.ref ?? "";
    if (intent === "on-call") return card.onCall ?? "";
    if (intent === "channel") return card.contact;
    return [card.headline, card.links];
  }
  if (card.type === "section") return card.markdown;
  if (card.type === "team") return [card.contact, card.members.map(({ ref }) => ref)];
  if (card.type === "person") return [card.contact, card.teams.map(({ ref }) => ref)];
  if (card.type === "list") {
    return card.groups.map(({ items }) => items.map(({ ref }) => ref));
  }
  return "";
}
