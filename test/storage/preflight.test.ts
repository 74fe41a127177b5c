import { expect, test } from "@jest/globals";

import { findClockSkew } from "../../src/storage/clock-skew.ts";
import { findSettings as findPostgres } from "../../src/storage/postgres-preflight.ts";
import { findSettings as findRedis, parseInfo } from "../../src/storage/redis-preflight.ts";

const soundRedis = {
  redis_version: "7.0.15",
  role: "master",
  aof_enabled: "1",
  aof_last_write_status: "ok",
  maxmemory_policy: "noeviction",
};

test.each([
  [{}, []],
  [{ maxmemory_policy: "volatile-lru" }, ["error redis-evicts"]],
  [{ aof_enabled: "0" }, ["warning redis-not-durable"]],
  [{ aof_last_write_status: "err" }, ["error redis-disk-failing"]],
  [{ role: "slave" }, ["error redis-read-only"]],
  [{ redis_version: "6.0.16" }, ["warning redis-old"]],
  [{ redis_version: "5.9.0" }, ["warning redis-old"]],
  [{ redis_version: "8.0.0" }, []],
])("Redis with %j has the findings %j", (change, expected) => {
  const text = Object.entries({ ...soundRedis, ...change })
    .map(([key, value]) => `${key}:${value}`)
    .join("\r\n");

  const findings = findRedis(parseInfo(`# Server\r\n${text}\r\n`));

  expect(findings.map(({ severity, code }) => `${severity} ${code}`)).toEqual(expected);
});

test("a Redis that tells nothing is not accused of anything", () => {
  expect(findRedis(parseInfo(""))).toEqual([]);
});

const soundPostgres = {
  fsync: "on",
  full_page_writes: "on",
  synchronous_commit: "on",
  is_replica: false,
  encoding: "UTF8",
};

test.each([
  [{}, []],
  [{ fsync: "off" }, ["error postgres-fsync-off"]],
  [{ full_page_writes: "off" }, ["warning postgres-full-page-writes-off"]],
  [{ synchronous_commit: "off" }, ["warning postgres-synchronous-commit-off"]],
  [{ is_replica: true }, ["error postgres-read-only"]],
  [{ encoding: "SQL_ASCII" }, ["error postgres-encoding"]],
])("PostgreSQL with %j has the findings %j", (change, expected) => {
  const findings = findPostgres({ ...soundPostgres, ...change });

  expect(findings.map(({ severity, code }) => `${severity} ${code}`)).toEqual(expected);
});

test.each([
  [10_000, 10_000, 10_010, []],
  [8_500, 10_000, 10_010, []],
  [7_000, 10_000, 10_010, ["warning"]],
  [15_000, 10_000, 10_010, ["warning"]],
  [3_610_000, 10_000, 10_010, ["error"]],
  [12_000, 10_000, 14_000, []],
])(
  "a server at %i, asked between %i and %i, has the findings %j",
  (server, before, after, expected) => {
    expect(findClockSkew(server, before, after).map((finding) => finding.severity)).toEqual(
      expected,
    );
  },
);
