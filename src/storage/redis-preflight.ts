import { findClockSkew } from "./clock-skew.ts";
import type { StorageFinding } from "./contract.ts";
import type { RedisClient } from "./redis-client.ts";

/** Oldest version that BullMQ recommends. */
const recommendedVersion = [6, 2] as const;

/** Reads the server's settings by INFO and TIME, which managed services allow too (CONFIG they often do not). */
export async function inspectRedis(redis: RedisClient): Promise<StorageFinding[]> {
  const info = parseInfo(await redis.info());
  const beforeMs = Date.now();
  const [seconds, microseconds] = await redis.time();
  const serverMs = Number(seconds) * 1000 + Math.floor(Number(microseconds) / 1000);
  return [...findSettings(info), ...findClockSkew(serverMs, beforeMs, Date.now())];
}

/** Answers of INFO, `key:value` a line, by key. */
export function parseInfo(text: string): Map<string, string> {
  const entries = new Map<string, string>();
  for (const line of text.split(/\r?\n/)) {
    const colon = line.indexOf(":");
    if (colon > 0 && !line.startsWith("#"))
      entries.set(line.slice(0, colon), line.slice(colon + 1));
  }
  return entries;
}

/** What in a server's INFO endangers jobs: eviction and missing persistence lose them silently. */
export function findSettings(info: ReadonlyMap<string, string>): StorageFinding[] {
  const findings: StorageFinding[] = [];
  const policy = info.get("maxmemory_policy");
  if (policy !== undefined && policy !== "noeviction") {
    findings.push({
      severity: "error",
      code: "redis-evicts",
      message: `Redis has maxmemory-policy ${policy}, so it deletes jobs and records when memory is short`,
      hint: "set maxmemory-policy noeviction",
    });
  }
  if (info.get("aof_enabled") === "0") {
    findings.push({
      severity: "warning",
      code: "redis-not-durable",
      message: "Redis keeps no append-only file, so a crash of it loses accepted jobs",
      hint: "set appendonly yes (with appendfsync everysec or always)",
    });
  }
  if (info.get("aof_last_write_status") === "err") {
    findings.push({
      severity: "error",
      code: "redis-disk-failing",
      message: "Redis could not write its append-only file the last time",
      hint: "look at the room and the health of the server's disk",
    });
  }
  if (info.get("role") === "slave") {
    findings.push({
      severity: "error",
      code: "redis-read-only",
      message: "REDIS_URL leads to a replica, which accepts no writes",
      hint: "give the address of the primary",
    });
  }
  const version = info.get("redis_version");
  if (version !== undefined && isOlder(version)) {
    findings.push({
      severity: "warning",
      code: "redis-old",
      message: `Redis ${version} is older than ${recommendedVersion.join(".")}`,
      hint: "upgrade Redis, or use Valkey",
    });
  }
  return findings;
}

function isOlder(version: string): boolean {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  const [wantedMajor, wantedMinor] = recommendedVersion;
  return major < wantedMajor || (major === wantedMajor && minor < wantedMinor);
}
