import { splitWords } from "../base/words.ts";
import type { CatalogEntity } from "../catalog/model.ts";
import { kindWords, stopWords } from "../search/common-words.ts";
import { frame, rounded, type Asked } from "./answer-frame.ts";
import { byKind, ownedBy, partsOf } from "./answer-graph.ts";
import { answerNothing, shortened } from "./answer-none.ts";
import { briefOf, evidenceOf, sortBriefs } from "./answer-parts.ts";
import type { Answer } from "./answer.ts";
import { resolveSubject } from "./resolve-subject.ts";

/** What a list is limited to. */
interface Filter {
  kinds: Set<string>;
  types: Set<string>;
  /** Words that must each be a tag, lifecycle or type of the entity. */
  traits: string[];
  /** Words that name a team, person, system or domain. */
  names: string[];
}

/** Words around a filter that filter nothing. */
const fillers: ReadonlySet<string> = new Set(
  "all owned by of in with tagged using written run running have has that are every team squad group existing there system called".split(
    " ",
  ),
);

/** A list or a number of things: by kind, type, tag, lifecycle, team and system. */
export function answerList(asked: Asked): Answer {
  const everything = [...asked.catalog.entities.values()];
  const filter = readFilter(asked.query.subject, everything);
  const scope = scopeOf(asked, filter.names);
  if (scope === undefined) return answerNothing(asked, []);
  const found = (scope.holder === undefined ? everything : scope.members).filter((entity) =>
    passes(entity, filter),
  );
  const groups = byKind(found);
  const what = shortened(asked.query.subject) || "everything";
  const title =
    found.length === 0 ? `Nothing in the catalog fits “${what}”.` : `${found.length} × ${what}`;
  const first = found[0];
  return frame(asked, {
    status: found.length === 0 ? "unknown" : "answered",
    card: {
      type: "list",
      title,
      ...(scope.holder === undefined ? {} : { subject: briefOf(scope.holder) }),
      groups,
      total: found.length,
    },
    evidence: first === undefined ? [] : [evidenceOf(first)],
    entities: groups
      .flatMap(({ items }) => items)
      .slice(0, 50)
      .map(({ ref }) => ({ ref, score: 1 })),
  });
}

function readFilter(text: string, everything: readonly CatalogEntity[]): Filter {
  const traits = new Set(everything.flatMap(traitsOf));
  const filter: Filter = { kinds: new Set(), types: new Set(), traits: [], names: [] };
  for (const word of splitWords(text, 16, 200)) {
    const single = singular(word);
    const kinds = kindWords.get(word) ?? kindWords.get(single);
    if (kinds !== undefined) {
      for (const kind of kinds) filter.kinds.add(kind);
      if (single !== "component" && everything.some((entity) => typeOf(entity) === single))
        filter.types.add(single);
    } else if (traits.has(word)) filter.traits.push(word);
    else if (traits.has(single)) filter.traits.push(single);
    else if (!fillers.has(word) && !stopWords.has(word)) filter.names.push(word);
  }
  return filter;
}

function singular(word: string): string {
  if (word.endsWith("ies")) return `${word.slice(0, -3)}y`;
  return word.endsWith("s") ? word.slice(0, -1) : word;
}

function traitsOf(entity: CatalogEntity): string[] {
  const lifecycle = entity.entity.spec?.["lifecycle"];
  return [
    ...(entity.entity.metadata.tags ?? []),
    ...(typeof lifecycle === "string" ? [lifecycle.toLowerCase()] : []),
    typeOf(entity),
  ].filter((trait) => trait !== "");
}

function typeOf(entity: CatalogEntity): string {
  const type = entity.entity.spec?.["type"];
  return typeof type === "string" ? type.toLowerCase() : "";
}

function passes(entity: CatalogEntity, filter: Filter): boolean {
  const kind = entity.entity.kind.toLowerCase();
  if (kind === "location") return false;
  if (filter.kinds.size > 0 && !filter.kinds.has(kind)) return false;
  // a kind without the wished type, such as groups of type squad in a list of teams, passes when it is no component
  if (filter.types.size > 0 && kind === "component" && !filter.types.has(typeOf(entity)))
    return false;
  const own = new Set(traitsOf(entity));
  return filter.traits.every((trait) => own.has(trait));
}

/** Whose things are meant; undefined when a name was given that nobody has. */
function scopeOf(
  asked: Asked,
  names: readonly string[],
): { holder: CatalogEntity | undefined; members: CatalogEntity[] } | undefined {
  if (names.length === 0) return { holder: undefined, members: [] };
  const found = resolveSubject({
    index: asked.snapshot.index,
    entities: asked.catalog.entities,
    intent: "owns",
    text: names.join(" "),
    namesOnly: true,
  });
  if (found.outcome !== "one") return undefined;
  const holder = found.entity;
  const isOwner = holder.entity.kind === "Group" || holder.entity.kind === "User";
  return {
    holder,
    members: isOwner ? ownedBy(asked.catalog, holder) : partsOf(asked.catalog, holder),
  };
}

/** The software templates, those that carry the asked words first. */
export function answerTemplates(asked: Asked): Answer {
  const templates = [...asked.catalog.entities.values()].filter(
    (entity) => entity.entity.kind === "Template",
  );
  const hits = asked.snapshot.index.search({
    text: asked.query.subject,
    kinds: ["template"],
    limit: 10,
  });
  const scores = new Map(hits.map((hit) => [hit.id, hit.score]));
  const fitting = templates.filter((template) => scores.has(template.ref));
  const others = templates.filter((template) => !scores.has(template.ref));
  const groups = [
    {
      heading: "Fitting",
      items: hits.flatMap((hit) => fitting.filter(({ ref }) => ref === hit.id).map(briefOf)),
    },
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
