import { beforeAll, expect, test } from "@jest/globals";

import type { Snapshot } from "../../src/usecases/catalog/snapshot.ts";
import { createHome, type HomeFacts } from "../../src/usecases/home.ts";
import { createRecentSubjects } from "../../src/usecases/recent-subjects.ts";
import { loadSampleSnapshot } from "../helpers/sample-catalog.ts";

let snapshot: Snapshot;
let home: (userRef: string | undefined) => HomeFacts;

beforeAll(async () => {
  snapshot = await loadSampleSnapshot(0);
  home = createHome({ snapshot: () => snapshot });
});

test("a person's teams, with what they own by name", () => {
  const { person, teams } = home("user:default/dario.costa");

  expect(person?.title).toBe("Dario Costa");
  expect(teams.map((each) => each.team.title)).toEqual(["Checkout team"]);
  const titles = teams[0]?.owns.map((thing) => thing.brief.title) ?? [];
  expect(titles).toContain("Checkout");
  expect(titles).toEqual(titles.toSorted((a, b) => (a.toLowerCase() < b.toLowerCase() ? -1 : 1)));
  expect(teams[0]?.memberCount).toBeGreaterThan(1);
});

test("a thing with a runbook is not marked, and a library needs none", () => {
  const things = home("user:default/dario.costa").teams.flatMap((team) => team.owns);

  expect(things.find((thing) => thing.brief.title === "Checkout")?.isMissingRunbook).toBe(false);
  expect(
    things.filter((thing) => thing.brief.type === "library" && thing.isMissingRunbook),
  ).toEqual([]);
});

test("what is wrong with an entry stands beside it", () => {
  const ref = "component:default/checkout";
  const finding = {
    file: "a.yaml",
    line: 3,
    column: 1,
    severity: "warning" as const,
    code: "x",
    message: "m",
    ref,
  };
  const broken = createHome({ snapshot: () => ({ ...snapshot, diagnostics: [finding] }) });

  const things = broken("user:default/dario.costa").teams.flatMap((team) => team.owns);

  expect(
    things.filter((thing) => thing.findings.length > 0).map((thing) => thing.brief.ref),
  ).toEqual([ref]);
});

test("somebody whom the catalog does not know has a Home too", () => {
  expect(home(undefined)).toEqual({ person: undefined, teams: [], popular: [] });
  expect(home("user:default/nobody")).toEqual({ person: undefined, teams: [], popular: [] });
});

test("what somebody asked about lately and what everybody asks about most, as far as it still exists", () => {
  const recent = createRecentSubjects();
  for (const name of ["orders", "gone", "checkout", "orders"])
    recent.note("user:default/dario.costa", `component:default/${name}`);
  const popularity = new Map([
    ["component:default/orders", 1],
    ["component:default/gone", 9],
    ["component:default/checkout", 5],
  ]);
  const asked = createHome({ snapshot: () => snapshot, recent, popularity: () => popularity });

  const mine = asked("user:default/dario.costa");
  const somebodys = asked("user:default/nobody");

  expect(mine.recent?.map(({ ref }) => ref)).toEqual([
    "component:default/orders",
    "component:default/checkout",
  ]);
  expect(mine.popular?.map(({ ref }) => ref)).toEqual([
    "component:default/checkout",
    "component:default/orders",
  ]);
  expect(somebodys.popular).toEqual(mine.popular);
  expect(somebodys.recent).toBeUndefined();
});
