import { type DayCounts, top } from "../../usecases/feedback/day-counts.ts";
import type { Stats } from "../../usecases/feedback/question-stats.ts";
import { context, fields, limits, message, type MessageContent, section } from "./blocks.ts";
import { duration, join, joinWithin, mrk, type Mrkdwn } from "./text.ts";

const shownDays = 14;
const shownNames = 10;

/** How much is asked and how well it is answered; counters only. */
export function renderStats({ days, total }: Stats): MessageContent {
  const summary = summaryOf(total, days.length);
  return message(summary, [
    section(mrk`*Questions*  ${summary}`),
    days.length > 1 ? section(dayLines(days)) : undefined,
    fields([
      ["Asked about most", tallyLines(top(total.things, shownNames), nameOfRef)],
      ["Asked by", tallyLines(top(total.teams, shownNames), nameOfRef)],
      ["Kinds of question", tallyLines(top(total.intents, shownNames), (intent) => intent)],
      ["Slowest", slowLines(total)],
    ]),
    context([mrk`Days are in UTC. Only numbers are kept, for 90 days; no text of a message.`]),
  ]);
}

/** `12 asked in 7 days: 9 answered (75 %), 1 asked back, 2 without an answer.` */
function summaryOf({ asked, answered, unclear, unanswered }: DayCounts, days: number): string {
  const span = days === 1 ? "today" : `in ${days} days`;
  if (asked === 0) return `Nothing was asked ${span}.`;
  const share = Math.round((100 * answered) / asked);
  return `${asked} asked ${span}: ${answered} answered (${share} %), ${unclear} asked back, ${unanswered} without an answer.`;
}

function dayLines(days: Stats["days"]): Mrkdwn {
  const shown = days.slice(-shownDays);
  const most = Math.max(1, ...shown.map(({ asked }) => asked));
  const lines = shown.map(({ day, asked, unanswered }) => {
    const bar = "▪".repeat(Math.ceil((12 * asked) / most));
    const missed = unanswered === 0 ? "" : `, ${unanswered} without an answer`;
    return mrk`${day}  ${bar} ${asked}${missed}`;
  });
  return join(lines, "\n");
}

function tallyLines(
  names: readonly [string, number][],
  nameOf: (name: string) => string,
): Mrkdwn | undefined {
  if (names.length === 0) return undefined;
  return joinWithin(
    names.map(([name, count]) => mrk`${nameOf(name)}  ${count}`),
    "\n",
    limits.fieldText - 200,
    (left) => mrk`and ${left} more`,
  );
}

function slowLines({ slowest }: DayCounts): Mrkdwn | undefined {
  if (slowest.length === 0) return undefined;
  const lines = slowest.map(({ about, ms }) => {
    const time = ms < 1000 ? `${ms} ms` : duration(ms);
    return mrk`${about}  ${time}`;
  });
  return join(lines, "\n");
}

/** `component:default/ledger` is `ledger` to everybody. */
function nameOfRef(ref: string): string {
  return ref.slice(ref.indexOf("/") + 1);
}
