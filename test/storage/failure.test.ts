import { inspect } from "node:util";

import { expect, test } from "@jest/globals";

import { NotFoundError } from "../../src/base/errors.ts";
import { toStorageError, withDeadline } from "../../src/storage/failure.ts";

const backend = { label: "Redis", hint: "check it" };

test.each([
  [{ message: "OOM command not allowed when used memory > 'maxmemory'." }, "storage-full", true],
  [
    { message: "could not extend file: No space left on device", code: "53100" },
    "storage-full",
    true,
  ],
  [{ message: "write ENOSPC", code: "ENOSPC" }, "storage-full", true],
  [{ message: "WRONGPASS invalid username-password pair" }, "storage-denied", false],
  [{ message: 'role "x" does not exist', code: "28000" }, "storage-denied", false],
  [{ message: "permission denied for schema", code: "42501" }, "storage-denied", false],
  [{ message: "syntax error", code: "42601" }, "storage-failed", false],
  [{ message: "connect ECONNREFUSED", code: "ECONNREFUSED" }, "storage-unavailable", true],
  [{ message: "Command timed out" }, "storage-unavailable", true],
  [{ message: "the database system is shutting down", code: "57P03" }, "storage-unavailable", true],
])("%j becomes %s", (failure, code, isRetryable) => {
  const error = Object.assign(new Error(failure.message), failure);

  expect(toStorageError(error, backend)).toMatchObject({ code, isRetryable });
});

test("an error of ours stays as it is", () => {
  const ours = new NotFoundError("gone", "gone");

  expect(toStorageError(ours, backend)).toBe(ours);
});

test("what a driver hangs on its errors, such as the command with the password, is left out", () => {
  const error = Object.assign(new Error("ERR"), { command: { name: "auth", args: ["geheim"] } });

  expect(inspect(toStorageError(error, backend), { depth: 9 })).not.toContain("geheim");
});

test("a deadline ends the wait for what never answers, and only for that", async () => {
  await expect(withDeadline(new Promise(() => undefined), 20, backend)).rejects.toMatchObject({
    code: "storage-unavailable",
    message: "Redis did not answer within 20 ms",
  });
  expect(await withDeadline(Promise.resolve(1), 20, backend)).toBe(1);
});
