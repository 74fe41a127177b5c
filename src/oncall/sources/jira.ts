import { z } from "zod";

import type { Secret } from "../../base/secret.ts";
import type { OnCallPerson, OnCallReading, OnCallSource } from "../contract.ts";
import { levelsOf, type Shift } from "../shifts.ts";
import { type Asking, fetchJson } from "./bounded-fetch.ts";

export interface JiraOptions {
  id: string;
  /** `https://api.atlassian.com`. */
  url: string;
  /** Of the site, as `https://<site>.atlassian.net/_edge/tenant_info` tells. */
  cloudId: string;
  /** Whose API token it is. */
  email: string;
  token: Secret;
}

/** A user, or a team or escalation with the people in it. */
interface Participant {
  id: string;
  type?: string | null | undefined;
  onCallParticipants?: Participant[] | null | undefined;
}

const participant: z.ZodType<Participant> = z.object({
  id: z.string(),
  type: z.string().nullish(),
  get onCallParticipants() {
    return z.array(participant).nullish();
  },
});
const onCalls = z.object({ onCallParticipants: z.array(participant) });
const schedule = z.object({ id: z.string(), name: z.string() });
const schedules = z.object({ values: z.array(schedule) });
const timeline = z.object({
  finalTimeline: z.object({
    rotations: z.array(
      z.object({
        periods: z
          .array(
            z.object({
              startDate: z.string(),
              endDate: z.string(),
              responder: z.object({ id: z.string(), type: z.string().nullish() }).nullish(),
            }),
          )
          .nullish(),
      }),
    ),
  }),
});
const account = z.object({
  displayName: z.string().nullish(),
  emailAddress: z.string().nullish(),
});

/** More people at once than a schedule has; names are asked for one by one. */
const mostPeople = 10;

/**
 * Operations of Jira Service Management. A key is the id of a schedule.
 * @see https://developer.atlassian.com/cloud/jira/service-desk-ops/rest/v2/api-group-schedule-on-calls/
 */
export function createJiraSource(options: JiraOptions): OnCallSource {
  const root = options.url.replace(/\/$/, "");
  const cloudId = encodeURIComponent(options.cloudId);
  const base = `${root}/jsm/ops/api/${cloudId}/v1/schedules`;
  const accounts = `${root}/ex/jira/${cloudId}/rest/api/3/user`;
  const basic = Buffer.from(`${options.email}:${options.token.reveal()}`).toString("base64");
  const ask = (signal: AbortSignal): Asking => ({
    label: "Jira",
    signal,
    headers: { authorization: `Basic ${basic}`, accept: "application/json" },
  });
  return {
    id: options.id,
    label: "Jira",
    async read(key, atMs, signal) {
      return await readSchedule({ base, accounts, key, atMs, asking: ask(signal) });
    },
    async check(_atMs, signal) {
      const { values } = await fetchJson(new URL(base), schedules, ask(signal));
      return `Jira answers with ${values.length} schedules`;
    },
  };
}

async function readSchedule(from: {
  base: string;
  accounts: string;
  key: string;
  atMs: number;
  asking: Asking;
}): Promise<OnCallReading> {
  const { base, accounts, key, atMs, asking } = from;
  const own = `${base}/${encodeURIComponent(key)}`;
  const date = new Date(atMs).toISOString();
  const current = new URL(`${own}/on-calls`);
  current.searchParams.set("date", date);
  const ahead = new URL(`${own}/timeline`);
  ahead.searchParams.set("date", date);
  ahead.searchParams.set("interval", "2");
  ahead.searchParams.set("intervalUnit", "weeks");
  const [about, now, plan] = await Promise.all([
    fetchJson(new URL(own), schedule, asking),
    fetchJson(current, onCalls, asking),
    fetchJson(ahead, timeline, asking),
  ]);
  const levels = levelsOf(shiftsOf(plan, now, atMs), atMs);
  const ids = levels.flatMap(({ people, next }) => [...people, ...(next ?? [])]);
  const known = await namesOf(
    ids.map(({ name }) => name),
    accounts,
    asking,
  );
  const toPeople = (people: readonly OnCallPerson[]): OnCallPerson[] =>
    people.map(({ name }) => known.get(name) ?? { name });
  return {
    title: about.name,
    source: `Jira schedule ${about.name}`,
    levels: levels.map(({ people, next, ...level }) => ({
      ...level,
      people: toPeople(people),
      ...(next === undefined ? {} : { next: toPeople(next) }),
    })),
  };
}

/** Shifts by account id. The list of who is on call now is the truth for now; the timeline adds when that ends. */
function shiftsOf(
  plan: z.output<typeof timeline>,
  now: z.output<typeof onCalls>,
  atMs: number,
): Shift[] {
  const current = new Set(usersOf(now.onCallParticipants));
  const planned = plan.finalTimeline.rotations
    .flatMap(({ periods }) => periods ?? [])
    .flatMap(({ startDate, endDate, responder }) =>
      responder?.type === "user"
        ? [{ id: responder.id, fromMs: Date.parse(startDate), toMs: Date.parse(endDate) }]
        : [],
    );
  const isNow = ({ fromMs, toMs }: { fromMs: number; toMs: number }): boolean =>
    fromMs <= atMs && atMs < toMs;
  const confirmed = planned.filter((each) => !isNow(each) || current.has(each.id));
  const plannedNow = new Set(confirmed.filter(isNow).map(({ id }) => id));
  // members of a team or escalation have no periods of their own
  const others = [...current].filter((id) => !plannedNow.has(id));
  const unplanned = others.map((id) => ({ id, fromMs: -Infinity, toMs: Infinity }));
  return [...confirmed, ...unplanned].map(({ id, fromMs, toMs }) => ({
    level: 1,
    people: [{ name: id }],
    fromMs,
    toMs,
  }));
}

function usersOf(participants: readonly Participant[], depth = 0): string[] {
  if (depth > 5) return [];
  return participants
    .flatMap(({ id, type, onCallParticipants }) => [
      ...(type === "user" ? [id] : []),
      ...usersOf(onCallParticipants ?? [], depth + 1),
    ])
    .slice(0, mostPeople);
}

/** Names by account id; one that Jira does not tell stays an id. */
async function namesOf(
  ids: readonly string[],
  accounts: string,
  asking: Asking,
): Promise<Map<string, OnCallPerson>> {
  const unique = [...new Set(ids)].slice(0, mostPeople);
  const found = await Promise.all(
    unique.map(async (id) => {
      const address = new URL(accounts);
      address.searchParams.set("accountId", id);
      const person = await fetchJson(address, account, asking).catch(() => undefined);
      const email = person?.emailAddress ?? undefined;
      return [
        id,
        {
          name: person?.displayName ?? id,
          ...(email === undefined ? {} : { email }),
        },
      ] as const;
    }),
  );
  return new Map(found);
}
