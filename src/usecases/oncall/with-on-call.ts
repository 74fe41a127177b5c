import { displayName, type Catalog, type CatalogEntity } from "../../catalog/model.ts";
import type { WellKnown } from "../../catalog/well-known.ts";
import type { OnCallPerson, OnCallReading } from "../../oncall/contract.ts";
import { evidenceAt } from "../answers/answer-parts.ts";
import { textOf } from "../answers/answer-text.ts";
import type { Answer, Card, Evidence, OnCallNow } from "../answers/answer.ts";
import { type FindSchedule, type FoundSchedule, holdersOf } from "./find-schedule.ts";
import { createPersonFinder, type FindPerson } from "./known-people.ts";
import type { DeskAnswer, OnCallDesk } from "./on-call-desk.ts";
import { onCallText } from "./on-call-text.ts";

/** Adds to an answer who is on call for what it is about. Never throws, never waits long. */
export type AddOnCall = (answer: Answer) => Promise<Answer>;

export interface AddOnCallOptions {
  desk: OnCallDesk;
  findSchedule: FindSchedule;
  catalog: () => Catalog;
  wellKnown: WellKnown;
}

/** Whoever asks for the person waits a little; Slack wants its acknowledgement within three seconds. */
const askedLimitMs = 1_200;
/** Other answers only take along what is there at once. */
const besideLimitMs = 250;

type CardWithOnCall = Extract<Card, { type: "entity" | "team" | "section" }>;

/** Creates it; people are looked up anew for each catalog. */
export function createAddOnCall(options: AddOnCallOptions): AddOnCall {
  const finders = new WeakMap<Catalog, FindPerson>();
  return async (answer) => {
    const { card } = answer;
    if (card.type !== "entity" && card.type !== "team" && card.type !== "section") return answer;
    const catalog = options.catalog();
    const subject = catalog.entities.get(card.subject?.ref ?? "");
    if (subject === undefined) return answer;
    const found = options.findSchedule(holdersOf(catalog, subject));
    if (found === undefined) return answer;
    const isAsked = answer.intent === "on-call";
    const known = await options.desk.ask(found.target, isAsked ? askedLimitMs : besideLimitMs);
    const finder = finders.get(catalog) ?? createPersonFinder(catalog, options.wellKnown);
    finders.set(catalog, finder);
    const onCallNow = toNow(known, found, subject, finder);
    return withCard(answer, { ...card, onCallNow }, evidenceOfSchedule(known, found, onCallNow));
  };
}

function toNow(
  { reading, readAtMs, isStale, problem }: DeskAnswer,
  found: FoundSchedule,
  subject: CatalogEntity,
  find: FindPerson,
): OnCallNow {
  const people = (given: readonly OnCallPerson[]) => given.map((person) => find(person));
  const levels = (reading?.levels ?? []).map(({ next, ...level }) => ({
    ...level,
    people: people(level.people),
    ...(next === undefined ? {} : { next: people(next) }),
  }));
  return {
    schedule: reading?.title ?? found.target.key,
    ...(found.holder.ref === subject.ref ? {} : { whose: displayName(found.holder) }),
    levels,
    ...(reading?.nextAtMs === undefined ? {} : { nextAtMs: reading.nextAtMs }),
    ...(readAtMs === undefined ? {} : { readAtMs }),
    isStale,
    ...(problem === undefined ? {} : { problem }),
  };
}

function evidenceOfSchedule(
  { reading, readAtMs }: DeskAnswer,
  { holder, path, target }: FoundSchedule,
  now: OnCallNow,
): Evidence[] {
  const read =
    reading === undefined || readAtMs === undefined ? [] : [statementOf(reading, readAtMs, now)];
  if (path === undefined) return read;
  const written = evidenceAt(holder, path);
  // an integration key lets anybody who has it raise alarms
  const isSecret = target.key.startsWith("integration:");
  const statement = isSecret ? (path.at(-1) ?? "") : written.statement;
  return [...read, { ...written, statement }];
}

function statementOf(reading: OnCallReading, readAtMs: number, now: OnCallNow): Evidence {
  const names = now.levels[0]?.people.map(({ name }) => name).join(", ") ?? "nobody";
  const stale = now.isStale ? " (last known)" : "";
  return {
    source: reading.source,
    statement: `on call in ${reading.title}: ${names}${stale}`,
    readAtMs,
  };
}

function withCard(answer: Answer, card: CardWithOnCall, added: readonly Evidence[]): Answer {
  const isAsked = answer.intent === "on-call";
  const evidence = isAsked ? [...added, ...answer.evidence] : [...answer.evidence, ...added];
  const { onCallNow } = card;
  const shown: CardWithOnCall =
    isAsked && card.type === "entity" && onCallNow !== undefined && onCallNow.readAtMs !== undefined
      ? { ...card, headline: `On call: ${onCallText(onCallNow)}` }
      : card;
  return { ...answer, card: shown, evidence, text: textOf(shown, evidence) };
}
