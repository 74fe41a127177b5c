import type { EntityBrief } from "../../usecases/answers/answer.ts";
import type { TeamDigest } from "../../usecases/feedback/team-digest.ts";
import { context, message, type MessageContent, section } from "./blocks.ts";
import { joinWithin, literal, mrk, type Mrkdwn, oneLine } from "./text.ts";

const shown = 8;

/** A week of a team's things: what was asked, what is missing or wrong. */
export function renderDigest(digest: TeamDigest): MessageContent {
  const { team, asked, gaps, wrong, missingRunbooks, broken } = digest;
  const total = asked.reduce((sum, { count }) => sum + count, 0);
  const summary = [
    `${total} ${total === 1 ? "question" : "questions"} about things of ${team.title}`,
    ...counted(gaps.length, "asked for in vain"),
    ...counted(wrong.length, "said to be wrong"),
    ...counted(missingRunbooks.length, "without a runbook"),
    ...counted(broken.length, "with findings in the catalog"),
  ].join(", ");
  return message(`This week: ${summary}.`, [
    section(mrk`*A week of ${team.title}*\n${summary}.`),
    lines("Asked about", asked, ({ brief, count }) => mrk`${brief.title}  ${count}`),
    lines("Asked for in vain, near something of yours", gaps, ({ words, count, ref = "" }) => {
      return mrk`“${words}”  ${count}, nearest: ${nameOf(ref)}`;
    }),
    lines("Said to be wrong", wrong, ({ words, notes }) => {
      const [note] = notes;
      const said =
        note === undefined ? mrk`` : mrk` — _${note.by}:_ ${literal(oneLine(note.text), 200)}`;
      return mrk`${words}${said}`;
    }),
    lines(
      "In production without a runbook",
      missingRunbooks,
      (brief: EntityBrief) => mrk`${brief.title}`,
    ),
    lines(
      "Findings in the catalog",
      broken,
      ({ brief, findings }) => mrk`${brief.title}  ${findings}`,
    ),
    context([mrk`Once a week, numbers only. \`/callboard digest off\` in this channel ends it.`]),
  ]);
}

function counted(count: number, what: string): string[] {
  return count === 0 ? [] : [`${count} ${what}`];
}

function lines<T>(title: string, items: readonly T[], line: (item: T) => Mrkdwn) {
  if (items.length === 0) return undefined;
  const left = items.length - shown;
  const more = left > 0 ? mrk`\n… ${left} more` : mrk``;
  const list = joinWithin(
    items.slice(0, shown).map((item) => mrk`• ${line(item)}`),
    "\n",
    2000,
    (cut) => mrk`… ${cut} more`,
  );
  return section(mrk`*${title}*\n${list}${more}`);
}

function nameOf(ref: string): string {
  return ref.slice(ref.indexOf("/") + 1);
}
