import type { IncomingMessage, ServerResponse } from "node:http";

import { startWebServer, type WebServer } from "../../helpers/web-server.ts";

/** A person as every emulated service knows them. */
export interface EmulatedPerson {
  id: string;
  name: string;
  email: string;
}

/** A time for which somebody is on call. */
export interface EmulatedShift {
  person: EmulatedPerson;
  fromMs: number;
  toMs: number;
  /** Default 1. */
  level?: number;
}

/** What the emulated service does instead of answering. */
export type Fault =
  | "unauthorized"
  | "limited"
  | "broken"
  | "silent"
  | "nonsense"
  | "huge"
  | "moved";

export interface OnCallEmulator {
  server: WebServer;
  /** Schedules by id. */
  schedules: Map<string, { name: string; shifts: EmulatedShift[] }>;
  fault: Fault | undefined;
  close(): Promise<void>;
}

type Answer = (url: URL, emulator: OnCallEmulator) => unknown;

/** Starts a service on a free port; `answer` gives JSON, or undefined for 404; `isAllowed` looks at the authorization header. */
async function startOnCallEmulator(
  isAllowed: (authorization: string) => boolean,
  answer: Answer,
): Promise<OnCallEmulator> {
  const server = await startWebServer((request, response) => {
    const isWelcome = isAllowed(request.headers.authorization ?? "");
    if (!isWelcome) return send(response, 401, { message: "Unauthorized" });
    if (emulator.fault !== undefined) return faults[emulator.fault](response, request);
    const found = answer(new URL(request.url ?? "", server.url), emulator);
    return found === undefined
      ? send(response, 404, { message: "Not Found" })
      : send(response, 200, found);
  });
  const emulator: OnCallEmulator = {
    server,
    schedules: new Map(),
    fault: undefined,
    close: () => server.close(),
  };
  return emulator;
}

function send(response: ServerResponse, status: number, value: unknown, headers = {}): void {
  response.writeHead(status, { "content-type": "application/json", ...headers });
  response.end(JSON.stringify(value));
}

const faults: Record<Fault, (response: ServerResponse, request: IncomingMessage) => void> = {
  unauthorized: (response) => send(response, 401, { message: "Unauthorized" }),
  limited: (response) => send(response, 429, {}, { "retry-after": "7" }),
  broken: (response) => send(response, 500, { message: "boom" }),
  silent: () => undefined,
  nonsense: (response) => response.end("<html>Sign in</html>"),
  huge(response) {
    response.writeHead(200);
    const megabyte = Buffer.alloc(1024 * 1024, " ");
    response.on("error", () => undefined);
    for (let count = 0; count < 4; count += 1) response.write(megabyte);
    response.end();
  },
  moved(response) {
    response.writeHead(302, { location: "http://127.0.0.1:9/elsewhere" });
    response.end();
  },
};

/** A page of a list, as `offset` and `limit` say. */
function page<T>(items: readonly T[], offset: number, limit: number) {
  return { items: items.slice(offset, offset + limit), more: offset + limit < items.length };
}

/** PagerDuty's `/oncalls` and `/services`. */
export async function startPagerDuty(token: string): Promise<OnCallEmulator> {
  return await startOnCallEmulator(
    (authorization) => authorization === `Token token=${token}`,
    (url, { schedules }) => {
      const query = url.searchParams;
      if (url.pathname.startsWith("/services/")) {
        const id = url.pathname.slice("/services/".length);
        return schedules.has(id) ? { service: serviceOf(id) } : undefined;
      }
      if (url.pathname === "/services") {
        const id = (query.get("query") ?? "").replace(/^key-/, "");
        return { services: schedules.has(id) ? [serviceOf(id)] : [] };
      }
      return url.pathname === "/oncalls" ? listOnCalls(query, schedules) : undefined;
    },
  );
}

function listOnCalls(query: URLSearchParams, schedules: OnCallEmulator["schedules"]) {
  const policy = query.get("escalation_policy_ids[]")?.replace(/^policy-/, "");
  const wanted = query.get("schedule_ids[]") ?? policy;
  if (wanted === undefined) return { oncalls: [], more: false };
  const found = schedules.get(wanted);
  if (found === undefined) return undefined;
  const since = Date.parse(query.get("since") ?? "");
  const until = Date.parse(query.get("until") ?? "");
  const entries = found.shifts
    .filter((shift) => shift.toMs > since && shift.fromMs < until)
    .map((shift) => toOnCall(shift, wanted, found.name));
  const { items, more } = page(entries, Number(query.get("offset")), Number(query.get("limit")));
  return { oncalls: items, more };
}

