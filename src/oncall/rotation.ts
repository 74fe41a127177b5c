import type { OnCallLevel, OnCallPerson } from "./contract.ts";
import type { Zone } from "./zone.ts";

/** People who take turns. */
export interface Rotation {
  /** In the order of their turns; the first begins. At least one. */
  people: OnCallPerson[];
  /** Wall time of the first hand-over. */
  startWallMs: number;
  /** How long a turn is on the clock on the wall: days stay days when summer time begins or ends. */
  shiftMs: number;
  zone: Zone;
  /** Times that somebody else takes, in any order; of several that overlap the one written last counts. */
  overrides: { fromMs: number; toMs: number; person: OnCallPerson }[];
}

/** Who has the turn, and until when; people undefined before the rotation begins. */
interface Turn {
  person: OnCallPerson | undefined;
  untilMs: number | undefined;
}

/** Turns that are looked through for the next other person: one gap or override can hide several. */
const mostTurns = 50;

/** Who is on call in a rotation at a moment, until when, and who is next. */
export function readRotation(rotation: Rotation, level: number, atMs: number): OnCallLevel {
  const now = turnAt(rotation, atMs);
  let turn = now;
  let untilMs = now.untilMs;
  for (let turns = 0; turns < mostTurns && untilMs !== undefined; turns += 1) {
    turn = turnAt(rotation, untilMs);
    if (!isSame(turn.person, now.person)) break;
    untilMs = turn.untilMs;
  }
  const isChanging = untilMs !== undefined && !isSame(turn.person, now.person);
  return {
    level,
    people: now.person === undefined ? [] : [now.person],
    ...(isChanging && untilMs !== undefined ? { untilMs } : {}),
    ...(isChanging && turn.person !== undefined ? { next: [turn.person] } : {}),
  };
}

function isSame(a: OnCallPerson | undefined, b: OnCallPerson | undefined): boolean {
  return a?.name === b?.name && a?.ref === b?.ref && a?.email === b?.email;
}

function turnAt(rotation: Rotation, atMs: number): Turn {
  const regular = regularTurn(rotation, atMs);
  const override = rotation.overrides.findLast(({ fromMs, toMs }) => fromMs <= atMs && atMs < toMs);
  const edges = rotation.overrides
    .flatMap(({ fromMs, toMs }) => [fromMs, toMs])
    .filter((edge) => edge > atMs);
  const untilMs = Math.min(regular.untilMs ?? Infinity, ...edges);
  return {
    person: override?.person ?? regular.person,
    untilMs: untilMs === Infinity ? undefined : untilMs,
  };
}

function regularTurn({ people, startWallMs, shiftMs, zone }: Rotation, atMs: number): Turn {
  const handover = (index: number): number => zone.instantOf(startWallMs + index * shiftMs);
  if (atMs < handover(0)) return { person: undefined, untilMs: handover(0) };
  if (people.length === 1) return { person: people[0], untilMs: undefined };
  // around a change of the clock the wall time is off by an hour: the hand-overs themselves decide
  let index = Math.max(0, Math.floor((zone.wallOf(atMs) - startWallMs) / shiftMs));
  while (index > 0 && handover(index) > atMs) index -= 1;
  while (handover(index + 1) <= atMs) index += 1;
  return { person: people[index % people.length], untilMs: handover(index + 1) };
}
