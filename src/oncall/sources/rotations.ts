import { NotFoundError } from "../../base/errors.ts";
import type { OnCallReading, OnCallSource } from "../contract.ts";
import { buildRotations, parseRotationFile, type WrittenRotations } from "../rotation-file.ts";
import { readRotation, type Rotation } from "../rotation.ts";
import { type Place, readPlace, shownPlace } from "./place.ts";

export interface RotationsOptions {
  id: string;
  /** The file or address that holds the schedules, or the schedules with the file that they were written in. */
  from: { place: Place } | { schedules: WrittenRotations; file: string };
  /** For schedules that name none. */
  timeZone: string;
}

type Rotations = ReadonlyMap<string, Rotation[]>;

/** Rotations written in YAML, in the configuration or a file. @throws InputError `oncall-malformed` for those of the configuration */
export function createRotationsSource({ id, from, timeZone }: RotationsOptions): OnCallSource {
  const written = "schedules" in from ? buildRotations(from.schedules, timeZone) : undefined;
  const shown = "place" in from ? shownPlace(from.place) : from.file;
  const load = async (signal: AbortSignal): Promise<Rotations> =>
    written ?? ("place" in from ? await loadPlace(from.place, timeZone, signal) : new Map());
  return {
    id,
    label: "schedule",
    async read(key, atMs, signal) {
      const all = await load(signal);
      const names = [...all.keys()];
      const name = key === "" && names.length === 1 ? (names[0] ?? "") : key;
      const rotations = all.get(name);
      if (rotations === undefined) throw unknown(name, shown, names);
      return readAll(rotations, { title: name, source: `${shown}, schedule ${name}` }, atMs);
    },
    async check(_atMs, signal) {
      const names = [...(await load(signal)).keys()];
      return `${names.length} schedules in ${shown}: ${names.slice(0, 8).join(", ")}`;
    },
  };
}

async function loadPlace(place: Place, timeZone: string, signal: AbortSignal): Promise<Rotations> {
  return parseRotationFile(await readPlace(place, signal), shownPlace(place), timeZone);
}

function readAll(
  rotations: readonly Rotation[],
  about: { title: string; source: string },
  atMs: number,
): OnCallReading {
  const read = rotations.map((rotation, index) => readRotation(rotation, index + 1, atMs));
  const levels = read.filter(({ people }) => people.length > 0);
  if (levels.length > 0) return { ...about, levels };
  const begins = read.flatMap(({ untilMs }) => (untilMs === undefined ? [] : [untilMs]));
  return { ...about, levels, ...(begins.length === 0 ? {} : { nextAtMs: Math.min(...begins) }) };
}

function unknown(name: string, shown: string, names: readonly string[]): NotFoundError {
  return new NotFoundError(
    "oncall-schedule-unknown",
    name === "" ? `${shown} holds several schedules` : `${shown} holds no schedule “${name}”`,
    { hint: `it holds ${names.slice(0, 10).join(", ")}` },
  );
}
