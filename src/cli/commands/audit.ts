import { openConfiguredStorage } from "../../app/create-core.ts";
import { InputError } from "../../base/errors.ts";
import { silentLogger } from "../../base/logger.ts";
import { type AuditEntry, auditFault, createAuditLog } from "../../usecases/audit/audit-log.ts";
import { describeEntry } from "../../usecases/audit/describe-entry.ts";
import { type CliContext, loadConfig } from "../context.ts";

const dayMs = 86_400_000;

/** `callboard audit export`: the log, oldest first, and whether it is whole; 1 when it is not. */
export async function runAuditExport(
  context: CliContext,
  options: { since?: string; json?: boolean },
): Promise<number> {
  const config = loadConfig(context);
  const sinceMs = options.since === undefined ? 0 : parseSince(options.since, Date.now());
  const storage = await openConfiguredStorage(config, silentLogger);
  try {
    const log = createAuditLog(storage.records, config.file.audit.keepDays * dayMs);
    const seen = new Set<string>();
    const faults: string[] = [];
    let before: AuditEntry | undefined;
    let count = 0;
    for await (const entry of log.readAll()) {
      const fault = auditFault(entry, before);
      if (fault !== undefined) faults.push(`entry ${fault.id}: ${fault.fault}`);
      before = entry;
      // noted twice around a crash
      if (seen.has(entry.eventId)) continue;
      seen.add(entry.eventId);
      if (entry.atMs < sinceMs) continue;
      count += 1;
      const line = options.json === true ? JSON.stringify(entry) : describeEntry(entry);
      context.stdout.write(`${line}\n`);
    }
    const state =
      faults.length === 0 ? "the log is whole" : `the log was changed: ${faults.join("; ")}`;
    context.stderr.write(`${count} entries; ${state}\n`);
    return faults.length === 0 ? 0 : 1;
  } finally {
    await storage.close();
  }
}

/** @throws InputError `audit-since-malformed` */
function parseSince(text: string, nowMs: number): number {
  // a number of days
  const days = /^(\d{1,5})d$/.exec(text)?.[1];
  const atMs = days === undefined ? Date.parse(text) : nowMs - Number(days) * dayMs;
  if (!Number.isNaN(atMs)) return atMs;
  throw new InputError("audit-since-malformed", `“${text}” is no date`, {
    hint: "write --since 2026-11-01 or --since 7d",
  });
}
