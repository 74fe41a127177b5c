import type { Query, QueryIntent } from "../../ask/query.ts";
import type { Catalog, CatalogEntity } from "../../catalog/model.ts";
import type { Hit } from "../../search/search-item.ts";
import type { SourceStatus } from "../catalog/catalog-board.ts";
import type { Snapshot } from "../catalog/snapshot.ts";
import { caveatsOf } from "./answer-caveats.ts";
import { briefOf, type AnswerSources } from "./answer-parts.ts";
import { textOf } from "./answer-text.ts";
import type { Answer, AskContext, Card, EntityBrief, Evidence } from "./answer.ts";
import type { FindHits } from "./resolve-subject.ts";

/** Everything one answer is made from. */
export interface Asked extends AnswerSources {
  question: string;
  query: Query;
  snapshot: Snapshot;
  /** How the sources of the catalog stand. */
  sources: readonly SourceStatus[];
  /** Searches the snapshot's index with what is known of how people use things. */
  search: FindHits;
  context: AskContext;
}

/** The parts of an answer that differ. */
export interface AnswerParts {
  card: Card;
  evidence: Evidence[];
  status?: Answer["status"];
  intent?: Answer["intent"];
  entities?: Answer["entities"];
  documents?: Answer["documents"];
}

/** Completes an answer. */
export function frame(asked: Asked, parts: AnswerParts): Answer {
  const caveats = caveatsOf(parts.card, { ...asked, nowMs: asked.context.nowMs });
  const evidence = dated(asked, parts);
  return {
    question: asked.question,
    intent: parts.intent ?? asked.query.intent,
    status: parts.status ?? "answered",
    entities: parts.entities ?? [],
    documents: parts.documents ?? [],
    text: [textOf(parts.card, evidence), ...caveats.map((each) => `⚠ ${each}`)].join("\n"),
    evidence,
    ...(caveats.length === 0 ? {} : { caveats }),
    card: parts.card,
  };
}

/** What proves it, each with the last commit of its file or else the last push to its repository, where that is known. */
function dated({ snapshot, catalog }: Asked, { evidence, entities = [] }: AnswerParts): Evidence[] {
  const commits = lastCommits(snapshot, catalog, entities);
  return evidence.map((each) => {
    const changedAtMs = commits.get(each.source.replace(/:\d+$/, ""));
    if (changedAtMs !== undefined) return { ...each, changedAtMs };
    const pushedAtMs = isAddress(each.source) ? snapshot.lastPushMs?.(each.source) : undefined;
    return pushedAtMs === undefined ? each : { ...each, pushedAtMs };
  });
}

/** When the files of the first entities were last changed, by their names. */
function lastCommits(
  { changedAtMs: changes }: Snapshot,
  catalog: Catalog,
  entities: Answer["entities"],
): ReadonlyMap<string, number> {
  const dates = new Map<string, number>();
  if (changes === undefined || changes.size === 0) return dates;
  for (const { ref } of entities.slice(0, 3)) {
    const origin = catalog.entities.get(ref)?.origin;
    const changedAtMs = changes.get(origin?.base ?? "");
    if (origin !== undefined && changedAtMs !== undefined) dates.set(origin.file, changedAtMs);
  }
  return dates;
}

function isAddress(source: string): boolean {
  return source.startsWith("https://") || source.startsWith("http://");
}

/** The found entity first, then what was found beside it. */
export function ranked(
  entity: CatalogEntity,
  score: number,
  others: readonly Hit[],
): Answer["entities"] {
  return [
    { ref: entity.ref, score: rounded(score) },
    ...others
      .filter((hit) => hit.kind !== "section" && hit.id !== entity.ref)
      .map((hit) => ({ ref: hit.id, score: rounded(Math.min(hit.score, score)) })),
  ].slice(0, 10);
}

/** Three digits are all that a score means. */
export function rounded(score: number): number {
  return Math.round(Math.min(1, Math.max(0, score)) * 1000) / 1000;
}

/** A question that gives the same kind of answer for one certain entity. */
export function questionFor(intent: QueryIntent, ref: string, rest = ""): string {
  const extra = rest === "" ? "" : ` ${rest}`;
  const forms: Record<QueryIntent, string> = {
    owner: `who owns ${ref}`,
    owns: `what does ${ref} own`,
    runbook: `runbook for ${ref}${extra}`,
    dependencies: `what does ${ref} depend on`,
    dependents: `what depends on ${ref}`,
    links: `links for ${ref}`,
    docs: `docs for ${ref}${extra}`,
    "on-call": `who is on call for ${ref}`,
    channel: `channel of ${ref}`,
    apis: `apis of ${ref}`,
    status: `status of ${ref}`,
    describe: `what is ${ref}`,
    list: `what does ${ref} own`,
    templates: `what is ${ref}`,
    search: `what is ${ref}`,
    help: "help",
  };
  return forms[intent];
}

/** Hits as briefs with the question each stands for; hits that are no entities are left out. */
export function choicesOf(
  asked: Asked,
  hits: readonly Hit[],
  rest = "",
): { brief: EntityBrief; question: string }[] {
  return hits.flatMap((hit) => {
    const entity = asked.catalog.entities.get(hit.id);
    return entity === undefined
      ? []
      : [{ brief: briefOf(entity), question: questionFor(asked.query.intent, hit.id, rest) }];
  });
}
