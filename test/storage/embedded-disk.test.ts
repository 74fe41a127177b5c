import { expect, test } from "@jest/globals";

import type { JobQueue, RecordStore } from "../../src/storage/contract.ts";
import {
  diskOf,
  guardJobs,
  guardRecords,
  inspectDisk,
  isNearlyFull,
  type Disk,
} from "../../src/storage/embedded-disk.ts";

const megabyte = 1024 * 1024;

function disk(freeBytes: number | undefined): Disk {
  return { folder: "/data", freeBytes: async () => freeBytes };
}

const records: RecordStore = {
  get: async () => undefined,
  put: async () => 1,
  delete: async () => true,
  list: async () => [],
};

const jobs: JobQueue = {
  add: async () => undefined,
  isPending: async () => false,
  forget: async () => undefined,
  counts: async () => ({ waiting: 0, active: 0, delayed: 0, failed: 0, completed: 0 }),
  process: async () => ({ stop: async () => undefined, cancel: () => undefined }),
};

test.each([
  [undefined, undefined],
  [1_000 * megabyte, undefined],
  [200 * megabyte, "warning"],
  [63 * megabyte, "error"],
] as const)("finds with %s bytes free: %s", async (freeBytes, severity) => {
  const findings = await inspectDisk(disk(freeBytes));

  expect(findings.map((finding) => finding.severity)).toEqual(
    severity === undefined ? [] : [severity],
  );
});

test("accepts nothing new on a nearly full disk, but still lets go of things", async () => {
  const full = disk(10 * megabyte);

  const refusal = { code: "storage-full", isRetryable: true };
  await expect(guardRecords(records, full).put("c", "i", 1)).rejects.toMatchObject(refusal);
  await expect(guardJobs(jobs, full).add("n", "i", 1)).rejects.toMatchObject(refusal);
  expect(await guardRecords(records, full).delete("c", "i")).toBe(true);
});

test("accepts everything while there is room", async () => {
  const roomy = disk(10_000 * megabyte);

  expect(await guardRecords(records, roomy).put("c", "i", 1)).toBe(1);
  await guardJobs(jobs, roomy).add("n", "i", 1);
});

test("reads the room of a real folder, and takes a missing one for unknown", async () => {
  expect(await diskOf(".").freeBytes()).toBeGreaterThan(0);
  expect(await diskOf("./no-such-folder").freeBytes()).toBeUndefined();
  expect(await isNearlyFull(diskOf("./no-such-folder"))).toBe(false);
});
