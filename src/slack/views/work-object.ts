import type { EntityMetadata, KnownBlock } from "@slack/types";

import type { Answer, Card } from "../../usecases/answers/answer.ts";
import { context, fitBlocks, section } from "./blocks.ts";
import { channelOf, evidenceLines, kindLine } from "./briefs.ts";
import { clamp, join, mrk, oneLine } from "./text.ts";

type EntityCard = Extract<Card, { type: "entity" }>;

/** The entity that an answer is about, when it is sure of it: only that is shown beside a link nobody asked about. */
export function entityCardOf(answer: Answer): EntityCard | undefined {
  return answer.status === "answered" && answer.card.type === "entity" ? answer.card : undefined;
}

/** Slack shows fields in one line. */
const longestField = 150;

/**
 * A catalog entity as a Work Object, which Slack draws by itself, with details on the side.
 * @see https://docs.slack.dev/messaging/work-objects
 */
export function renderWorkObject(card: EntityCard, url: string): EntityMetadata {
  const { subject } = card;
  const fields: [string, string, string | undefined][] = [
    ["owner", "Owner", card.owner?.title],
    ["channel", "Channel", card.contact.slackChannel],
    ["on_call", "On call", card.onCall],
    ["lifecycle", "Status", subject.lifecycle],
    ["system", "System", card.system?.title],
    ["description", "Description", subject.description],
    ["runbooks", "Runbooks", card.runbooks.map((each) => each.title).join(", ")],
  ];
  return {
    entity_type: "slack#/entities/item",
    url,
    app_unfurl_url: url,
    external_ref: { id: clamp(subject.ref, 255), type: clamp(subject.kind.toLowerCase(), 100) },
    entity_payload: {
      attributes: {
        title: { text: plainField(subject.title) },
        display_type: plainField(subject.type ?? subject.kind),
        product_name: "Callboard",
      },
      custom_fields: fields.flatMap(([key, label, value = ""]) =>
        oneLine(value) === "" ? [] : [{ key, label, type: "string", value: plainField(value) }],
      ),
    },
  };
}

function plainField(text: string): string {
  const shown = clamp(oneLine(text), longestField);
  return shown === "" ? "–" : shown;
}

/** The same as blocks, for workspaces without Work Objects: what it is, whose it is, where to ask. */
export function renderUnfurl(card: EntityCard, answer: Answer, nowMs: number): KnownBlock[] {
  const facts = join(
    [
      card.owner === undefined ? undefined : mrk`Owned by *${card.owner.title}*`,
      channelOf(card.contact),
      card.onCall === undefined ? undefined : mrk`on call: ${card.onCall}`,
    ],
    "  ·  ",
  );
  return fitBlocks(
    [
      section(mrk`*${card.subject.title}*  ${kindLine(card.subject)}`),
      context([facts]),
      evidenceLines({ evidence: answer.evidence.slice(0, 1) }, nowMs),
    ],
    { maxBlocks: 5, keepLast: 0 },
  );
}
