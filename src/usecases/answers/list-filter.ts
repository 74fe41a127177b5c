import { splitWords } from "../../base/words.ts";
import { kindWords, stopWords } from "../../search/common-words.ts";
import type { CatalogFacets } from "../catalog/catalog-facets.ts";

/** What somebody may want to know the lack of. */
export type Lackable = "owner" | "runbook" | "docs" | "description" | "channel";

/** What a list is limited to. */
export interface ListFilter {
  kinds: Set<string>;
  /** Kinds of the thing that the names name. */
  holders: Set<string>;
  /** Types by kind; things of other kinds may have any. */
  types: Map<string, Set<string>>;
  /** Words that must each be a tag, lifecycle or type of the entity. */
  traits: string[];
  /** What the entities must have, or must lack. */
  has: Set<Lackable>;
  lacks: Set<Lackable>;
  /** Words that name a team, person, system or domain. */
  names: string[];
  /** The same with the word for its kind, which may be a part of the name: Squad Coconut. */
  called: string[];
}

/** Words around a filter that filter nothing. */
const fillers: ReadonlySet<string> = new Set(
  (
    "all by of in with tagged labelled labeled using written run running runs have has that are every existing called " +
    "things stuff everything list count number many work works working here"
  ).split(" "),
);
/** Words that say that the names are those of owners. */
const owning: ReadonlySet<string> = new Set(
  "own owns owned maintain maintains maintained belonging".split(" "),
);
const owners = ["group", "user"] as const;
/** Words after which the things' holder is named. */
const prepositions: ReadonlySet<string> = new Set([
  "of",
  "in",
  "by",
  "from",
  "for",
  "under",
  "within",
  "to",
]);
/** Words for kinds that say so in a list only: elsewhere they are parts of names. */
const listedKinds: ReadonlyMap<string, readonly string[]> = new Map(
  ["member", "engineer", "developer", "dev", "colleague", "folk"].map((word) => [word, ["user"]]),
);
/** Kinds that hold others. */
const holderKinds: ReadonlySet<string> = new Set(["group", "system", "domain"]);

const lackables: ReadonlyMap<string, Lackable> = new Map<string, Lackable>([
  ["owner", "owner"],
  ["runbook", "runbook"],
  ["playbook", "runbook"],
  ["docs", "docs"],
  ["document", "docs"],
  ["documentation", "docs"],
  ["description", "description"],
  ["contact", "channel"],
  ["channel", "channel"],
]);
// says that something is absent: no owner, without runbook, lacking docs, do not have
const absence = /\b(?:no|not|without|missing|misses|lack\w{0,3}|doesn'?t|don'?t)\b/i;

/** Reads what a list is limited to from the words that say so; `question` is the whole of them. */
export function readFilter(text: string, question: string, facets: CatalogFacets): ListFilter {
  const filter: ListFilter = {
    kinds: new Set(),
    holders: new Set(),
    types: new Map(),
    traits: [],
    has: new Set(),
    lacks: new Set(),
    names: [],
    called: [],
  };
  const tokens = text
    .slice(0, 200)
    .split(/\s+/)
    .map((token) => splitWords(token, 16));
  const words = tokens.flat().slice(0, 16);
  const isInName = tokens.flatMap((parts) => parts.map(() => isDashedName(parts, facets)));
  let before = "";
  for (let at = 0; at < words.length; at += 1) {
    const word = words[at] ?? "";
    const pair = `${word}-${words[at + 1] ?? ""}`;
    if (isInName[at] === true && before !== "") addName(word, filter);
    else if (prepositions.has(word)) before = word;
    else if (facets.withTrait(pair) !== undefined) {
      // tier 1 for the tag tier-1
      filter.traits.push(pair);
      at += 1;
    } else if (!readLackable(word, question, filter)) readWord(word, before, filter, facets);
  }
  return filter;
}

/** \`team-up\`: behind “of” a name as a whole, whatever its words mean elsewhere. */
function isDashedName(parts: readonly string[], facets: CatalogFacets): boolean {
  return parts.length > 1 && facets.withTrait(parts.join("-")) === undefined;
}

function addName(word: string, filter: ListFilter): void {
  filter.names.push(word);
  filter.called.push(word);
}

/** Whether every word of a text is a kind or a trait: “deprecated services”. */
export function isFilterOnly(text: string, facets: CatalogFacets): boolean {
  const filter = readFilter(text, text, facets);
  return filter.names.length === 0 && filter.traits.length > 0;
}

function readLackable(word: string, question: string, filter: ListFilter): boolean {
  const lackable = lackables.get(word) ?? lackables.get(singular(word));
  if (lackable === undefined) return false;
  (absence.test(question) ? filter.lacks : filter.has).add(lackable);
  return true;
}

function readWord(word: string, before: string, filter: ListFilter, facets: CatalogFacets): void {
  const single = singular(word);
  const kinds = kindWords.get(word) ?? kindWords.get(single) ?? listedKinds.get(single);
  if (kinds !== undefined)
    return readKinds({ kinds, word, before }, filter, facets.hasType(single) ? single : undefined);
  const trait = before === "" || before === "in" ? traitOf([word, single], facets) : undefined;
  if (trait !== undefined) filter.traits.push(trait);
  else if (owning.has(word)) owners.forEach((kind) => filter.holders.add(kind));
  else if (!fillers.has(word) && !stopWords.has(word)) addName(word, filter);
}

function readKinds(
  { kinds, word, before }: { kinds: readonly string[]; word: string; before: string },
  filter: ListFilter,
  type: string | undefined,
): void {
  const isNamed = before !== "" || isBesideName(word, filter);
  for (const kind of kinds) {
    const isHolder = isNamed && holderKinds.has(kind);
    if (isHolder) filter.called.push(word);
    (isHolder ? filter.holders : filter.kinds).add(kind);
  }
  const typed = kinds.find((kind) => kind === "component" || kind === "resource");
  if (typed === undefined || type === undefined) return;
  filter.types.set(typed, new Set([...(filter.types.get(typed) ?? []), type]));
}

/** The ledger team behind another kind; the services team ledger has; the payments team’s services. */
function isBesideName(word: string, { kinds, names }: ListFilter): boolean {
  if (kinds.size > 0 && names.length > 0) return true;
  return kinds.size + names.length > 0 && !word.endsWith("s");
}

/** “in production” is a lifecycle, while “of payments” is somebody's name even where a tag is called so. */
function traitOf(forms: readonly string[], facets: CatalogFacets): string | undefined {
  return forms.find((form) => facets.withTrait(form) !== undefined);
}

function singular(word: string): string {
  if (word.endsWith("ies")) return `${word.slice(0, -3)}y`;
  return word.endsWith("s") ? word.slice(0, -1) : word;
}
