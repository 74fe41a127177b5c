import { canonicalRef } from "../catalog/ref.ts";
import type { ApprovalRequirement } from "./model.ts";

/** The annotation of a template that must be approved; `callboard.dev/approval.<step id>` holds for one of its steps. */
export const approvalAnnotation = "callboard.dev/approval";

/** Longer than this nobody waits for an answer. */
const mostMs = 30 * 24 * 3_600_000;
const weekMs = 7 * 24 * 3_600_000;

/**
 * Parses who must approve: groups, separated by commas, then settings behind semicolons, as in
 * `team-security, team-platform; count=2; expires=3d; channel=#security; remind=no`.
 * @returns the requirement, or what is wrong with the text
 */
export function parseApproval(
  text: string,
): { requirement: ApprovalRequirement } | { fault: string } {
  const [written = "", ...more] = text.split(";").map((part) => part.trim());
  const names = written.split(",").map((name) => name.trim());
  if (names.some((name) => name === ""))
    return { fault: "it must begin with the groups that may approve" };
  const requirement: ApprovalRequirement = {
    groups: [],
    count: 1,
    expiresMs: weekMs,
    isReminded: true,
  };
  for (const name of names) {
    const group = groupRef(name);
    if (group === undefined) return { fault: `“${name}” is no reference of a group` };
    requirement.groups.push(group);
  }
  for (const setting of more.filter((part) => part !== "")) {
    const fault = applySetting(setting, requirement);
    if (fault !== undefined) return { fault };
  }
  return { requirement };
}

/** Canonical reference of a group by its name or reference; undefined when it is neither. */
function groupRef(name: string): string | undefined {
  const ref = canonicalRef(name, { defaultKind: "group" });
  // group:namespace/name
  return ref !== undefined && /^group:[^\s/]+\/[^\s/]+$/.test(ref) ? ref : undefined;
}

/** Takes a setting into the requirement; gives what is wrong with it, or undefined. */
type Setting = (value: string, requirement: ApprovalRequirement) => string | undefined;

const settings: ReadonlyMap<string, Setting> = new Map<string, Setting>([
  [
    "count",
    (value, requirement) => {
      requirement.count = Number(value);
      return /^[1-9]$|^10$/.test(value) ? undefined : "must be a number from 1 to 10";
    },
  ],
  [
    "expires",
    (value, requirement) => {
      const ms = parseDuration(value);
      if (ms === undefined) return "must be a time such as 30m, 12h or 7d, at most 30d";
      requirement.expiresMs = ms;
      return undefined;
    },
  ],
  [
    "channel",
    (value, requirement) => {
      requirement.channel = value;
      return channelPattern.test(value) ? undefined : "must be a channel's id or #name";
    },
  ],
  [
    "remind",
    (value, requirement) => {
      requirement.isReminded = value === "yes";
      return value === "yes" || value === "no" ? undefined : "must be yes or no";
    },
  ],
]);

function applySetting(written: string, requirement: ApprovalRequirement): string | undefined {
  const at = written.indexOf("=");
  const name = written.slice(0, Math.max(at, 0)).trim();
  const value = written.slice(at + 1).trim();
  const setting = settings.get(name);
  if (setting === undefined)
    return `“${written}” is not one of count=, expires=, channel=, remind=`;
  const fault = setting(value, requirement);
  return fault === undefined ? undefined : `${name} ${fault}, found “${value}”`;
}

/** `C0SECURITY` or `#security`. */
const channelPattern = /^(?:[CG][A-Z0-9]{6,}|#[\p{Ll}\p{N}_-]{1,80})$/u;

const unitsMs: Readonly<Record<string, number>> = {
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
};

/** `90s`, `30m`, `12h` or `7d` in milliseconds; undefined when it is none of these or longer than 30 days. */
export function parseDuration(text: string): number | undefined {
  // a number and its unit
  const [, amount, unit = ""] = /^(\d{1,6})([smhd])$/.exec(text) ?? [];
  const ms = Number(amount) * (unitsMs[unit] ?? Number.NaN);
  return ms > 0 && ms <= mostMs ? ms : undefined;
}
