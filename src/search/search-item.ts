import type { RankingHints } from "./ranking-hints.ts";

/** What kind of name a text is; a real name weighs more than a guess such as initials. */
export type NameForm = "name" | "title" | "alias" | "slug" | "initials";

/** One thing that can be found. Plain data, so that an index can be built in another thread. */
export interface SearchItem {
  /** Unique: an entity's reference, or a section's `path#anchor`. */
  id: string;
  /** In lower case: `component`, `group`, `user`, …, or `section` for a piece of a document. */
  kind: string;
  /** The entity that a section belongs to. */
  parent?: string;
  names: { text: string; form: NameForm }[];
  /** What is said about it: description, tags, owner; heading and body of a section. */
  text: string;
  /** 0 to 1: how much others depend on it or ask for it; decides between equals. */
  popularity?: number;
}

/** Stands for the kind of every entity, also of those kinds that only one company knows. */
export const anyEntity = "*";

/** What to look for. */
export interface SearchQuery {
  /** As typed; at most the first 200 characters and 16 words count. */
  text: string;
  /** Only items of these kinds; `anyEntity` stands for every kind but sections. */
  kinds?: readonly string[];
  /** Kinds the question's words hint at: they win between similar names. */
  wish?: readonly string[];
  /** Names only: descriptions and sections are not looked at. */
  namesOnly?: boolean;
  /** Names as they are written only: no beginnings, parts or slips. */
  exactOnly?: boolean;
  /**
   * The text may say more than a name (a symptom, say): words outside the best name do not count against it.
   */
  hasExtraWords?: boolean;
  /** What people's use of things says; absent: nothing is known of it. */
  hints?: RankingHints;
  limit?: number;
}

/** How an item was found, from surest to vaguest. */
export type MatchWay = "exact" | "alias" | "typo" | "part" | "text";

/** One thing found. */
export interface Hit {
  id: string;
  kind: string;
  /** 0 to 1. From `confidentScore` the name or the words are surely meant. */
  score: number;
  way: MatchWay;
  /** The query's words that the item's name accounts for; empty for `text`. */
  matched: string[];
  /** The name that fitted, joined: equal for namesakes; empty for `text`. */
  name: string;
  /** True when the query's own words ask for this kind: “team payments”. */
  isWished: boolean;
}

/** Hits with this score or more may be answered without asking back. */
export const confidentScore = 0.55;
