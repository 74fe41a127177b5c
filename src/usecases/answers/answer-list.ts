import { splitWords } from "../../base/words.ts";
import type { CatalogEntity } from "../../catalog/model.ts";
import { kindWords, stopWords } from "../../search/common-words.ts";
import { type CatalogFacets, typeOf } from "../catalog/catalog-facets.ts";
import { frame, rounded, type Asked } from "./answer-frame.ts";
import { byKind, ownedBy, partsOf, peopleOf } from "./answer-graph.ts";
import { answerNothing, shortened } from "./answer-none.ts";
import { briefOf, evidenceOf, sortBriefs } from "./answer-parts.ts";
import type { Answer } from "./answer.ts";
import { resolveSubject } from "./resolve-subject.ts";

/** What a list is limited to. */
interface Filter {
  kinds: Set<string>;
  /** Kinds of the thing that the names name. */
  holders: Set<string>;
  types: Set<string>;
  /** Words that must each be a tag, lifecycle or type of the entity. */
  traits: string[];
  /** Words that name a team, person, system or domain. */
  names: string[];
}

/** Words around a filter that filter nothing. */
const fillers: ReadonlySet<string> = new Set(
  "all owned by of in with tagged using written run running have has that are every existing called maintained".split(
    " ",
  ),
);
/** References that an answer lists for machines; the card lists all. */
const maxEntities = 50;

/** A list or a number of things: by kind, type, tag, lifecycle, team and system. */
export function answerList(asked: Asked): Answer {
  const filter = readFilter(asked.query.subject, asked.snapshot.facets());
  const scope = scopeOf(asked, filter);
  if (scope === undefined) return answerNothing(asked, []);
  const found = candidates(asked, filter, scope.members).filter((entity) =>
    passes(entity, filter, asked.snapshot.facets()),
  );
  const groups = byKind(found);
  const what = shortened(asked.query.subject) || "everything";
  const first = found[0];
  const refs = groups.flatMap(({ items }) => items.map(({ ref }) => ref));
  return frame(asked, {
    status: found.length === 0 ? "unknown" : "answered",
    card: {
      type: "list",
      title: titleOf(asked, what, found.length),
      ...(scope.holder === undefined ? {} : { subject: briefOf(scope.holder) }),
      groups,
      total: found.length,
    },
    evidence: first === undefined ? [] : [evidenceOf(first)],
    entities: refs.slice(0, maxEntities).map((ref) => ({ ref, score: 1 })),
  });
}

function titleOf(asked: Asked, what: string, count: number): string {
  if (count === 0) return `Nothing in the catalog fits “${what}”.`;
  return asked.query.isCount ? `There are ${count}: ${what}` : `${what} (${count})`;
}

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
/** Kinds that hold others. */
const holderKinds: ReadonlySet<string> = new Set(["group", "system", "domain"]);

function readFilter(text: string, facets: CatalogFacets): Filter {
  const filter: Filter = {
    kinds: new Set(),
    holders: new Set(),
    types: new Set(),
    traits: [],
    names: [],
  };
  let before = "";
  for (const word of splitWords(text, 16, 200)) {
    if (prepositions.has(word)) before = word;
    else readWord(word, before, filter, facets);
  }
  return filter;
}

function readWord(word: string, before: string, filter: Filter, facets: CatalogFacets): void {
  const single = singular(word);
  const kinds = kindWords.get(word) ?? kindWords.get(single);
  if (kinds !== undefined)
    return readKinds(kinds, before, filter, facets.hasType(single) ? single : undefined);
  const trait = before === "" || before === "in" ? traitOf([word, single], facets) : undefined;
  if (trait !== undefined) filter.traits.push(trait);
  else if (!fillers.has(word) && !stopWords.has(word)) filter.names.push(word);
}

function readKinds(
  kinds: readonly string[],
  before: string,
  filter: Filter,
  type: string | undefined,
): void {
  for (const kind of kinds) {
    const isHolder = before !== "" && holderKinds.has(kind);
    (isHolder ? filter.holders : filter.kinds).add(kind);
  }
  if (kinds.includes("component") && type !== undefined) filter.types.add(type);
}

/** “in production” is a lifecycle, while “of payments” is somebody's name even where a tag is called so. */
function traitOf(forms: readonly string[], facets: CatalogFacets): string | undefined {
  return forms.find((form) => facets.withTrait(form) !== undefined);
}

