import { relationTargets, type CatalogEntity } from "../../catalog/model.ts";
import { typeOf } from "../catalog/catalog-facets.ts";
import { frame, rounded, type Asked } from "./answer-frame.ts";
import { byKind, ownedBy, partsOf, peopleOf } from "./answer-graph.ts";
import { answerNothing, shortened } from "./answer-none.ts";
import { briefOf, contactOf, evidenceOf, sortBriefs } from "./answer-parts.ts";
import type { Answer } from "./answer.ts";
import { type Lackable, type ListFilter, readFilter } from "./list-filter.ts";
import { resolveSubject, type Resolution } from "./resolve-subject.ts";

/** References that an answer lists for machines; the card lists all. */
const maxEntities = 50;

/** A list or a number of things: by kind, type, tag, lifecycle, team and system, by what they have and what they lack. */
export function answerList(asked: Asked): Answer {
  const filter = readFilter(asked.query.subject, asked.query.text, asked.snapshot.facets());
  const scope = scopeOf(asked, filter);
  if (scope === undefined) return answerNothing(asked, []);
  const found = candidates(asked, filter, scope.members).filter((entity) =>
    passes(entity, filter, asked),
  );
  const groups = byKind(found);
  const proof = found[0] ?? scope.holder;
  const refs = groups.flatMap(({ items }) => items.map(({ ref }) => ref));
  const { title, status } = titled(asked, filter, found.length);
  return frame(asked, {
    status,
    card: {
      type: "list",
      title,
      ...(scope.holder === undefined ? {} : { subject: briefOf(scope.holder) }),
      groups,
      total: found.length,
    },
    evidence: proof === undefined ? [] : [evidenceOf(proof)],
    entities: [...subjectRefs(asked, scope.holder), ...refs]
      .slice(0, maxEntities)
      .map((ref) => ({ ref, score: 1 })),
  });
}

/** “Services of the potato squad” is as much about the squad as “what does the potato squad own”; a list is about its entries. */
function subjectRefs(asked: Asked, holder: CatalogEntity | undefined): string[] {
  const isOwner = holder?.entity.kind === "Group" || holder?.entity.kind === "User";
  return isOwner && /^\w+ (?:of|by|from) /i.test(asked.query.text) ? [holder.ref] : [];
}

/** What the list is called. That nothing lacks an owner, or carries a tag or lifecycle that others do, is an answer. */
function titled(
  { query }: Asked,
  { lacks, traits }: ListFilter,
  count: number,
): { title: string; status: Answer["status"] } {
  const what = shortened(lacks.size > 0 ? query.text : query.subject) || "everything";
  if (count > 0) {
    const title = query.isCount ? `There are ${count}: ${what}` : `${what} (${count})`;
    return { title, status: "answered" };
  }
  return lacks.size > 0 || traits.length > 0
    ? { title: `None: ${what}`, status: "answered" }
    : { title: `Nothing in the catalog fits “${what}”.`, status: "unknown" };
}

/** The fewest entities that can hold all that passes. */
function candidates(
  asked: Asked,
  filter: ListFilter,
  members: readonly CatalogEntity[] | undefined,
): readonly CatalogEntity[] {
  if (members !== undefined) return members;
  const facets = asked.snapshot.facets();
  const [trait] = filter.traits;
  if (trait !== undefined) return [...(facets.withTrait(trait) ?? [])];
  if (filter.kinds.size > 0) return [...filter.kinds].flatMap((kind) => facets.ofKind(kind));
  return [...asked.catalog.entities.values()];
}

function passes(entity: CatalogEntity, filter: ListFilter, asked: Asked): boolean {
  const facets = asked.snapshot.facets();
  const kind = entity.entity.kind.toLowerCase();
  if (kind === "location") return false;
  if (filter.kinds.size > 0 && !filter.kinds.has(kind)) return false;
  // “services” are components of that type, while “services and resources” are resources of any type, too
  if (filter.types.get(kind)?.has(typeOf(entity)) === false) return false;
  return (
    filter.traits.every((trait) => facets.withTrait(trait)?.has(entity) === true) &&
    [...filter.has].every((what) => has(entity, what, asked)) &&
    ![...filter.lacks].some((what) => has(entity, what, asked))
  );
}

function has(entity: CatalogEntity, what: Lackable, asked: Asked): boolean {
  const { library } = asked.snapshot;
  if (what === "owner") return relationTargets(entity, "ownedBy").length > 0;
  if (what === "description") return entity.entity.metadata.description !== undefined;
  if (what === "channel") return contactOf(asked, [entity]).slackChannel !== undefined;
  return library
    .ofEntity(entity.ref)
    .some(({ isRunbook }) => (what === "runbook" ? isRunbook : !isRunbook));
}

/** Whose things are meant: `members` is undefined for everybody's; undefined when a name was given that nobody has. */
function scopeOf(
  asked: Asked,
  filter: ListFilter,
): { holder?: CatalogEntity; members?: CatalogEntity[] } | undefined {
  if (filter.names.length === 0) return {};
  const called = filter.called.join(" ");
  const text = asked.snapshot.index.hasName(called) ? called : filter.names.join(" ");
  const resolve = (kinds: readonly string[]): Resolution =>
    resolveSubject({
      search: asked.search,
      entities: asked.catalog.entities,
      intent: "owns",
      text,
      namesOnly: true,
      ...(kinds.length === 0 ? {} : { kinds }),
    });
  const wished = resolve([...filter.holders]);
  // people say system for what the catalog calls a domain
  const found = wished.outcome === "none" ? resolve([]) : wished;
  if (found.outcome !== "one") return undefined;
  return { holder: found.entity, members: membersOf(asked, found.entity, filter) };
}

function membersOf(asked: Asked, holder: CatalogEntity, filter: ListFilter): CatalogEntity[] {
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
