import { toError } from "../../base/errors.ts";
import { isRecord, toJsonObject } from "../../base/json.ts";
import type { Logger } from "../../base/logger.ts";
import type { Entity } from "../../catalog/model.ts";
import { findPlace } from "../../catalog/places.ts";
import type { CheckedDocument, FileReading } from "../../catalog/read-file.ts";
import type { KeptStore } from "./kept-store.ts";

/** Readings by source id that hold nothing but what broken files said when they were last sound. */
export type SoundReadings = ReadonlyMap<string, readonly FileReading[]>;

/** Of a catalog: how its sources stand, and what was read of them. */
interface Loaded {
  sources: readonly { id: string; readAtMs?: number }[];
  readings: SoundReadings;
}

/** Keeps what broken files said before they broke, so that a restart does not lose it. */
export interface LastSound {
  /** Reads what was kept; whatever cannot be understood is left out. Never rejects. */
  load(): Promise<SoundReadings>;
  /** Keeps what of this catalog no file says soundly any more, if that changed. */
  save(loaded: Loaded): void;
  /** Resolves when everything is stored. */
  settled(): Promise<void>;
}

const key = "last-sound";
/** Whoever breaks more at once has other worries than a restart. */
const maxDocuments = 5_000;

interface Row {
  source: string;
  file: string;
  base: string;
  ref: string;
  entity: Entity;
  originBase: string;
  line: number;
  places: string;
  readAtMs: number;
}

/** Creates the keeper; nothing is read yet. */
export function createLastSound(store: KeptStore, logger: Logger): LastSound {
  let known: Row[] = [];
  let written = "[]";
  let writing: Promise<unknown> = Promise.resolve();
  const warn = (what: string) => (thrown: unknown) =>
    logger.warn({ error: toError(thrown).message }, what);
  return {
    async load() {
      try {
        const text = (await store.read(key)) ?? "[]";
        const value: unknown = JSON.parse(text);
        known = Array.isArray(value) ? value.filter(isRow) : [];
        written = text;
      } catch (thrown) {
        warn("what broken files said is not readable")(thrown);
      }
      return toReadings(known);
    },
    save(loaded) {
      const read = new Set(
        loaded.sources.flatMap(({ id, readAtMs }) => (readAtMs === undefined ? [] : [id])),
      );
      // a source that could not be read yet has not said anything else
      const waiting = known.filter(({ source }) => !read.has(source));
      const rows = [...waiting, ...rowsOf(loaded)].slice(0, maxDocuments);
      const text = JSON.stringify(rows);
      if (text === written) return;
      known = rows;
      written = text;
      const write = () => store.write(key, text);
      writing = writing.then(write).catch(warn("what broken files said is not stored"));
    },
    settled: async () => void (await writing),
  };
}

function rowsOf({ readings }: Loaded): Row[] {
  return [...readings].flatMap(([source, files]) =>
    files.flatMap(({ documents }) =>
      documents
        .filter(({ isKept }) => isKept === true)
        .map(({ file: { file, base }, ref, entity, originBase, line, places, readAt }) => {
          const readAtMs = readAt.ms;
          return { source, file, base, ref, entity, originBase, line, places, readAtMs };
        }),
    ),
  );
}

function toReadings(rows: readonly Row[]): SoundReadings {
  const bySource = new Map<string, Map<string, FileReading>>();
  for (const row of rows) {
    const files = bySource.get(row.source) ?? new Map<string, FileReading>();
    bySource.set(row.source, files);
    const reading = files.get(row.base) ?? emptyReading(row);
    files.set(row.base, reading);
    reading.documents.push(documentOf(row, reading));
    reading.entities += 1;
  }
  return new Map([...bySource].map(([id, files]) => [id, [...files.values()]]));
}

/** Without the text of the file, which is never taken for unchanged. */
function emptyReading({ file, base }: Row): FileReading {
  return {
    file: { file, base, text: "" },
    documents: [],
    diagnostics: [],
    refused: [],
    entities: 0,
    hasPlaceholders: false,
    isStale: true,
  };
}

function documentOf(row: Row, { file }: FileReading): CheckedDocument {
  const { ref, entity, originBase, line, places } = row;
  return {
    ref,
    entity,
    file,
    originBase,
    line,
    places,
    locate: (path) => findPlace(places, path),
    readAt: { ms: row.readAtMs },
    isKept: true,
  };
}

/** What was sound once is sound still, as far as it is what was stored. */
function isRow(value: unknown): value is Row {
  const row = toJsonObject(value);
  const { entity, line, readAtMs } = row;
  const texts = ["source", "file", "base", "ref", "originBase", "places"];
  const isWhole = texts.every((name) => typeof row[name] === "string");
  if (!isWhole || typeof line !== "number" || typeof readAtMs !== "number") return false;
  if (!isRecord(entity) || !isRecord(entity["metadata"])) return false;
  return typeof entity["kind"] === "string" && typeof entity["metadata"]["name"] === "string";
}
