import { inspect } from "node:util";

import { expect, test } from "@jest/globals";

import { parseRedisAddress } from "../../src/storage/redis-address.ts";

test.each([
  [
    "redis://localhost",
    { kind: "single", nodes: [{ host: "localhost", port: 6379 }], hasTls: false, db: 0 },
  ],
  [
    "redis://h:7000/3",
    { kind: "single", nodes: [{ host: "h", port: 7000 }], hasTls: false, db: 3 },
  ],
  [
    "redis://[::1]:7000",
    { kind: "single", nodes: [{ host: "::1", port: 7000 }], hasTls: false, db: 0 },
  ],
  [
    "rediss://ada:p%40ss%2F%3A@h/",
    {
      kind: "single",
      nodes: [{ host: "h", port: 6379 }],
      hasTls: true,
      db: 0,
      username: "ada",
      password: "p@ss/:",
    },
  ],
  [
    "redis://:secret@h",
    {
      kind: "single",
      nodes: [{ host: "h", port: 6379 }],
      hasTls: false,
      db: 0,
      password: "secret",
    },
  ],
  [
    "redis+sentinel://:pw@a,b:26380/callboard/2?sentinelPassword=other",
    {
      kind: "sentinel",
      nodes: [
        { host: "a", port: 26_379 },
        { host: "b", port: 26_380 },
      ],
      hasTls: false,
      db: 2,
      password: "pw",
      masterName: "callboard",
      sentinelPassword: "other",
    },
  ],
  [
    "rediss+cluster://ada:pw@a:7000,b:7001",
    {
      kind: "cluster",
      nodes: [
        { host: "a", port: 7000 },
        { host: "b", port: 7001 },
      ],
      hasTls: true,
      db: 0,
      username: "ada",
      password: "pw",
    },
  ],
])("reads %s", (text, expected) => {
  expect(parseRedisAddress(text)).toEqual(expected);
});

test.each([
  "",
  "redis:",
  "redis://",
  "localhost:6379",
  "http://localhost",
  "redis+other://h",
  "redis://:geheim@h:0",
  "redis://:geheim@h:99999",
  "redis://:geheim@h:port",
  "redis://:geheim@h/one",
  "redis://:geheim@a,b",
  "redis://:geheim%@h",
  "redis://:geheim@h/%zz",
  "redis+sentinel://:geheim@h",
  "redis+sentinel://:geheim@h/",
  "redis+sentinel://:geheim@h/name/x",
  "redis+cluster://:geheim@a,,b",
  "redis+cluster://:geheim@a:b:c",
  "redis://:ge@heim@h",
])("refuses %j without quoting it", (text) => {
  let error: unknown;
  try {
    parseRedisAddress(text);
  } catch (thrown) {
    error = thrown;
  }

  expect(error).toMatchObject({ name: "InputError", code: "storage-url-invalid" });
  expect(inspect(error, { depth: 9 })).not.toMatch(/geheim|heim@/);
});
