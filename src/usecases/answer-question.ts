import { createQuestionParser } from "../ask/parse-question.ts";
import type { Query, QueryIntent } from "../ask/query.ts";
import { relationTargets } from "../catalog/model.ts";
import { createWellKnown, repositoryOfUrl, type WellKnown } from "../catalog/well-known.ts";
import { confidentScore, type Hit } from "../search/search-item.ts";
import { cardOf, describe } from "./answer-cards.ts";
import {
  answerFromDocuments,
  noDocumentHeadline,
  sectionAnswer,
  sectionsFor,
  symptomOf,
  toSectionHits,
} from "./answer-document.ts";
import { answerAboutEntity, answerApis, type Subject } from "./answer-entity.ts";
import { frame, ranked, type Asked } from "./answer-frame.ts";
import { answerDependencies, answerOwns } from "./answer-graph.ts";
import { answerList, answerTemplates, namesOwnTeam } from "./answer-list.ts";
import { answerChoice, answerHelp, answerNothing } from "./answer-none.ts";
import { evidenceOf } from "./answer-parts.ts";
import type { Answer, AskContext } from "./answer.ts";
import { decide, entityKinds, resolveSubject, type Resolution } from "./resolve-subject.ts";
import type { Snapshot } from "./snapshot.ts";

export interface AnswererOptions {
  /** The present snapshot; asked once for each question. */
  snapshot: () => Snapshot;
  wellKnown?: WellKnown;
}

/** Answers a question. Never throws for what a person typed. */
export type Answerer = (question: string, context: AskContext) => Answer;

/** Longest question that is repeated in an answer. */
const maxQuestionLength = 4_000;

/** Creates the answerer: question text in, answer with evidence out. */
export function createAnswerer(options: AnswererOptions): Answerer {
  const parse = createQuestionParser();
  const wellKnown = options.wellKnown ?? createWellKnown();
  return (question, context) => {
    const snapshot = options.snapshot();
    const query = understand(parse(question), snapshot);
    return answer({
      question: question.slice(0, maxQuestionLength),
      query,
      snapshot,
      context,
      catalog: snapshot.catalog,
      wellKnown,
    });
  };
}

/** Corrects the grammar where the catalog knows better: `status page` may be a thing's name, a URL a repository. */
function understand(query: Query, snapshot: Snapshot): Query {
  const slug = slugIn(query);
  const subject = slug === undefined ? query.subject : query.subject.replace(slug.url, slug.slug);
  const isName =
    query.intent !== "search" && query.intent !== "help" && snapshot.index.hasName(query.text);
  return isName ? { ...query, intent: "search", subject: query.text } : { ...query, subject };
}

function slugIn(query: Query): { url: string; slug: string } | undefined {
  for (const url of query.urls) {
    const slug = query.subject.includes(url) ? repositoryOfUrl(url)?.slug : undefined;
    if (slug !== undefined) return { url, slug };
  }
  return undefined;
}

function answer(asked: Asked): Answer {
  const { intent, subject } = asked.query;
  if (intent === "help") return answerHelp(asked);
  if (intent === "list") return answerList(asked);
  if (intent === "templates") return answerTemplates(asked);
  if (subject === "") return answerNothing(asked, []);
  if (intent === "search") return answerSearch(asked);
  if (intent === "runbook" || intent === "docs") return answerDocuments(asked);
  const found = ownTeam(asked) ?? resolve(asked, intent);
  if (found.outcome === "several") return answerChoice(asked, found.hits);
  if (found.outcome === "none") return answerNothing(asked, found.near);
  return answerOne(asked, found);
}

function resolve(asked: Asked, intent: QueryIntent, hasExtraWords = false): Resolution {
  return resolveSubject({
    index: asked.snapshot.index,
    entities: asked.catalog.entities,
    intent,
    text: asked.query.subject,
    hasExtraWords,
    namesOnly: hasExtraWords,
  });
}

