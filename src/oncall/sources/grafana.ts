import { z } from "zod";

import type { Secret } from "../../base/secret.ts";
import type { OnCallSource } from "../contract.ts";
import { levelsOf, type Shift } from "../shifts.ts";
import { type Asking, fetchJson } from "./bounded-fetch.ts";

export interface GrafanaOptions {
  id: string;
  /** Of the API, without `/api/v1`: `https://oncall-prod-us-central-0.grafana.net/oncall`. */
  url: string;
  token: Secret;
  /** The stack's address, which tokens of service accounts need. */
  stackUrl?: string;
}

const schedule = z.object({ id: z.string(), name: z.string().nullish() });
const schedules = z.object({ results: z.array(schedule) });
const shifts = z.object({
  results: z.array(
    z.object({
      user_pk: z.string(),
      user_email: z.string().nullish(),
      user_username: z.string().nullish(),
      shift_start: z.string(),
      shift_end: z.string(),
    }),
  ),
  next: z.string().nullish(),
});

const mostPages = 5;
const dayMs = 24 * 3_600_000;
/** Far enough to see the next hand-over of a rota by the week. */
const aheadDays = 8;

/**
 * Grafana IRM and OnCall. A key is the id of a schedule.
 * @see https://grafana.com/docs/oncall/latest/oncall-api-reference/schedules/
 */
export function createGrafanaSource({ id, url, token, stackUrl }: GrafanaOptions): OnCallSource {
  const base = `${url.replace(/\/$/, "")}/api/v1/schedules/`;
  const ask = (signal: AbortSignal): Asking => ({
    label: "Grafana",
    signal,
    headers: {
      authorization: token.reveal(),
      accept: "application/json",
      ...(stackUrl === undefined ? {} : { "x-grafana-url": stackUrl }),
    },
  });
  return {
    id,
    label: "Grafana",
    async read(key, atMs, signal) {
      const own = `${base}${encodeURIComponent(key)}/`;
      const [about, found] = await Promise.all([
        fetchJson(new URL(own), schedule, ask(signal)),
        readShifts(own, atMs, ask(signal)),
      ]);
      return {
        title: about.name ?? key,
        source: `Grafana schedule ${about.name ?? key}`,
        levels: levelsOf(found, atMs),
      };
    },
    async check(_atMs, signal) {
      const { results } = await fetchJson(new URL(base), schedules, ask(signal));
      return `Grafana answers with ${results.length} schedules`;
    },
  };
}

async function readShifts(own: string, atMs: number, asking: Asking): Promise<Shift[]> {
  const found: Shift[] = [];
  for (let page = 1; page <= mostPages; page += 1) {
    // pages are counted here: the address in `next` could lead the token anywhere
    const address = new URL(`${own}final_shifts`);
    // a shift that is going on may have begun the day before, in the schedule's own zone
    address.searchParams.set("start_date", dayOf(atMs - dayMs));
    address.searchParams.set("end_date", dayOf(atMs + aheadDays * dayMs));
    address.searchParams.set("page", String(page));
    const answer = await fetchJson(address, shifts, asking);
    found.push(...answer.results.map(toShift));
    if (typeof answer.next !== "string") break;
  }
  return found;
}

/** `2026-01-05`. */
function dayOf(moment: number): string {
  return new Date(moment).toISOString().slice(0, 10);
}

function toShift(written: z.output<typeof shifts>["results"][number]): Shift {
  const { user_pk: id, user_email: email, user_username: name } = written;
  const known = typeof email === "string" && email !== "" ? { email } : {};
  return {
    level: 1,
    people: [{ name: name ?? email ?? id, ...known }],
    fromMs: Date.parse(written.shift_start),
    toMs: Date.parse(written.shift_end),
  };
}
