import type { OnCallPerson } from "./contract.ts";

const longestName = 200;

/**
 * Who an event of a calendar is about: its attendees, else the name in its title, without what the tools that export rotas put
 * around it: `On Call - Jane Doe - Payments`, `[L2] jane`, `Jane Doe (secondary)`.
 */
export function personOfEvent(event: {
  summary: string;
  attendees: readonly { address: string; name: string }[];
}): { level: number; people: OnCallPerson[] } {
  const { level, name } = parseTitle(event.summary);
  const invited = event.attendees.slice(0, 20).flatMap(({ address, name: given }) => {
    const email = address.replace(/^mailto:/i, "").trim();
    if (!email.includes("@")) return [];
    const shown = given !== "" && !given.includes("@") ? given : undefined;
    // with one attendee the title names the same person
    const own = shown ?? (event.attendees.length === 1 && name !== "" ? name : email);
    return [{ name: own.slice(0, longestName), email }];
  });
  if (invited.length > 0) return { level, people: invited };
  const isAddress = /^\S+@\S+$/.test(name);
  return {
    level,
    people: name === "" ? [] : [{ name, ref: name, ...(isAddress ? { email: name } : {}) }],
  };
}

function parseTitle(summary: string): { level: number; name: string } {
  const text = summary.trim().slice(0, 500);
  // [L2], (level 2)
  const numbered = /[[(](?:L|level )(\d{1,2})[\])]/i.exec(text);
  const isSecond = /\b(?:secondary|backup)\b/i.test(text);
  const level = numbered === null ? (isSecond ? 2 : 1) : Math.max(1, Number(numbered[1]));
  const name = text
    .replace(/[[(](?:L|level )\d{1,2}[\])]/i, "")
    .replace(/[[(](?:primary|secondary|backup|override)[\])]/i, "")
    .replace(/^\s*on[- ]?call\s*[-–:]\s*/i, "")
    .replace(/^\s*(?:primary|secondary|backup)\s*[-–:]\s*/i, "")
    // what follows the name is the schedule's
    .split(/\s[-–|]\s/)[0];
  return { level, name: (name ?? "").trim().slice(0, longestName) };
}
