import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { describe, expect, test } from "@jest/globals";
import { stringify } from "yaml";

import { Secret } from "../../../src/base/secret.ts";
import { createCalendarSource } from "../../../src/oncall/sources/calendar.ts";
import { createGrafanaSource } from "../../../src/oncall/sources/grafana.ts";
import { createJiraSource } from "../../../src/oncall/sources/jira.ts";
import { createPagerDutySource } from "../../../src/oncall/sources/pagerduty.ts";
import { placeOf } from "../../../src/oncall/sources/place.ts";
import { createRotationsSource } from "../../../src/oncall/sources/rotations.ts";
import { createZone } from "../../../src/oncall/zone.ts";
import { describeOnCallSource, type OnCallFixture } from "../../contracts/oncall.ts";
import {
  type EmulatedShift,
  type OnCallEmulator,
  startGrafana,
  startJira,
  startPagerDuty,
} from "../../emulators/oncall/emulator.ts";
import { startWebServer } from "../../helpers/web-server.ts";

const token = new Secret("t0ken");
const zone = createZone("UTC");
if (zone === undefined) throw new Error("no UTC");
const utc = zone;

/** A source over an emulated service; `keyOf` makes its key of a schedule's id. */
function overEmulator(
  emulator: OnCallEmulator,
  source: OnCallFixture["source"],
  keyOf: (id: string) => string,
): OnCallFixture {
  return {
    source,
    async write(name, shifts) {
      emulator.schedules.set("S1", { name, shifts });
      return keyOf("S1");
    },
    fail: (fault) => void (emulator.fault = fault),
    close: () => emulator.close(),
  };
}

function wall(moment: number): string {
  return new Date(moment).toISOString().slice(0, 16);
}

function stamp(moment: number): string {
  return new Date(moment).toISOString().replaceAll(/[-:]|\.\d+/g, "");
}

/** Days without a turn of their own are overrides of a rotation of nobody else's. */
function toRotations(name: string, shifts: readonly EmulatedShift[]): string {
  const levels = shifts.map(({ person, fromMs, toMs }) => ({ person, fromMs, toMs }));
  const last = levels.at(-1);
  const overrides = levels.map(({ person, fromMs, toMs }) => ({
    person: { name: person.name, email: person.email },
    from: wall(fromMs),
    to: wall(toMs),
  }));
  // the rotation itself begins long after the last shift
  const start = wall((last?.toMs ?? 0) + 90 * 24 * 3_600_000);
  return stringify({
    timeZone: "UTC",
    schedules: { [name]: { people: ["zed"], start, overrides } },
  });
}

function toCalendar(shifts: readonly EmulatedShift[]): string {
  return [
    "BEGIN:VCALENDAR",
    ...shifts.map(
      ({ person, fromMs, toMs }) =>
        `BEGIN:VEVENT\r\nSUMMARY:${person.name}\r\nATTENDEE:mailto:${person.email}\r\nDTSTART:${stamp(fromMs)}\r\nDTEND:${stamp(toMs)}\r\nEND:VEVENT`,
    ),
    "END:VCALENDAR",
  ].join("\r\n");
}

async function inFolder(
  create: (path: string) => OnCallFixture["source"],
  text: (name: string, shifts: readonly EmulatedShift[]) => string,
  key: string,
): Promise<OnCallFixture> {
  const folder = await mkdtemp(join(tmpdir(), "callboard-oncall-"));
  const path = join(folder, "oncall");
  return {
    source: create(path),
    async write(name, shifts) {
      await writeFile(path, text(name, shifts));
      return key;
    },
    fail: () => undefined,
    close: () => rm(folder, { recursive: true }),
  };
}

describeOnCallSource(
  "a YAML file",
  () =>
    inFolder(
      (path) =>
        createRotationsSource({
          id: "rota",
          from: { place: placeOf({ path }, "/") },
          timeZone: "UTC",
        }),
      toRotations,
      "Payments",
    ),
  { hasServer: false },
);

describeOnCallSource(
  "a calendar file",
  () =>
    inFolder(
      (path) => createCalendarSource({ id: "cal", place: placeOf({ path }, "/"), zone: utc }),
      (_name, shifts) => toCalendar(shifts),
      "",
    ),
  { hasServer: false },
);