/** The asker's own team for “what does my team own”. */
function ownTeam(asked: Asked): Resolution | undefined {
  const { userRef } = asked.context;
  if (userRef === undefined || !namesOwnTeam(asked.query.subject)) return undefined;
  const user = asked.catalog.entities.get(userRef);
  const teams = user === undefined ? [] : relationTargets(user, "memberOf");
  const hits = teams.map((id) => ({
    id,
    kind: "group",
    score: 1,
    way: "exact" as const,
    matched: [],
    name: "",
    isWished: false,
  }));
  return hits.length === 0 ? undefined : decide(hits, asked.catalog.entities, asked.query.intent);
}

function answerOne(asked: Asked, subject: Subject): Answer {
  const { intent } = asked.query;
  if (intent === "owns") return answerOwns(asked, subject);
  if (intent === "dependencies" || intent === "dependents")
    return answerDependencies(asked, subject);
  if (intent === "apis") return answerApis(asked, subject);
  return answerAboutEntity(asked, subject);
}

/** A runbook or document: of the thing that the words name, else whichever section fits the words. */
function answerDocuments(asked: Asked): Answer {
  const titled = titledDocument(asked);
  const found = resolve(asked, asked.query.intent, true);
  const namedWords = found.outcome === "one" ? found.matched.length : 0;
  if (titled !== undefined && titled.matched.length > namedWords) {
    const answered = sectionAnswer(asked, toSectionHits(asked, [titled]));
    if (answered !== undefined) return answered;
  }
  if (found.outcome === "one") {
    const symptom = symptomOf(asked, found.matched);
    const answered = answerFromDocuments(asked, found, sectionsFor(asked, found.entity, symptom));
    if (answered !== undefined) return answered;
    return answerWithoutDocument(asked, found);
  }
  const sections = asked.snapshot.index.search({ text: asked.query.text, kinds: ["section"] });
  if ((sections[0]?.score ?? 0) >= confidentScore) {
    const answered = sectionAnswer(asked, toSectionHits(asked, sections));
    if (answered !== undefined) return answered;
  }
  if (found.outcome === "several") return answerChoice(asked, found.hits, symptomOf(asked, []));
  return answerNothing(asked, found.near);
}

/** A document whose title or alert the words name. */
function titledDocument(asked: Asked): Hit | undefined {
  const [best] = asked.snapshot.index.search({
    text: asked.query.subject,
    kinds: ["section"],
    namesOnly: true,
    hasExtraWords: true,
    limit: 1,
  });
  return best !== undefined && best.way === "exact" ? best : undefined;
}

/** The thing is known but nobody wrote a document about it: its card with the links there are. */
function answerWithoutDocument(asked: Asked, subject: Subject): Answer {
  const { entity } = subject;
  return frame(asked, {
    card: cardOf(asked, entity, asked.snapshot.documents, noDocumentHeadline(asked, entity)),
    evidence: [evidenceOf(entity)],
    entities: ranked(entity, subject.score, subject.others),
  });
}

/** Bare words: the thing they name, a section that says them, or a choice of what is near. */
function answerSearch(asked: Asked): Answer {
  const { index } = asked.snapshot;
  const hits = index.search({
    text: asked.query.subject,
    kinds: [...entityKinds, "section"],
    limit: 20,
  });
  const things = hits.filter((hit) => hit.kind !== "section");
  const sections = hits.filter((hit) => hit.kind === "section");
  const found = resolve(asked, "search");
  const isSection = (sections[0]?.score ?? 0) > (things[0]?.score ?? 0);
  if (isSection && (sections[0]?.score ?? 0) >= confidentScore) {
    const answered = sectionAnswer(asked, toSectionHits(asked, sections));
    if (answered !== undefined) return answered;
  }
  if (found.outcome === "several") return answerChoice(asked, found.hits);
  if (found.outcome === "none") return answerNothing(asked, found.near);
  const { entity } = found;
  return frame(asked, {
    card: cardOf(asked, entity, asked.snapshot.documents, describe(entity)),
    evidence: [evidenceOf(entity)],
    entities: ranked(entity, found.score, found.others),
  });
}
