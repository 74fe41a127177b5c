import { z } from "zod";

import { parseBoundedYaml } from "../base/bounded-yaml.ts";
import { InputError, toError } from "../base/errors.ts";
import type { OnCallPerson } from "./contract.ts";
import type { Rotation } from "./rotation.ts";
import { createZone, type Zone } from "./zone.ts";

// 2026-01-05 or 2026-01-05T09:00
const moment = z
  .string()
  .regex(/^\d{4}-\d{2}-\d{2}(?:T\d{2}:\d{2})?$/, { error: "a date such as 2026-01-05T09:00" });

const person = z.union([
  z.string().min(1).max(200),
  z.strictObject({
    name: z.string().min(1).max(200),
    email: z.string().max(320).optional(),
    user: z.string().max(200).optional(),
  }),
]);

const rotation = z.strictObject({
  people: z.array(person).min(1).max(200),
  start: moment,
  // 12h, 1d, 2w
  shift: z
    .string()
    .regex(/^[1-9]\d{0,3}[hdw]$/, { error: "a length such as 12h, 1d or 1w" })
    .default("1w"),
  handover: z
    .string()
    .regex(/^(?:[01]\d|2[0-3]):[0-5]\d$/, { error: "a time such as 09:00" })
    .optional(),
  timeZone: z.string().optional(),
  overrides: z
    .array(z.strictObject({ person, from: moment, to: moment }))
    .max(1000)
    .default([]),
});

/**
 * Schedules by name: a rotation each, or a list of rotations, the second of which is called when the first does not answer.
 * People are names, or Users of the catalog by name or reference.
 */
export const rotationsSchema = z.record(
  z.string().min(1).max(100),
  z.union([rotation, z.array(rotation).min(1).max(10)]),
);

const fileSchema = z.strictObject({ timeZone: z.string().optional(), schedules: rotationsSchema });

/** Schedules as written, checked for their form only. */
export type WrittenRotations = z.output<typeof rotationsSchema>;

/**
 * Rotations from what was written, by schedule and level.
 * @throws InputError `oncall-malformed` naming the schedule and what is wrong with it
 */
export function buildRotations(
  written: WrittenRotations,
  defaultZone: string,
): Map<string, Rotation[]> {
  return new Map(
    Object.entries(written).map(([name, schedule]) => {
      const levels = Array.isArray(schedule) ? schedule : [schedule];
      return [name, levels.map((level) => buildRotation(name, level, defaultZone))];
    }),
  );
}

/** Reads a YAML file of schedules. @throws InputError `oncall-malformed` */
export function parseRotationFile(
  text: string,
  file: string,
  defaultZone: string,
): Map<string, Rotation[]> {
  let value: unknown;
  try {
    value = parseBoundedYaml(text, { maxLength: 1_000_000 });
  } catch (thrown) {
    throw malformed(`${file} is no YAML: ${toError(thrown).message}`);
  }
  const parsed = fileSchema.safeParse(value);
  if (parsed.success)
    return buildRotations(parsed.data.schedules, parsed.data.timeZone ?? defaultZone);
  const [issue] = parsed.error.issues;
  throw malformed(`${file}: ${issue?.path.join(".") ?? ""}: ${issue?.message ?? "is malformed"}`);
}

type WrittenRotation = z.output<typeof rotation>;

function buildRotation(name: string, written: WrittenRotation, defaultZone: string): Rotation {
  const zoneName = written.timeZone ?? defaultZone;
  const zone = createZone(zoneName);
  if (zone === undefined) throw malformed(`schedule ${name}: there is no time zone “${zoneName}”`);
  const shiftMs = lengthOf(written.shift);
  const { overrides } = written;
  return {
    people: written.people.map(toPerson),
    startWallMs: wallOf(name, written.start, written.handover ?? "00:00"),
    shiftMs,
    zone,
    overrides: overrides.map((override) => toOverride(name, override, zone)),
  };
}

function toOverride(
  name: string,
  override: WrittenRotation["overrides"][number],
  zone: Zone,
): Rotation["overrides"][number] {
  const fromMs = zone.instantOf(wallOf(name, override.from, "00:00"));
  const toMs = zone.instantOf(wallOf(name, override.to, "00:00"));
  if (toMs <= fromMs)
    throw malformed(`schedule ${name}: the override from ${override.from} ends before it begins`);
  return { fromMs, toMs, person: toPerson(override.person) };
}

/** A bare word may be a User of the catalog; whoever shows the person looks that up. */
function toPerson(written: z.output<typeof person>): OnCallPerson {
  if (typeof written === "string") return { name: written, ref: written };
  const { name, email, user } = written;
  return {
    name,
    ...(email === undefined ? {} : { email }),
    ...(user === undefined ? {} : { ref: user }),
  };
}

function wallOf(name: string, text: string, time: string): number {
  const full = text.includes("T") ? text : `${text}T${time}`;
  const wall = Date.parse(`${full}:00Z`);
  // 2026-02-30 would become 2 March
  if (Number.isNaN(wall) || !new Date(wall).toISOString().startsWith(full))
    throw malformed(`schedule ${name}: there is no such day or time as ${text}`);
  return wall;
}

const unitsMs: Record<string, number> = { h: 3_600_000, d: 24 * 3_600_000, w: 7 * 24 * 3_600_000 };

function lengthOf(text: string): number {
  return Number.parseInt(text, 10) * (unitsMs[text.at(-1) ?? ""] ?? 0);
}

function malformed(message: string): InputError {
  return new InputError("oncall-malformed", message, {
    hint: "docs/oncall.md shows a schedule with all of its keys",
  });
}
