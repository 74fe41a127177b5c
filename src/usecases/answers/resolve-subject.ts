import type { QueryIntent } from "../../ask/query.ts";
import type { CatalogEntity } from "../../catalog/model.ts";
import { canonicalRef } from "../../catalog/ref.ts";
import {
  anyEntity,
  confidentScore,
  type Hit,
  type MatchWay,
  type SearchQuery,
} from "../../search/search-item.ts";

/** What the words of a question point to. */
export type Resolution =
  | {
      outcome: "one";
      entity: CatalogEntity;
      score: number;
      way: MatchWay;
      /** The words of the text that name it. */
      matched: string[];
      /** Hits beside it, best first. */
      others: Hit[];
    }
  | { outcome: "several"; hits: Hit[] }
  | { outcome: "none"; near: Hit[] };

/** Whatever can be asked about, which is everything but sections of documents. */
export const entityKinds = [anyEntity] as const;

/** Which kind is meant when several things share a name, by what is asked. */
const kindOrders: Partial<Record<QueryIntent, readonly string[]>> = {
  owns: ["group", "user", "system", "domain", "component"],
  apis: ["component", "system", "api"],
  "on-call": ["component", "system", "group", "api", "resource"],
  channel: ["group", "component", "system", "user"],
  templates: ["template"],
};
const usualOrder = [
  "component",
  "system",
  "api",
  "resource",
  "domain",
  "group",
  "user",
  "template",
];

/** Hits this much below the best still deserve a choice. */
const rivalGap = 0.07;
/** Below this a hit is not even near; a text has to hold most of the words, as one of them is no name. */
const nearScore = 0.28;
const nearTextScore = 0.4;
export const maxChoices = 5;

/** Searches names and texts, best first. */
export type FindHits = (query: SearchQuery) => Hit[];

export interface ResolveOptions {
  search: FindHits;
  entities: ReadonlyMap<string, CatalogEntity>;
  intent: QueryIntent;
  text: string;
  namesOnly?: boolean;
  /** Kinds that it may be; absent: all. */
  kinds?: readonly string[];
}

/** Finds the entity that a text means; several when it could be more than one, none when nothing is sure. */
export function resolveSubject(options: ResolveOptions): Resolution {
  const { search, entities, intent, text } = options;
  const named = resolveReference(text, entities);
  if (named !== undefined) return named;
  const hits = search({
    text,
    kinds: options.kinds ?? entityKinds,
    wish: wishOf(intent),
    limit: 12,
    ...(options.namesOnly === undefined ? {} : { namesOnly: options.namesOnly }),
  });
  return decide(hits, { entities, intent, text });
}

/** The entity whose full reference, `kind:namespace/name`, stands in the text, as buttons ask. */
export function resolveReference(
  text: string,
  entities: ReadonlyMap<string, CatalogEntity>,
): Resolution | undefined {
  const byRef = referenceIn(text, entities);
  if (byRef === undefined) return undefined;
  return {
    outcome: "one",
    entity: byRef.entity,
    score: 1,
    way: "exact",
    matched: byRef.words,
    others: [],
  };
}

/** Kinds that a question of this intent is likely to be about. */
export function wishOf(intent: QueryIntent): string[] {
  if (intent === "owns") return ["group", "user"];
  if (intent === "templates") return ["template"];
  if (intent === "channel" || intent === "on-call") return ["group", "component"];
  return ["component"];
}

/** A full reference, `kind:namespace/name` or `kind:name`, as buttons ask with; it may stand among other words. */
function referenceIn(
  text: string,
  entities: ReadonlyMap<string, CatalogEntity>,
): { entity: CatalogEntity; words: string[] } | undefined {
  for (const word of text.split(/\s+/, 40)) {
    if (!word.includes(":")) continue;
    const ref = canonicalRef(word);
    const entity = ref === undefined ? undefined : entities.get(ref);
    if (entity !== undefined) return { entity, words: [word] };
  }
  return undefined;
}

