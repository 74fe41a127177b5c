import type { OnCallNow } from "../../usecases/answers/answer.ts";
import type { PersonOnCall } from "../../usecases/oncall/known-people.ts";
import type { AnswerView } from "./briefs.ts";
import { ago, join, localMoment, mrk, type Mrkdwn, person } from "./text.ts";

/** How people are named. */
interface Naming {
  nowMs: number;
  /** True where only the asker sees it: a mention there calls nobody. */
  isPrivate: boolean;
}

/** Who is on call, until when and who is next, with the age of what is said; one to four short lines. */
export function onCallLines(now: OnCallNow | undefined, naming: Naming): Mrkdwn | undefined {
  if (now === undefined) return undefined;
  const [first, ...others] = now.levels;
  if (now.readAtMs === undefined) return mrk`_not known: ${now.problem ?? "it was never read"}_`;
  const who = first === undefined ? nobody(now) : levelLine(first, naming);
  const backup = others.map((level) => people(level.people, naming));
  return join(
    [
      who,
      first?.untilMs === undefined ? undefined : handover(first.untilMs, first.next, naming),
      backup.length === 0 ? undefined : mrk`if nobody answers: ${join(backup, ", then ")}`,
      age(now, now.readAtMs, naming),
    ],
    "\n",
  );
}

/** Whom to call now, and what the catalog says besides, such as the handle that calls them. */
export function onCallOf(
  card: { onCall?: string; onCallNow?: OnCallNow },
  view: Pick<AnswerView, "nowMs" | "canShare">,
): Mrkdwn | undefined {
  const now = onCallLines(card.onCallNow, { nowMs: view.nowMs, isPrivate: view.canShare });
  const written = card.onCall === undefined ? undefined : mrk`${card.onCall}`;
  return now === undefined && written === undefined ? undefined : join([now, written], "\n");
}

function nobody({ nextAtMs }: OnCallNow): Mrkdwn {
  return nextAtMs === undefined ? mrk`nobody now` : mrk`nobody until ${localMoment(nextAtMs)}`;
}

function levelLine(level: OnCallNow["levels"][number], naming: Naming): Mrkdwn {
  return mrk`*${people(level.people, naming)}*`;
}

function handover(untilMs: number, next: PersonOnCall[] | undefined, naming: Naming): Mrkdwn {
  const then = next === undefined ? mrk`` : mrk`, then ${people(next, naming)}`;
  return mrk`until ${localMoment(untilMs)}${then}`;
}

function age(now: OnCallNow, readAtMs: number, { nowMs }: Naming): Mrkdwn {
  const whose = now.whose === undefined ? mrk`` : mrk`${now.whose}, `;
  if (!now.isStale) return mrk`_${whose}read ${ago(readAtMs, nowMs)}_`;
  const why = now.problem === undefined ? mrk`` : mrk`: ${now.problem}`;
  return mrk`:warning: _${whose}last known ${ago(readAtMs, nowMs)}${why}_`;
}

function people(given: readonly PersonOnCall[], naming: Naming): Mrkdwn {
  const shown = given.slice(0, 5).map((each) => name(each, naming));
  const more = given.length > shown.length ? [mrk`${given.length - shown.length} more`] : [];
  return join([...shown, ...more], " and ");
}

/** A name everybody can read; a mention only where nobody is called by it. */
function name({ name: shown, slackUserId }: PersonOnCall, { isPrivate }: Naming): Mrkdwn {
  return isPrivate && slackUserId !== undefined ? person(slackUserId) : mrk`${shown}`;
}