/** Whether every word of a text is a kind or a trait: “deprecated services”. */
export function isFilterOnly(text: string, facets: CatalogFacets): boolean {
  const filter = readFilter(text, facets);
  return filter.names.length === 0 && filter.traits.length > 0;
}

function singular(word: string): string {
  if (word.endsWith("ies")) return `${word.slice(0, -3)}y`;
  return word.endsWith("s") ? word.slice(0, -1) : word;
}

/** The fewest entities that can hold all that passes. */
function candidates(
  asked: Asked,
  filter: Filter,
  members: readonly CatalogEntity[] | undefined,
): readonly CatalogEntity[] {
  if (members !== undefined) return members;
  const facets = asked.snapshot.facets();
  const [trait] = filter.traits;
  if (trait !== undefined) return [...(facets.withTrait(trait) ?? [])];
  if (filter.kinds.size > 0) return [...filter.kinds].flatMap((kind) => facets.ofKind(kind));
  return [...asked.catalog.entities.values()];
}

function passes(entity: CatalogEntity, filter: Filter, facets: CatalogFacets): boolean {
  const kind = entity.entity.kind.toLowerCase();
  if (kind === "location") return false;
  if (filter.kinds.size > 0 && !filter.kinds.has(kind)) return false;
  // “services” are components of that type, while “services and databases” are resources of any type, too
  const isTyped = kind === "component" && filter.types.size > 0;
  if (isTyped && !filter.types.has(typeOf(entity))) return false;
  return filter.traits.every((trait) => facets.withTrait(trait)?.has(entity) === true);
}

/** Whose things are meant: `members` is undefined for everybody's; undefined when a name was given that nobody has. */
function scopeOf(
  asked: Asked,
  filter: Filter,
): { holder?: CatalogEntity; members?: CatalogEntity[] } | undefined {
  if (filter.names.length === 0) return {};
  const text = filter.names.join(" ");
  const found = resolveSubject({
    search: asked.search,
    entities: asked.catalog.entities,
    intent: "owns",
    text,
    namesOnly: true,
    ...(filter.holders.size === 0 ? {} : { kinds: [...filter.holders] }),
  });
  if (found.outcome !== "one") return undefined;
  return { holder: found.entity, members: membersOf(asked, found.entity, filter) };
}

function membersOf(asked: Asked, holder: CatalogEntity, filter: Filter): CatalogEntity[] {
  const { kind } = holder.entity;
  if (kind !== "Group" && kind !== "User") return partsOf(asked.catalog, holder);
  const isAboutPeople = filter.kinds.has("user") || filter.kinds.has("group");
  return isAboutPeople ? peopleOf(asked.catalog, holder) : ownedBy(asked.catalog, holder);
}

/** The software templates, those that carry the asked words first. */
export function answerTemplates(asked: Asked): Answer {
  const templates = asked.snapshot.facets().ofKind("template");
  const hits = asked.search({
    text: asked.query.subject,
    kinds: ["template"],
    limit: 10,
  });
  const scores = new Map(hits.map((hit) => [hit.id, hit.score]));
  const fitting = hits.flatMap((hit) => templates.filter(({ ref }) => ref === hit.id));
  const others = templates.filter((template) => !scores.has(template.ref));
  const groups = [
    { heading: "Fitting", items: fitting.map(briefOf) },
    {
      heading: fitting.length === 0 ? "Templates" : "Others",
      items: sortBriefs(others.map(briefOf)),
    },
  ].filter(({ items }) => items.length > 0);
  const first = fitting[0] ?? others[0];
  return frame(asked, {
    status: templates.length === 0 ? "unknown" : "answered",
    card: {
      type: "list",
      title:
        templates.length === 0
          ? "The catalog holds no templates."
          : "To create something new, use /newservice with one of these templates",
      groups,
      total: templates.length,
    },
    evidence: first === undefined ? [] : [evidenceOf(first)],
    entities: [...fitting, ...others].map(({ ref }) => ({
      ref,
      score: rounded(scores.get(ref) ?? 0.1),
    })),
  });
}

/** A person's own teams, for “my team”. */
export function namesOwnTeam(subject: string): boolean {
  return ["team", "my team", "our team", "i", "we", "me", "us", "my squad", "squad"].includes(
    subject.toLowerCase(),
  );
}
