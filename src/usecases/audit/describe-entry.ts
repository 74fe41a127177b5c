import type { AuditEntry } from "./audit-log.ts";

/** Longer details are cut in one line; the export as JSON has all. */
const longest = 400;

/** Line ends, signs that steer a terminal, and those that turn the direction of writing: people choose their own names. */
const steering = /[\p{Cc}\p{Cf}\u2028\u2029]+/gu;

/** An entry in one line, whatever people have typed: `2026-11-28 08:00:05Z run-accepted by Ada (user:default/ada) run=… {…}`. */
export function describeEntry({ atMs, type, by, about, details }: AuditEntry): string {
  const time = new Date(atMs).toISOString().slice(0, 19).replace("T", " ");
  const id = by?.userRef ?? by?.slackUserId;
  const who = by === undefined ? "" : ` by ${by.name}${id === undefined ? "" : ` (${id})`}`;
  const what = Object.entries(about ?? {}).map(([key, value]) => ` ${key}=${text(value)}`);
  const more = details === undefined ? "" : ` ${JSON.stringify(details)}`;
  const line = `${time}Z ${type}${who}${what.join("")}`;
  const whole = `${line}${more.length > longest ? `${more.slice(0, longest)}…` : more}`;
  return whole.replaceAll(steering, " ");
}

function text(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}
