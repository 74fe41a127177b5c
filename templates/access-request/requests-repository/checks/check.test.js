import assert from "node:assert/strict";
import { test } from "node:test";

import { checkRequest } from "./check.js";

const path = "access/orders-db/dario.costa.yaml";
const good = `# a comment
person: "user:default/dario.costa"
target: "resource:default/orders-db"
level: "read"
days: 30
reason: "Find out why refunds of March differ."
`;

test("accepts a complete request", () => {
  assert.deepEqual(checkRequest(path, good), []);
});

test("names every fault", () => {
  const faults = checkRequest(path, good.replace("30", "365").replace('"read"', '"write"'));

  assert.equal(faults.length, 2);
  assert.match(faults[0], /days is 365, expected a whole number from 1 to 90/);
  assert.match(faults[1], /ticket is missing/);
});

test("refuses a request in somebody else's file", () => {
  assert.match(checkRequest("access/orders-db/theo.blake.yaml", good)[0], /expected access\/orders-db\/dario\.costa\.yaml/);
});

test("refuses text that is no request", () => {
  assert.match(checkRequest(path, "give me access")[0], /line 1/);
});
