import { createQuestionParser } from "../../ask/parse-question.ts";
import type { Query, QueryIntent } from "../../ask/query.ts";
import { relationTargets } from "../../catalog/model.ts";
import { createWellKnown, repositoryOfUrl, type WellKnown } from "../../catalog/well-known.ts";
import type { RankingHints } from "../../search/ranking-hints.ts";
import type { Hit } from "../../search/search-item.ts";
import type { SourceStatus } from "../catalog/catalog-board.ts";
import type { Snapshot } from "../catalog/snapshot.ts";
import { answerComparison } from "./answer-compare.ts";
import { answerAboutEntity, answerApis } from "./answer-entity.ts";
import type { Asked } from "./answer-frame.ts";
import { answerDependencies, answerOwns } from "./answer-graph.ts";
import { answerList, answerTemplates, namesOwnTeam } from "./answer-list.ts";
import { answerChoice, answerHelp, answerNothing } from "./answer-none.ts";
import { answerFromClues, holdsPlace, looksPasted } from "./answer-pasted.ts";
import { answerFromPath } from "./answer-path.ts";
import { answerDocuments, answerSearch } from "./answer-search.ts";
import type { Answer, AskContext } from "./answer.ts";
import { completeQuery } from "./follow-up.ts";
import { isFilterOnly, readFilter } from "./list-filter.ts";
import {
  decide,
  entityKinds,
  resolveSubject,
  type Resolution,
  type Subject,
} from "./resolve-subject.ts";