describeOnCallSource("a calendar on the web", async () => {
  let text = "";
  let fault: string | undefined;
  const server = await startWebServer((_request, response) => {
    if (fault === undefined) return response.end(text);
    const status = { unauthorized: 401, limited: 429, broken: 500, moved: 302 }[fault];
    if (fault === "silent") return undefined;
    if (fault === "huge") return response.end(Buffer.alloc(3 * 1024 * 1024, " "));
    response.writeHead(status ?? 200, { "retry-after": "7", location: "http://127.0.0.1:9/" });
    return response.end("<html>");
  });
  return {
    source: createCalendarSource({
      id: "cal",
      place: placeOf({ url: `${server.url}/secret/rota.ics` }, "/"),
      zone: utc,
    }),
    async write(_name, shifts) {
      text = toCalendar(shifts);
      return "";
    },
    fail: (wanted) => void (fault = wanted),
    close: () => server.close(),
  };
});

describeOnCallSource("PagerDuty", async () => {
  const emulator = await startPagerDuty("t0ken");
  const source = createPagerDutySource({ id: "pd", url: emulator.server.url, token });
  return overEmulator(emulator, source, (id) => `schedule:${id}`);
});

describeOnCallSource("Grafana", async () => {
  const emulator = await startGrafana("t0ken");
  const source = createGrafanaSource({ id: "gr", url: emulator.server.url, token });
  return overEmulator(emulator, source, (id) => id);
});

describeOnCallSource("Jira", async () => {
  const emulator = await startJira("bot@acme.example", "t0ken");
  const source = createJiraSource({
    id: "jira",
    url: emulator.server.url,
    cloudId: "cloud-1",
    email: "bot@acme.example",
    token,
  });
  return overEmulator(emulator, source, (id) => id);
});

function personCalled(name: string) {
  return { id: name, name, email: `${name}@acme.example` };
}

async function openPagerDuty(shifts: EmulatedShift[]) {
  const emulator = await startPagerDuty("t0ken");
  emulator.schedules.set("PSVC", { name: "Payments", shifts });
  const source = createPagerDutySource({ id: "pd", url: `${emulator.server.url}/`, token });
  return { emulator, source };
}

describe("PagerDuty", () => {
  const atMs = Date.parse("2026-03-28T12:00:00Z");
  const { signal } = new AbortController();

  test.each(["service:PSVC", "policy:policy-PSVC", "integration:key-PSVC"])(
    "reads all levels of the escalation policy behind %s",
    async (key) => {
      const { emulator, source } = await openPagerDuty([
        { person: personCalled("ada"), fromMs: atMs - 1, toMs: atMs + 1000 },
        { person: personCalled("boss"), fromMs: -Infinity, toMs: Infinity, level: 2 },
      ]);
      try {
        const { levels, title } = await source.read(key, atMs, signal);
        expect(title).toBe("Payments policy");
        expect(levels).toEqual([
          { level: 1, people: [{ name: "ada", email: "ada@acme.example" }], untilMs: atMs + 1000 },
          { level: 2, people: [{ name: "boss", email: "boss@acme.example" }] },
        ]);
      } finally {
        await emulator.close();
      }
    },
  );

  test("turns pages until there are no more, and not for ever", async () => {
    const shifts = Array.from({ length: 1000 }, (_, index) => ({
      person: personCalled(index === 250 ? "ada" : `p${index}`),
      fromMs: atMs + (index === 250 ? -1000 : 1000),
      toMs: atMs + 2000,
    }));
    const { emulator, source } = await openPagerDuty(shifts);
    try {
      const { levels } = await source.read("schedule:PSVC", atMs, signal);
      expect(levels[0]?.people).toEqual([{ name: "ada", email: "ada@acme.example" }]);
      expect(emulator.server.requests).toHaveLength(5);
    } finally {
      await emulator.close();
    }
  });

  test("says which keys there are", async () => {
    const { emulator, source } = await openPagerDuty([]);
    try {
      await expect(source.read("PSVC", atMs, signal)).rejects.toMatchObject({
        code: "oncall-key-malformed",
        hint: "write service:<id>, policy:<id> or schedule:<id>",
      });
    } finally {
      await emulator.close();
    }
  });
});

test("a secret address of a calendar is shown by its host alone", async () => {
  const place = placeOf({ url: "https://calendar.example/private-abc123/rota.ics" }, "/");
  const source = createCalendarSource({ id: "cal", place, zone: utc });
  const stop = AbortSignal.abort(new Error("no network in tests"));

  await expect(source.read("", 0, stop)).rejects.not.toThrow("abc123");
});
