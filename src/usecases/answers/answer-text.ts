import { onCallText } from "../oncall/on-call-text.ts";
import type { Card, Contact, EntityBrief, Evidence, OnCallNow } from "./answer.ts";

const maxListed = 30;

/** A card as plain text, a few lines, with what proves it at the end. */
export function textOf(card: Card, evidence: readonly Evidence[]): string {
  const proof = evidence.slice(0, 2).map((each) => {
    return `${each.source}: ${each.statement}${freshness(each)}`;
  });
  const lines = [...linesOf(card), ...(proof.length === 0 ? [] : [`(${proof.join("; ")})`])];
  return lines.filter((line) => line !== "").join("\n");
}

function freshness({ changedAtMs, pushedAtMs }: Evidence): string {
  if (changedAtMs !== undefined) return `, last commit ${dayOf(changedAtMs)}`;
  return pushedAtMs === undefined ? "" : `, last push ${dayOf(pushedAtMs)}`;
}

/** `2026-11-28` */
function dayOf(atMs: number): string {
  return new Date(atMs).toISOString().slice(0, 10);
}

function linesOf(card: Card): string[] {
  if (card.type === "entity") return entityLines(card);
  if (card.type === "team") return teamLines(card);
  if (card.type === "person")
    return [
      titleLine(card.subject),
      contactLine(card.contact),
      named("Teams", card.teams),
      named("Owns", card.owns),
    ];
  if (card.type === "section") return sectionLines(card);
  if (card.type === "list") return listLines(card);
  if (card.type === "choice")
    return [card.title, ...card.choices.map(({ brief }, at) => `${at + 1}. ${titleLine(brief)}`)];
  if (card.type === "nothing") return nothingLines(card);
  return helpLines(card);
}

function entityLines(card: Extract<Card, { type: "entity" }>): string[] {
  return [
    `${card.subject.title}: ${card.headline}`,
    card.subject.description ?? "",
    contactLine(card.contact),
    onCallLine(card),
    card.system === undefined ? "" : `Part of: ${card.system.title}`,
    card.runbooks.length === 0
      ? ""
      : `Runbooks: ${card.runbooks.map((book) => book.title).join(", ")}`,
    named("Depends on", card.dependsOn),
    named("Needed by", card.dependents),
    card.links.length === 0
      ? ""
      : `Links: ${card.links
          .slice(0, 6)
          .map((link) => (link.title === undefined ? link.url : `${link.title} ${link.url}`))
          .join(", ")}`,
  ];
}

function teamLines(card: Extract<Card, { type: "team" }>): string[] {
  return [
    titleLine(card.subject),
    contactLine(card.contact),
    onCallLine(card),
    named("Members", card.members),
    named("Part of", card.parents),
    named("Owns", card.owns),
  ];
}

function sectionLines(card: Extract<Card, { type: "section" }>): string[] {
  const heading = card.heading === card.title ? "" : ` › ${card.heading}`;
  return [
    `${card.title}${heading}`,
    card.markdown,
    card.isCut ? `(cut; the whole document is ${card.path})` : "",
    (card.filled ?? [])
      .map(({ placeholder, value, from, isFilled }) =>
        isFilled
          ? `${placeholder} is ${value} (${from}).`
          : `${placeholder}: perhaps ${value} (${from}).`,
      )
      .join(" "),
    card.changedAtMs === undefined ? "" : `Last changed ${dayOf(card.changedAtMs)}.`,
    card.owner === undefined ? "" : `Owned by ${card.owner.title}. ${contactLine(card.contact)}`,
    onCallLine(card),
    card.others.length === 0
      ? ""
      : `See also: ${card.others
          .slice(0, 4)
          .map((other) => `${other.title} › ${other.heading}`)
          .join("; ")}`,
  ];
}

function listLines(card: Extract<Card, { type: "list" }>): string[] {
  const lines = [card.title];
  for (const { heading, items } of card.groups) {
    const shown = items.slice(0, maxListed).map((item) => item.title);
    const more = items.length > maxListed ? ` and ${items.length - maxListed} more` : "";
    lines.push(`${heading} (${items.length}): ${shown.join(", ")}${more}`);
  }
  return lines;
}

function nothingLines(card: Extract<Card, { type: "nothing" }>): string[] {
  const near = card.near.map(({ brief }) => titleLine(brief));
  return [
    card.title,
    near.length === 0 ? "" : `Nearest: ${near.join("; ")}`,
    card.suggestions.length === 0 ? "" : `Try: ${card.suggestions.join("; ")}`,
  ];
}

function helpLines(card: Extract<Card, { type: "help" }>): string[] {
  return [
    "You can ask:",
    ...card.examples.map(({ question, what }) => `  ${question}: ${what}`),
    "Commands:",
    ...card.commands.map(({ command, what }) => `  ${command}: ${what}`),
  ];
}

/** `Ledger (service): The double-entry books`. */
function titleLine(brief: EntityBrief): string {
  const description = brief.description === undefined ? "" : `: ${brief.description.slice(0, 120)}`;
  return `${brief.title} (${brief.type ?? brief.kind.toLowerCase()})${description}`;
}

function named(what: string, briefs: readonly EntityBrief[]): string {
  if (briefs.length === 0) return "";
  const shown = briefs.slice(0, maxListed).map((brief) => brief.title);
  const more = briefs.length > maxListed ? ` and ${briefs.length - maxListed} more` : "";
  return `${what}: ${shown.join(", ")}${more}`;
}

function onCallLine(card: { headline?: string; onCall?: string; onCallNow?: OnCallNow }): string {
  const now = card.onCallNow === undefined ? undefined : onCallText(card.onCallNow);
  // the question's point is not said twice
  const isSaid = now !== undefined && card.headline?.endsWith(now) === true;
  const parts = [isSaid ? undefined : now, card.onCall].filter((part) => part !== undefined);
  return parts.length === 0 ? "" : `On call: ${parts.join(" · ")}`;
}

/** The channel by its name; where the catalog has only an id, the address that opens it. */
function channelText({ slackChannel, slackChannelId }: Contact): string | undefined {
  return slackChannel !== undefined && slackChannel === slackChannelId
    ? `https://slack.com/app_redirect?channel=${slackChannelId}`
    : slackChannel;
}

function contactLine(contact: Contact): string {
  const ways = [channelText(contact), contact.slackUserGroup, contact.email].filter(
    (way) => way !== undefined,
  );
  return ways.length === 0 ? "" : `Reach them: ${ways.join(", ")}`;
}
