import { afterEach, beforeEach, expect, test } from "@jest/globals";

import { silentLogger } from "../../src/base/logger.ts";
import { createHomeWatch, type HomeWatch } from "../../src/slack/home-watch.ts";
import { waitFor } from "../helpers/wait.ts";

let stopping: AbortController;
let watch: HomeWatch;
let present: string;
let looks: number;
let published: string[];
let isSlackDown: boolean;

beforeEach(() => {
  stopping = new AbortController();
  present = "before";
  looks = 0;
  published = [];
  isSlackDown = false;
  watch = createHomeWatch({
    fingerprint: async () => {
      looks += 1;
      return present;
    },
    publish: async (slackUserId) => {
      if (isSlackDown) throw new Error("down");
      published.push(slackUserId);
    },
    logger: silentLogger,
    everyMs: 2,
    stopping: stopping.signal,
  });
});
afterEach(() => stopping.abort());

const looked = async (times: number): Promise<void> => {
  const wanted = looks + times;
  await waitFor("looks", () => looks >= wanted);
};

test("a tab is drawn again once for each change, and not while nothing changes", async () => {
  watch.opened("U1", "before");
  await looked(5);
  const unchanged = [...published];

  present = "after";
  await looked(5);

  expect(unchanged).toEqual([]);
  expect(published).toEqual(["U1"]);
});

test("a tab that could not be drawn is tried again", async () => {
  watch.opened("U1", "before");
  isSlackDown = true;
  present = "after";
  await looked(3);

  isSlackDown = false;
  await waitFor("the drawing", () => published.length > 0);

  expect(published).toEqual(["U1"]);
});

test("a tab that is opened again is watched once, and nothing is watched after the stop", async () => {
  watch.opened("U1", "before");
  watch.opened("U1", "before");
  present = "after";
  await looked(4);
  const once = [...published];

  stopping.abort();
  const atTheStop = looks;
  present = "later";
  watch.opened("U1", "after");
  await new Promise((resolve) => {
    setImmediate(resolve);
  });

  expect(once).toEqual(["U1"]);
  expect(looks).toBe(atTheStop);
});
