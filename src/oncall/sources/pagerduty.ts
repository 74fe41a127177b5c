import { z } from "zod";

import { InputError, NotFoundError } from "../../base/errors.ts";
import type { Secret } from "../../base/secret.ts";
import type { OnCallLevel, OnCallPerson, OnCallSource } from "../contract.ts";
import { levelsOf, type Shift } from "../shifts.ts";
import { type Asking, fetchJson } from "./bounded-fetch.ts";

export interface PagerDutyOptions {
  id: string;
  /** `https://api.pagerduty.com`, or `https://api.eu.pagerduty.com`. */
  url: string;
  token: Secret;
}

const user = z.object({
  id: z.string(),
  summary: z.string().nullish(),
  name: z.string().nullish(),
  email: z.string().nullish(),
});
const named = z.object({
  id: z.string(),
  summary: z.string().nullish(),
  html_url: z.string().nullish(),
});
const onCalls = z.object({
  oncalls: z.array(
    z.object({
      escalation_level: z.number(),
      escalation_policy: named,
      schedule: named.nullish(),
      user,
      start: z.string().nullish(),
      end: z.string().nullish(),
    }),
  ),
  more: z.boolean().nullish(),
});
const service = z.object({ escalation_policy: named });
const oneService = z.object({ service });
const services = z.object({ services: z.array(service) });

type OnCall = z.output<typeof onCalls>["oncalls"][number];

const pageSize = 100;
/** One policy or schedule has a handful of entries; more pages mean that something else was asked for. */
const mostPages = 5;
/** Far enough to see the next hand-over of a rota by the week. */
const aheadMs = 8 * 24 * 3_600_000;

/**
 * PagerDuty. Keys are `service:<id>`, `policy:<id>`, `schedule:<id>` and `integration:<key>`.
 * @see https://developer.pagerduty.com/api-reference/3a6b910f11050-list-all-of-the-on-calls
 */
export function createPagerDutySource({ id, url, token }: PagerDutyOptions): OnCallSource {
  const ask = (signal: AbortSignal): Asking => ({
    label: "PagerDuty",
    signal,
    headers: {
      authorization: `Token token=${token.reveal()}`,
      accept: "application/vnd.pagerduty+json;version=2",
    },
  });
  const at = (path: string, query: Record<string, string> = {}): URL => {
    const address = new URL(`${url.replace(/\/$/, "")}/${path}`);
    for (const [name, value] of Object.entries(query)) address.searchParams.append(name, value);
    return address;
  };
  return {
    id,
    label: "PagerDuty",
    async read(key, atMs, signal) {
      const filter = await filterOf(key, at, ask(signal));
      const entries = await readEntries(filter, atMs, at, ask(signal));
      const [first] = entries;
      const about = "schedule_ids[]" in filter ? first?.schedule : first?.escalation_policy;
      return {
        title: about?.summary ?? "PagerDuty",
        // a key may be an integration key, which is a secret
        source: about?.html_url ?? "PagerDuty",
        levels: toLevels(entries, atMs),
      };
    },
    async check(_atMs, signal) {
      await fetchJson(at("oncalls", { limit: "1" }), onCalls, ask(signal));
      return "PagerDuty answers, and the token may read who is on call";
    },
  };
}

type At = (path: string, query?: Record<string, string>) => URL;

async function filterOf(key: string, at: At, asking: Asking): Promise<Record<string, string>> {
  const [kind, ...rest] = key.split(":");
  const wanted = rest.join(":");
  if (kind === "policy") return { "escalation_policy_ids[]": wanted };
  if (kind === "schedule") return { "schedule_ids[]": wanted };
  if (kind === "service") {
    const found = await fetchJson(at(`services/${encodeURIComponent(wanted)}`), oneService, asking);
    return { "escalation_policy_ids[]": found.service.escalation_policy.id };
  }
  if (kind === "integration") {
    const found = await fetchJson(at("services", { query: wanted }), services, asking);
    const [only, other] = found.services;
    if (only !== undefined && other === undefined)
      return { "escalation_policy_ids[]": only.escalation_policy.id };
    throw new NotFoundError(
      "oncall-schedule-unknown",
      "no one PagerDuty service has this integration key",
      {
        hint: "name the service by pagerduty.com/service-id instead",
      },
    );
  }
  throw new InputError("oncall-key-malformed", `PagerDuty has no “${key}”`, {
    hint: "write service:<id>, policy:<id> or schedule:<id>",
  });
}

async function readEntries(
  filter: Record<string, string>,
  atMs: number,
  at: At,
  asking: Asking,
): Promise<OnCall[]> {
  const entries: OnCall[] = [];
  for (let page = 0; page < mostPages; page += 1) {
    const answer = await fetchJson(
      at("oncalls", {
        ...filter,
        "include[]": "users",
        since: new Date(atMs).toISOString(),
        until: new Date(atMs + aheadMs).toISOString(),
        limit: String(pageSize),
        offset: String(page * pageSize),
      }),
      onCalls,
      asking,
    );
    entries.push(...answer.oncalls);
    if (answer.more !== true) break;
  }
  return entries;
}

function toLevels(entries: readonly OnCall[], atMs: number): OnCallLevel[] {
  const shifts: Shift[] = entries.map((entry) => ({
    level: entry.escalation_level,
    people: [toPerson(entry.user)],
    // no times: this person stands in the policy for good
    fromMs: momentOf(entry.start) ?? -Infinity,
    toMs: momentOf(entry.end) ?? Infinity,
  }));
  return levelsOf(shifts, atMs);
}

function toPerson({ id, name, summary, email }: z.output<typeof user>): OnCallPerson {
  return { name: name ?? summary ?? id, ...(typeof email === "string" ? { email } : {}) };
}

function momentOf(text: string | null | undefined): number | undefined {
  const moment = Date.parse(text ?? "");
  return Number.isNaN(moment) ? undefined : moment;
}
