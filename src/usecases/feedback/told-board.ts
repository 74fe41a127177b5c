import { createHash } from "node:crypto";

import { toError } from "../../base/errors.ts";
import { isRecord, type JsonValue } from "../../base/json.ts";
import type { Logger } from "../../base/logger.ts";
import type { RankingHints } from "../../search/ranking-hints.ts";
import type { RecordStore, StoredRecord } from "../../storage/contract.ts";
import { updateRecord } from "../../storage/update.ts";
import { addVote, type ChoiceVotes, chosenOf, decodeVotes, encodeVotes } from "./choice-votes.ts";
import type { Claim } from "./claim.ts";
import { keptWords } from "./gap.ts";
import { readPopularity } from "./popularity.ts";
import { bookOfRecords } from "./question-book.ts";

/** Somebody vouched for what an answer says. */
export interface Confirmation {
  fingerprint: string;
  /** As shown in Slack. */
  by: string;
  atMs: number;
}

/** What people told, at hand for every answer: kept in the storage, read from memory. */
export interface ToldBoard {
  /** For ranking: what people ask for and what they chose. */
  hints(): RankingHints;
  /** Who confirmed a claim as it stands now; undefined when nobody did, or its evidence has changed since. */
  confirmationOf(claim: Claim): Confirmation | undefined;
  /** Remembers which of several things a person meant by some words; their last choice counts. */
  choose(choice: { words: string; ref: string; slackUserId: string }): Promise<void>;
  confirm(claim: Claim, by: string): Promise<void>;
  /** Takes up what other processes wrote; what cannot be read stays as it was. */
  reload(): Promise<void>;
  close(): void;
}

export interface ToldBoardOptions {
  records: RecordStore;
  logger: Logger;
  clock: () => number;
}

const confirmations = "confirmations";
const choices = "choices";
/** Other processes' words are heard after this. */
const reloadMs = 30_000;
/** What people ask for changes slowly. */
const popularityMs = 10 * 60_000;
const choiceKeptMs = 90 * 24 * 3600_000;
/** A confirmation that nobody has renewed says nothing any more. */
const confirmationKeptMs = 365 * 24 * 3600_000;
const pageSize = 500;
const mostKept = 5000;

/** Creates the board; it knows nothing before the first `reload`, which happens by itself. */
export function createToldBoard({ records, logger, clock }: ToldBoardOptions): ToldBoard {
  const confirmed = new Map<string, Confirmation>();
  let chosen = new Map<string, string>();
  let popularity: ReadonlyMap<string, number> = new Map();
  let countedAtMs = Number.NEGATIVE_INFINITY;
  const reload = async (): Promise<void> => {
    for await (const { id, value } of readAll(records, confirmations)) {
      const found = decodeConfirmation(value);
      if (found !== undefined) confirmed.set(id, found);
    }
    const next = new Map<string, string>();
    for await (const { value } of readAll(records, choices)) keepChoice(next, decodeVotes(value));
    chosen = next;
    if (clock() - countedAtMs < popularityMs) return;
    popularity = await readPopularity(bookOfRecords(records), clock());
    countedAtMs = clock();
  };
  const reloadSafely = async (): Promise<void> => {
    await reload().catch((thrown: unknown) => {
      logger.warn({ error: toError(thrown).message }, "what people told not readable");
    });
  };
  const timer = setInterval(() => void reloadSafely(), reloadMs);
  timer.unref();
  return {
    hints: () => ({ popularity, choices: chosen }),
    confirmationOf({ key, fingerprint }) {
      const found = confirmed.get(idOf(key));
      return found?.fingerprint === fingerprint ? found : undefined;
    },
    async choose({ words, ref, slackUserId }) {
      // words that may hold more than names are not kept
      if (words === "" || keptWords(words) !== words) return;
      const voter = idOf(`${slackUserId} ${words}`).slice(0, 12);
      const written = await updateRecord(
        records,
        choices,
        idOf(words),
        (value) => encodeVotes(addVote(decodeVotes(value) ?? { words, votes: [] }, voter, ref)),
        { ttlMs: choiceKeptMs },
      );
      keepChoice(chosen, decodeVotes(written?.value));
    },
    async confirm({ key, fingerprint }, by) {
      const told: Confirmation = { fingerprint, by: by.slice(0, 80), atMs: clock() };
      await records.put(confirmations, idOf(key), { ...told }, { ttlMs: confirmationKeptMs });
      confirmed.set(idOf(key), told);
    },
    reload: reloadSafely,
    close: () => clearInterval(timer),
  };
}

function keepChoice(chosen: Map<string, string>, votes: ChoiceVotes | undefined): void {
  const ref = votes === undefined ? undefined : chosenOf(votes);
  if (votes !== undefined && ref !== undefined) chosen.set(votes.words, ref);
}

function idOf(key: string): string {
  return createHash("sha256").update(key).digest("hex").slice(0, 32);
}

async function* readAll(records: RecordStore, collection: string): AsyncGenerator<StoredRecord> {
  let afterId: string | undefined;
  for (let read = 0; read < mostKept; read += pageSize) {
    const page = await records.list(collection, {
      limit: pageSize,
      ...(afterId === undefined ? {} : { afterId }),
    });
    yield* page;
    afterId = page.at(-1)?.id;
    if (page.length < pageSize) return;
  }
}

function decodeConfirmation(value: JsonValue): Confirmation | undefined {
  if (!isRecord(value)) return undefined;
  const { fingerprint, by, atMs } = value;
  return typeof fingerprint === "string" && typeof by === "string" && typeof atMs === "number"
    ? { fingerprint, by, atMs }
    : undefined;
}
