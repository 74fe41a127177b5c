import { NotFoundError } from "../../base/errors.ts";
import { isRecord } from "../../base/json.ts";
import type { HeldBack } from "./hold-back.ts";
import type { KeptStore } from "./kept-store.ts";

/** How a source stands, for people and for other processes. */
export interface SourceStatus {
  id: string;
  entities: number;
  /** Milliseconds since the epoch: how old what is served is; absent when it was never read. */
  readAtMs?: number;
  error?: { code: string; message: string };
  heldBack?: HeldBack;
}

/** What processes tell each other about the catalog: how its sources stand, and what people accepted. */
export interface CatalogBoard {
  post(sources: readonly SourceStatus[]): Promise<void>;
  sources(): Promise<SourceStatus[]>;
  /**
   * Accepts what is held back, of one source or of all.
   * @returns the accepted sources
   * @throws NotFoundError `nothing-held-back`, `source-unknown`
   */
  accept(sourceId?: string): Promise<SourceStatus[]>;
  /** Ids of accepted drops, by source. */
  accepted(): Promise<ReadonlyMap<string, string>>;
}

const statusKey = "status";
const acceptedKey = "accepted";

/** Creates the board over what processes share. */
export function createCatalogBoard(store: KeptStore): CatalogBoard {
  const sources = async (): Promise<SourceStatus[]> => {
    const posted = parse(await store.read(statusKey));
    return Array.isArray(posted) ? posted.filter(isSourceStatus) : [];
  };
  const accepted = async (): Promise<Map<string, string>> => {
    const value = parse(await store.read(acceptedKey));
    const entries = isRecord(value) ? Object.entries(value) : [];
    return new Map(entries.map(([source, id]) => [source, String(id)]));
  };
  return {
    sources,
    accepted,
    post: (states) => store.write(statusKey, JSON.stringify(states)),
    async accept(sourceId) {
      const all = await sources();
      if (sourceId !== undefined && !all.some(({ id }) => id === sourceId)) {
        const names = all.map(({ id }) => id).join(", ");
        throw new NotFoundError("source-unknown", `there is no source ${sourceId}`, {
          hint: names === "" ? "the bot has not posted any yet" : `expected one of ${names}`,
        });
      }
      const held = all.filter(
        ({ id, heldBack }) => heldBack !== undefined && (sourceId === undefined || id === sourceId),
      );
      if (held.length === 0) {
        const what = sourceId === undefined ? "no source is" : `${sourceId} is not`;
        throw new NotFoundError("nothing-held-back", `${what} held back`);
      }
      const ids = await accepted();
      for (const { id, heldBack } of held) ids.set(id, heldBack?.id ?? "");
      await store.write(acceptedKey, JSON.stringify(Object.fromEntries(ids)));
      return held;
    },
  };
}

/** The part of a source's state that people and other processes are told. */
export function statusOf({ id, entities, readAtMs, error, heldBack }: SourceStatus): SourceStatus {
  return {
    id,
    entities,
    ...(readAtMs === undefined ? {} : { readAtMs }),
    ...(error === undefined ? {} : { error }),
    ...(heldBack === undefined ? {} : { heldBack }),
  };
}

function parse(text: string | undefined): unknown {
  try {
    const value: unknown = text === undefined ? undefined : JSON.parse(text);
    return value;
  } catch {
    return undefined;
  }
}

function isSourceStatus(value: unknown): value is SourceStatus {
  if (!isRecord(value) || typeof value["id"] !== "string") return false;
  const { entities, heldBack } = value;
  const isHeld = isRecord(heldBack) && typeof heldBack["id"] === "string";
  return typeof entities === "number" && (heldBack === undefined || isHeld);
}
