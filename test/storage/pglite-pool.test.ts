import type { PGlite } from "@electric-sql/pglite";
import { expect, test } from "@jest/globals";

import { createPglitePool } from "../../src/storage/pglite-pool.ts";

/** A database that answers each query with the next of `answers`; an Error is thrown. */
function scripted(answers: unknown[]): { db: PGlite; asked: string[] } {
  const asked: string[] = [];
  const answer = async (text: string): Promise<unknown> => {
    asked.push(text);
    const next = answers.shift();
    if (next instanceof Error) throw next;
    return next;
  };
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the pool uses these methods only
  const db = {
    query: answer,
    exec: async (text: string) => [await answer(text)],
  } as unknown as PGlite;
  return { db, asked };
}

const wrap = (cause: Error): Error => new Error(`broken: ${cause.message}`);

test.each([
  ["a panic", Object.assign(new Error("no space"), { severity: "PANIC" })],
  ["an abort", new Error("Aborted(). Build with -sASSERTIONS")],
  ["a trap", Object.assign(new Error("unreachable"), { name: "RuntimeError" })],
])(
  "never asks the database again after %s, also for those who waited in line",
  async (_, failure) => {
    const { db, asked } = scripted([{ rows: [1] }, failure, { rows: [2] }]);
    const { pool, fatal } = createPglitePool(db, () => undefined, wrap);

    const results = await Promise.allSettled(["a", "b", "c", "d"].map((text) => pool.query(text)));

    expect(asked).toEqual(["a", "b"]);
    expect(results.map((result) => result.status)).toEqual([
      "fulfilled",
      "rejected",
      "rejected",
      "rejected",
    ]);
    expect(fatal()?.message).toBe(`broken: ${failure.message}`);
  },
);

test("goes on after an ordinary error", async () => {
  const { db, asked } = scripted([
    Object.assign(new Error("no such table"), { severity: "ERROR", code: "42P01" }),
    { rows: [2] },
  ]);
  const { pool, fatal } = createPglitePool(db, () => undefined, wrap);

  await expect(pool.query("a")).rejects.toThrow("no such table");

  expect(await pool.query("b")).toEqual({ rows: [2] });
  expect(asked).toEqual(["a", "b"]);
  expect(fatal()).toBeUndefined();
});

test("lets timers run between failures, so that an eager caller starves nobody", async () => {
  const { db } = scripted([]);
  const { pool } = createPglitePool(db, () => new Error("not now"), wrap);
  let ticks = 0;
  const timer = setInterval(() => {
    ticks += 1;
  }, 20);

  for (let tries = 0; tries < 3; tries++) await pool.query("again").catch(() => undefined);

  clearInterval(timer);
  expect(ticks).toBeGreaterThan(3);
});
