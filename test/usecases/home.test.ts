import { beforeAll, expect, test } from "@jest/globals";

import type { Snapshot } from "../../src/usecases/catalog/snapshot.ts";
import { createHome, type HomeFacts } from "../../src/usecases/home.ts";
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
  expect(home(undefined)).toEqual({ person: undefined, teams: [] });
  expect(home("user:default/nobody")).toEqual({ person: undefined, teams: [] });
});
