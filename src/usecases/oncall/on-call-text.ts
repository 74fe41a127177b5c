import type { OnCallNow } from "../answers/answer.ts";

/** `Ada Byron until Mon 30 Mar 07:00 UTC, then Bo Lund; if nobody answers, Cy Twombly`: one line of plain text. */
export function onCallText(now: OnCallNow): string {
  const whose = now.whose === undefined ? "" : ` (${now.whose})`;
  return `${peopleText(now)}${whose}${staleText(now)}`;
}

function peopleText({ levels, nextAtMs, readAtMs }: OnCallNow): string {
  const [first, ...others] = levels;
  if (readAtMs === undefined) return "not known at the moment";
  if (first === undefined) {
    const again = nextAtMs === undefined ? "" : `; somebody is again from ${momentText(nextAtMs)}`;
    return `nobody now${again}`;
  }
  const backup = others.map((level) => names(level.people)).filter((text) => text !== "");
  const further = backup.length === 0 ? "" : `; if nobody answers, ${backup.join(", then ")}`;
  return `${names(first.people)}${handoverText(first)}${further}`;
}

function handoverText({ untilMs, next }: OnCallNow["levels"][number]): string {
  if (untilMs === undefined) return "";
  return ` until ${momentText(untilMs)}${next === undefined ? "" : `, then ${names(next)}`}`;
}

function staleText({ isStale, readAtMs, problem }: OnCallNow): string {
  if (!isStale) return "";
  const why = problem === undefined ? "" : `: ${problem}`;
  return readAtMs === undefined ? why : ` — last known at ${momentText(readAtMs)}${why}`;
}

function names(people: readonly { name: string }[]): string {
  const shown = people.slice(0, 5).map(({ name }) => name);
  const more = people.length > 5 ? ` and ${people.length - 5} more` : "";
  return `${shown.join(" and ")}${more}`;
}

const days = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"];
const months = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split(" ");

/** `Mon 30 Mar 07:00 UTC`: the same for every reader. */
function momentText(moment: number): string {
  const date = new Date(moment);
  const time = date.toISOString().slice(11, 16);
  return `${days[date.getUTCDay()]} ${date.getUTCDate()} ${months[date.getUTCMonth()]} ${time} UTC`;
}
