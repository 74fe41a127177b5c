import { expect, test } from "@jest/globals";

import { silentLogger } from "../../../src/base/logger.ts";
import { createRefresher } from "../../../src/usecases/catalog/refresher.ts";

test("calls during a build share one more build, which sees what was written before them", async () => {
  let written = "a";
  let builds = 0;
  const gates: (() => void)[] = [];
  const refresher = createRefresher({
    logger: silentLogger,
    async build() {
      builds += 1;
      const read = written;
      await new Promise<void>((resolve) => gates.push(resolve));
      return read;
    },
  });

  const first = refresher.refresh();
  written = "b";
  const second = refresher.refresh();
  const third = refresher.refresh();
  gates[0]?.();
  expect(await first).toBe("a");
  while (gates.length < 2) await new Promise((resolve) => setImmediate(resolve));
  gates[1]?.();

  expect(await Promise.all([second, third])).toEqual(["b", "b"]);
  expect(builds).toBe(2);
  expect(refresher.current()).toBe("b");
});

test("a failed build keeps what was there, and the next one works", async () => {
  let isBroken = false;
  const refresher = createRefresher({
    logger: silentLogger,
    async build(previous: number | undefined) {
      if (isBroken) throw new Error("disk gone");
      return (previous ?? 0) + 1;
    },
  });
  await refresher.refresh();
  isBroken = true;

  await expect(refresher.refresh()).rejects.toThrow("disk gone");

  expect(refresher.current()).toBe(1);
  isBroken = false;
  expect(await refresher.refresh()).toBe(2);
});