export interface AnswererOptions {
  /** The present snapshot; asked once for each question. */
  snapshot: () => Snapshot;
  wellKnown?: WellKnown;
  /** How the sources of the catalog stand, so that answers from one that fails say so. */
  sources?: () => readonly SourceStatus[];
  /** What is known of how people use things; asked once for each question. */
  hints?: (() => RankingHints) | undefined;
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
    const { index } = snapshot;
    const parsed = parse(question);
    const completed = completeQuery(parsed, context.previous, (text) => index.hasName(text));
    // what an earlier answer completed is no name of its own
    const query = completed === parsed ? understand(parsed, snapshot) : completed;
    const hints = options.hints?.();
    return answer({
      question: question.slice(0, maxQuestionLength),
      query,
      snapshot,
      sources: options.sources?.() ?? [],
      search: (wanted) => index.search(hints === undefined ? wanted : { ...wanted, hints }),
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
  return isNameOfItsOwn(query, snapshot)
    ? { ...query, intent: "search", subject: query.text }
    : { ...query, subject };
}

/** A text that names something as a whole at least this surely is not taken apart. */
const wholeNameScore = 0.75;
const maxNameWords = 6;

/** What needs no taking apart; nor does `/runbook`, a command that is typed as a question. */
const nameless: ReadonlySet<QueryIntent> = new Set(["search", "help"]);

function isNameOfItsOwn(query: Query, { index }: Snapshot): boolean {
  const { intent, text } = query;
  if (nameless.has(intent) || text.startsWith("/")) return false;
  if (index.hasName(text)) return true;
  if (!query.isTerse || intent === "list") return false;
  // no name is as long, and none comes before one that is spelled out
  const isTooLong = text.split(" ", maxNameWords + 1).length > maxNameWords;
  if (isTooLong || index.hasName(query.subject)) return false;
  const best = (words: string): Hit | undefined =>
    index.search({ text: words, kinds: entityKinds, namesOnly: true, limit: 1 })[0];
  const whole = best(text);
  if (whole === undefined || whole.score < wholeNameScore) return false;
  const part = best(query.subject);
  return part === undefined || part.way === "part" || whole.score > part.score;
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
  const fromText = answerFromText(asked);
  if (fromText !== undefined) return fromText;
  if (intent === "list") return answerList(asked);
  if (intent === "templates") return answerTemplates(asked);
  if (subject === "") return answerNothing(asked, []);
  const answered = answerAsked(asked);
  // a path, an image or an address is taken for words first, because names may look like them
  const isSure = answered.status === "answered" && (answered.entities[0]?.score ?? 1) >= sureScore;
  return isSure ? answered : (answerFromClues(asked) ?? answered);
}

/** What is no question in words: a path that CODEOWNERS knows, and what somebody pasted. */
function answerFromText(asked: Asked): Answer | undefined {
  const { intent } = asked.query;
  const byPath = ofPlaces.has(intent) ? answerFromPath(asked) : undefined;
  if (byPath !== undefined) return byPath;
  if (looksPasted(asked.question)) return answerFromClues(asked);
  const isPlace =
    ofPlaces.has(intent) &&
    holdsPlace(asked.question) &&
    !asked.snapshot.index.hasName(asked.query.subject);
  return isPlace ? answerFromClues(asked, placeWeight) : undefined;
}

/** What is asked of a place in code, rather than of a thing by name. */
const ofPlaces: ReadonlySet<QueryIntent> = new Set(["search", "owner", "on-call", "channel"]);
/** What an address of code, a file or an image names is surer than words that look like names. */
const placeWeight = 0.6;

/** From here on the words of a question need no further clues. */
const sureScore = 0.85;

function answerAsked(asked: Asked): Answer {
  const { intent } = asked.query;
  if (intent === "search") return listFor(asked) ?? answerSearch(asked);
  if (intent === "runbook" || intent === "docs") return answerDocuments(asked);
  if (asked.query.second !== undefined) return answerComparison(asked, asked.query.second);
  const found = ownTeam(asked) ?? resolve(asked, intent);
  if (found.outcome === "one") return answerOne(asked, found);
  const listed = intent === "owns" ? listAll(asked) : undefined;
  return listed ?? answerUnsure(asked, found);
}

/** Several things, or none. */
function answerUnsure(asked: Asked, found: Exclude<Resolution, Subject>): Answer {
  const { intent } = asked.query;
  if (found.outcome === "several") return answerChoice(asked, found.hits);
  const facets = asked.snapshot.facets();
  // “what is deprecated” names no thing but a list, and so does “deprecated apis”
  if (intent === "describe" && isFilterOnly(asked.query.subject, facets)) return answerList(asked);
  const listed = isFilterOnly(asked.query.text, facets) ? listAll(asked) : undefined;
  return listed ?? answerNothing(asked, found.near);
}

/** Bare words that ask for a list: “deprecated apis”, “python services of the data team”. */
function listFor(asked: Asked): Answer | undefined {
  const { subject } = asked.query;
  if (asked.snapshot.index.hasName(subject)) return undefined;
  const facets = asked.snapshot.facets();
  // \`backstage-plugin-a\` is the beginning of a name, whatever its words are elsewhere; \`tier-1\` may be a tag
  const isName =
    /^\S+[-_.]\S*$/.test(subject) && facets.withTrait(subject.toLowerCase()) === undefined;
  if (isName) return undefined;
  if (isFilterOnly(subject, facets)) return answerList(asked);
  const { kinds, traits, names } = readFilter(subject, subject, facets);
  const isOfSomebody = names.length > 0 && / (?:of|by|in|from|for) /i.test(subject);
  if (kinds.size === 0 || traits.length === 0 || !isOfSomebody) return undefined;
  const listed = answerList(asked);
  return listed.status === "answered" ? listed : undefined;
}

function resolve(asked: Asked, intent: QueryIntent): Resolution {
  return resolveSubject({
    search: asked.search,
    entities: asked.catalog.entities,
    intent,
    text: asked.query.subject,
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
  return hits.length === 0
    ? undefined
    : decide(hits, { entities: asked.catalog.entities, intent: asked.query.intent, text: "" });
}

/** The whole text as a list, where all of it says what is listed: “python services of team Y in production”. */
function listAll(asked: Asked): Answer | undefined {
  const query = { ...asked.query, subject: asked.query.text };
  const listed = answerList({ ...asked, query });
  return listed.status === "answered" ? listed : undefined;
}

/** “Python services of team Y in production”: what the subject owns, limited by tags, lifecycles and types. */
function ownedWith(asked: Asked, subject: Subject): Answer | undefined {
  const { text } = asked.query;
  const named = new Set(subject.matched);
  const { traits } = readFilter(text, text, asked.snapshot.facets());
  const isLimited = traits.some((trait) => !trait.split("-").some((word) => named.has(word)));
  if (!isLimited) return undefined;
  return answerList({ ...asked, query: { ...asked.query, subject: text } });
}

function answerOne(asked: Asked, subject: Subject): Answer {
  const { intent } = asked.query;
  if (intent === "owns")
    return (
      ownedWith(asked, subject) ??
      (asked.query.before === "" ? undefined : listAll(asked)) ??
      answerOwns(asked, subject)
    );
  if (intent === "dependencies" || intent === "dependents")
    return answerDependencies(asked, subject);
  if (intent === "apis") return answerApis(asked, subject);
  return answerAboutEntity(asked, subject);
}