function toOnCall({ person, fromMs, toMs, level = 1 }: EmulatedShift, id: string, name: string) {
  return {
    escalation_level: level,
    escalation_policy: { id: `policy-${id}`, summary: `${name} policy` },
    schedule: { id, summary: name, html_url: `https://acme.pagerduty.com/schedules/${id}` },
    user: { id: person.id, summary: person.name, name: person.name, email: person.email },
    start: Number.isFinite(fromMs) ? new Date(fromMs).toISOString() : null,
    end: Number.isFinite(toMs) ? new Date(toMs).toISOString() : null,
  };
}

function serviceOf(id: string) {
  return { id, escalation_policy: { id: `policy-${id}` } };
}

/** Grafana's schedules and their final shifts, one shift a page. */
export async function startGrafana(token: string): Promise<OnCallEmulator> {
  return await startOnCallEmulator(
    (authorization) => authorization === token,
    (url, { schedules, server }) => {
      // /api/v1/schedules/<id>/final_shifts
      const [, id, rest] = /^\/api\/v1\/schedules\/([^/]*)\/?(.*)$/.exec(url.pathname) ?? [];
      if (id === "")
        return { results: [...schedules].map(([each, { name }]) => ({ id: each, name })) };
      const found = schedules.get(decodeURIComponent(id ?? ""));
      if (found === undefined) return undefined;
      if (rest === "") return { id, name: found.name, on_call_now: [] };
      const number = Number(url.searchParams.get("page") ?? 1);
      const { items, more } = page(found.shifts, number - 1, 1);
      return {
        results: items.map(({ person, fromMs, toMs }) => ({
          user_pk: person.id,
          user_email: person.email,
          user_username: person.name,
          shift_start: new Date(fromMs).toISOString(),
          shift_end: new Date(toMs).toISOString(),
        })),
        next: more ? `${server.url}/elsewhere?page=${number + 1}` : null,
      };
    },
  );
}

/** Operations of Jira Service Management for one cloud id, and Jira's people. */
export async function startJira(email: string, token: string): Promise<OnCallEmulator> {
  const basic = `Basic ${Buffer.from(`${email}:${token}`).toString("base64")}`;
  return await startOnCallEmulator(
    (authorization) => authorization === basic,
    (url, { schedules }) => {
      if (url.pathname === "/ex/jira/cloud-1/rest/api/3/user") {
        const id = url.searchParams.get("accountId");
        const people = [...schedules.values()].flatMap(({ shifts }) =>
          shifts.map(({ person }) => person),
        );
        const person = people.find((each) => each.id === id);
        return person === undefined
          ? undefined
          : { accountId: id, displayName: person.name, emailAddress: person.email };
      }
      // /jsm/ops/api/cloud-1/v1/schedules/<id>/on-calls
      const match = /^\/jsm\/ops\/api\/cloud-1\/v1\/schedules\/?([^/]*)\/?(.*)$/.exec(url.pathname);
      if (match === null) return undefined;
      const [, id = "", rest = ""] = match;
      if (id === "")
        return { values: [...schedules].map(([each, { name }]) => ({ id: each, name })) };
      const found = schedules.get(id);
      if (found === undefined) return undefined;
      if (rest === "") return { id, name: found.name };
      const date = Date.parse(url.searchParams.get("date") ?? "");
      if (rest === "on-calls") return { onCallParticipants: participants(found.shifts, date) };
      return { finalTimeline: { rotations: [{ periods: found.shifts.map(toPeriod) }] } };
    },
  );
}

/** People stand inside an escalation, as they do for most schedules. */
function participants(shifts: readonly EmulatedShift[], date: number) {
  const current = shifts.filter(({ fromMs, toMs }) => fromMs <= date && date < toMs);
  const users = current.map(({ person }) => ({ id: person.id, type: "user" }));
  return users.length === 0 ? [] : [{ id: "e1", type: "escalation", onCallParticipants: users }];
}

function toPeriod({ person, fromMs, toMs }: EmulatedShift) {
  return {
    startDate: new Date(fromMs).toISOString(),
    endDate: new Date(toMs).toISOString(),
    responder: { id: person.id, type: "user" },
  };
}
