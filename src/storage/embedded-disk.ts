import { statfs } from "node:fs/promises";

import { UpstreamError } from "../base/errors.ts";
import type { JobQueue, RecordStore, StorageFinding } from "./contract.ts";

/** Kept free for what was accepted already: PostgreSQL stops for good when it cannot extend its log by 16 MB. */
const reserveBytes = 64 * 1024 * 1024;
/** Below this much free space somebody should look. */
const lowSpaceBytes = 256 * 1024 * 1024;

/** The file system that a folder lies on. */
export interface Disk {
  folder: string;
  /** Bytes that we may still write; undefined when it does not say. */
  freeBytes: () => Promise<number | undefined>;
}

/** The disk of a folder. */
export function diskOf(folder: string): Disk {
  return {
    folder,
    async freeBytes() {
      try {
        const { bavail, bsize } = await statfs(folder);
        return bavail * bsize;
      } catch {
        return undefined;
      }
    },
  };
}

/** True when less than the reserve is free. */
export async function isNearlyFull(disk: Disk): Promise<boolean> {
  const freeBytes = await disk.freeBytes();
  return freeBytes !== undefined && freeBytes < reserveBytes;
}

/** The records, but nothing is written while the disk is nearly full. @throws UpstreamError `storage-full` */
export function guardRecords(records: RecordStore, disk: Disk): RecordStore {
  return {
    ...records,
    async put(collection, id, value, options) {
      await refuseWhenFull(disk);
      return records.put(collection, id, value, options);
    },
  };
}

/** The queue, but nothing is accepted while the disk is nearly full. @throws UpstreamError `storage-full` */
export function guardJobs<T extends JobQueue>(jobs: T, disk: Disk): T {
  return {
    ...jobs,
    async add(
      name: string,
      id: string,
      data: Parameters<JobQueue["add"]>[2],
      options?: { delayMs?: number },
    ) {
      await refuseWhenFull(disk);
      return jobs.add(name, id, data, options);
    },
  };
}

/** Says when the disk fills up. */
export async function inspectDisk(disk: Disk): Promise<StorageFinding[]> {
  const freeBytes = await disk.freeBytes();
  if (freeBytes === undefined || freeBytes >= lowSpaceBytes) return [];
  const isFull = freeBytes < reserveBytes;
  return [
    {
      severity: isFull ? "error" : "warning",
      code: "disk-nearly-full",
      message: `${megabytes(freeBytes)} MB are free for ${disk.folder}; below ${megabytes(reserveBytes)} MB nothing is accepted`,
      hint: "free some space, or set CALLBOARD_DATA_DIR to a folder on another disk",
    },
  ];
}

async function refuseWhenFull(disk: Disk): Promise<void> {
  if (!(await isNearlyFull(disk))) return;
  throw new UpstreamError("storage-full", `the disk of ${disk.folder} is nearly full`, {
    hint: "free some space; nothing was accepted meanwhile",
    isRetryable: true,
  });
}

function megabytes(bytes: number): number {
  return Math.floor(bytes / 1024 / 1024);
}
