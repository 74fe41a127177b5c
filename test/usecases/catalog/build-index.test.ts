import { monitorEventLoopDelay } from "node:perf_hooks";

import { expect, test } from "@jest/globals";

import { buildSearchIndex, openSearchIndex } from "../../../src/search/search-index.ts";
import type { SearchItem } from "../../../src/search/search-item.ts";
import { buildIndexBeside } from "../../../src/usecases/catalog/build-index.ts";

function* itemsOf(count: number): Generator<SearchItem> {
  for (let at = 0; at < count; at += 1)
    yield {
      id: `component:default/service-${at}`,
      kind: "component",
      names: [{ text: `service-${at}-worker`, form: "name" }],
      text: `Does thing ${at % 97} for team ${at % 13}, every night at ${at % 24}`,
    };
}

const forever = new AbortController().signal;

test.each([100, 5_000])(
  "an index of %d items built beside equals one built at once",
  async (size) => {
    const beside = openSearchIndex(await buildIndexBeside(itemsOf(size), size, forever));
    const atOnce = buildSearchIndex(itemsOf(size));

    for (const text of ["service 7 worker", "servce-42-worker", "thing 96 nightly", "nothing"])
      expect(beside.search({ text })).toEqual(atOnce.search({ text }));
    expect(beside.size).toBe(size);
  },
);

test("building beside leaves the event loop free", async () => {
  const delay = monitorEventLoopDelay({ resolution: 5 });
  delay.enable();

  await buildIndexBeside(itemsOf(30_000), 30_000, forever);

  delay.disable();
  // the 90th percentile, because the machine does other things, too
  expect(delay.percentile(90) / 1e6).toBeLessThan(60);
});

test("an abort ends the building", async () => {
  const abort = new AbortController();
  const building = buildIndexBeside(itemsOf(200_000), 200_000, abort.signal);

  setImmediate(() => abort.abort(new Error("stopped")));

  await expect(building).rejects.toThrow("stopped");
});
