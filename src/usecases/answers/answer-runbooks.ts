import { cardOf } from "./answer-cards.ts";
import {
  documentEvidence,
  documentRef,
  documentSections,
  openingSections,
  sectionAnswer,
} from "./answer-document.ts";
import { type Asked, frame, ranked } from "./answer-frame.ts";
import { answerList } from "./answer-list.ts";
import { shortened } from "./answer-none.ts";
import type { Answer } from "./answer.ts";
import type { Subject } from "./resolve-subject.ts";

/** Documents whose beginnings prove that they are there; more are only counted. */
const maxProved = 10;

/** Kinds that hold other things, whose runbooks are theirs. */
const holders: ReadonlySet<string> = new Set(["Group", "User", "System", "Domain"]);

/** What of a team, person, system or domain has a runbook. */
function answerHeld(asked: Asked): Answer | undefined {
  const query = { ...asked.query, intent: "list" as const, subject: asked.query.text };
  const listed = answerList({ ...asked, query });
  return listed.status === "answered" ? listed : undefined;
}

/**
 * The runbooks of a thing: of several all, because which of them helps the person sees sooner than any ranking; the only one
 * with its most useful section. Undefined where it has none.
 * @param unsaid What is wrong, where no document says so; empty when the person does not say it.
 */
export function answerRunbooks(asked: Asked, subject: Subject, unsaid: string): Answer | undefined {
  const { entity, score, others } = subject;
  const { library } = asked.snapshot;
  const runbooks = library.ofEntity(entity.ref).filter(({ isRunbook }) => isRunbook);
  const found = openingSections(runbooks);
  const [first] = found;
  if (asked.query.intent === "docs") return undefined;
  if (first === undefined) return holders.has(entity.entity.kind) ? answerHeld(asked) : undefined;
  const card = cardOf(asked, entity, library, headlineOf(found.length, unsaid));
  if (card.type !== "entity" || found.length === 1) {
    const only = sectionAnswer(asked, documentSections(first.document, first.score), subject);
    const note = `It does not say “${shortened(unsaid)}”, but it is the only runbook there is.`;
    return only === undefined || unsaid === "" ? only : withCaveat(only, note);
  }
  const proved = found.slice(0, maxProved);
  return frame(asked, {
    intent: "runbook",
    card,
    evidence: proved.flatMap(({ document, section }) => documentEvidence(document, section)),
    entities: ranked(entity, score, others),
    documents: proved.map((hit) => documentRef(hit)),
  });
}

/** `3 runbooks`, `3 runbooks; none says “rate limit”` */
function headlineOf(count: number, unsaid: string): string {
  return unsaid === ""
    ? `${count} runbooks`
    : `${count} runbooks; none says “${shortened(unsaid)}”`;
}

function withCaveat(answer: Answer, note: string): Answer {
  const caveats = [...(answer.caveats ?? []), note];
  return { ...answer, caveats, text: `${answer.text}\n⚠ ${note}` };
}
