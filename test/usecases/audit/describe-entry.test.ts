import { expect, test } from "@jest/globals";

import { describeEntry } from "../../../src/usecases/audit/describe-entry.ts";

test("an entry is one line, whatever people call themselves or type", () => {
  const name = "Ada\n2026-11-28 08:00:05Z run-completed\u2028by\u202e Bob\u001b[2J\u009b";
  const line = describeEntry({
    id: "000000000001",
    eventId: "e",
    previous: "",
    hash: "",
    atMs: Date.UTC(2026, 10, 28),
    type: "refused",
    by: { name, slackUserId: "U1" },
    about: { template: "x\r\ny" },
    details: { why: "a\nb" },
  });

  expect(line).toBe(
    `2026-11-28 00:00:00Z refused by Ada 2026-11-28 08:00:05Z run-completed by  Bob [2J  (U1) template=x y {"why":"a\\nb"}`,
  );
});
