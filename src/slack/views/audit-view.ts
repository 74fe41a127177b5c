import type { AuditEntry } from "../../usecases/audit/audit-log.ts";
import { describeEntry } from "../../usecases/audit/describe-entry.ts";
import { context, limits, message, type MessageContent, section } from "./blocks.ts";
import { ago, joinWithin, literal, mrk, oneLine } from "./text.ts";

/** The newest entries of the audit log, newest first. */
export function renderAudit(entries: readonly AuditEntry[], nowMs: number): MessageContent {
  if (entries.length === 0)
    return message("The audit log is empty.", [section(mrk`The audit log is empty.`)]);
  const lines = entries.map(
    (entry) =>
      mrk`• *${entry.type}* ${entry.by?.name ?? ""} ${ago(entry.atMs, nowMs)}: ${literal(oneLine(detailsOf(entry)), 300)}`,
  );
  return message(
    entries.map(describeEntry).join("\n"),
    [
      section(joinWithin(lines, "\n", limits.sectionText - 100, (left) => mrk`… ${left} more`)),
      context([mrk`Secrets are masked. \`callboard audit export\` writes all of it.`]),
    ],
    1,
  );
}

function detailsOf({ about = {}, details = {} }: AuditEntry): string {
  return [...Object.values(about), ...Object.values(details)]
    .map((value) => (typeof value === "string" ? value : JSON.stringify(value)))
    .join("  ");
}