export interface DecideOptions {
  entities: ReadonlyMap<string, CatalogEntity>;
  intent: QueryIntent;
  /** What the hits were found for. */
  text: string;
  hasExtraWords?: boolean;
}

/** Chooses among ranked hits: one when it stands out, several when they are close, none when none is sure. */
export function decide(hits: readonly Hit[], options: DecideOptions): Resolution {
  const { entities, hasExtraWords = false } = options;
  // a hit may come first for being asked for often, and yet fit less than another
  if (!hits.some((hit) => hit.score >= confidentScore))
    return { outcome: "none", near: nearest(hits) };
  const field = longestNames(rivalsOf(hits));
  const chosen = preferred(field, options) ?? (hasExtraWords ? surest(field) : undefined);
  const entity = chosen === undefined ? undefined : entities.get(chosen.id);
  if (chosen === undefined || entity === undefined)
    return { outcome: "several", hits: field.slice(0, maxChoices) };
  return {
    outcome: "one",
    entity,
    score: chosen.score,
    way: chosen.way,
    matched: chosen.matched,
    others: hits.filter((hit) => hit.id !== chosen.id),
  };
}

/** Hits that nobody would be surprised to be asked back about, best first. */
export function nearest(hits: readonly Hit[]): Hit[] {
  return hits
    .filter(({ way, score }) => score >= (way === "text" ? nearTextScore : nearScore))
    .slice(0, maxChoices);
}

/** The hits that are about as good as the best: exact names before aliases before the rest, wished kinds before others. */
function rivalsOf(hits: readonly Hit[]): Hit[] {
  const top = Math.max(...hits.map((hit) => hit.score));
  const close = hits.filter((hit) => hit.score >= top - rivalGap);
  const exact = close.filter((hit) => hit.way === "exact");
  const aliased = close.filter((hit) => hit.way === "alias");
  const field = exact.length > 0 ? exact : aliased.length > 0 ? aliased : close;
  const wished = field.filter((hit) => hit.isWished);
  return wished.length > 0 ? wished : field;
}

/** Of names that stand in the text in full, those that account for the most words. */
function longestNames(field: readonly Hit[]): readonly Hit[] {
  const isSure = field.every((hit) => hit.way === "exact" || hit.way === "alias");
  const most = Math.max(...field.map((hit) => hit.matched.length));
  return isSure ? field.filter((hit) => hit.matched.length === most) : field;
}

/** The only one; or, among names in full and among namesakes, the only one of the likeliest kind. */
function preferred(field: readonly Hit[], options: DecideOptions): Hit | undefined {
  if (field.length <= 1) return field[0];
  const isSure = field.every((hit) => hit.way === "exact" || hit.way === "alias");
  const isOneName = field.every((hit) => hit.name !== "" && hit.name === field[0]?.name);
  if (!isOneName && !isSure) return undefined;
  for (const kind of [...(kindOrders[options.intent] ?? []), ...usualOrder]) {
    const ofKind = field.filter((hit) => hit.kind === kind);
    if (ofKind.length === 1) return ofKind[0];
    if (ofKind.length > 1) return literal(ofKind, options);
  }
  return undefined;
}

/** Twins may differ in dashes and the like only: the one whose name stands in the text letter by letter. */
function literal(twins: readonly Hit[], { entities, text }: DecideOptions): Hit | undefined {
  const written = new Set(text.toLowerCase().split(/\s+/));
  const spelled = twins.filter((hit) => {
    const name = entities.get(hit.id)?.entity.metadata.name;
    return name !== undefined && written.has(name.toLowerCase());
  });
  return spelled.length === 1 ? spelled[0] : undefined;
}

/** Beside a symptom one of the words may be somebody's name by chance: the best exact name is meant. */
function surest(field: readonly Hit[]): Hit | undefined {
  const best = field[0];
  const isNamesake = field.some((hit) => hit !== best && hit.name === best?.name);
  return best?.way === "exact" && !isNamesake ? best : undefined;
}

/** The entity that was asked about, and what else was near. */
export type Subject = Extract<Resolution, { outcome: "one" }>;
