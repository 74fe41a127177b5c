import { z } from "zod";

import { InputError } from "../../base/errors.ts";
import type { JsonValue } from "../../base/json.ts";
import type { Sealer } from "../../base/sealing.ts";
import type { RecordStore } from "../../storage/contract.ts";
import { updateRecord } from "../../storage/update.ts";

const collection = "secrets";
/** While the form is filled in; as long as the draft. */
const draftTtlMs = 24 * 3_600_000;
/** While the run is on its way: approvals may take days. */
const runTtlMs = 30 * 24 * 3_600_000;

const entryShape = z.union([
  z.strictObject({ sealed: z.string() }),
  z.strictObject({ reference: z.string() }),
]);
const recordShape = z.record(z.string(), entryShape);

/** A secret as it is kept: sealed, or the name of one that the operator holds. */
export type SecretEntry = z.infer<typeof entryShape>;

/** Secrets of forms and runs; a form's id is its run's as well. */
export interface SecretStore {
  /** What has been given so far, by field. */
  list(id: string): Promise<Record<string, SecretEntry>>;
  /** Seals and keeps a value. */
  set(id: string, field: string, value: string): Promise<void>;
  /** Keeps the name of a secret that the operator holds; undefined takes back what was given. */
  choose(id: string, field: string, reference: string | undefined): Promise<void>;
  /** The value of a sealed entry. @throws InputError `sealed-unreadable`. */
  open(id: string, field: string, entry: { sealed: string }): string;
  /** Kept for as long as a run may take. @throws InputError `run-secrets-needed` when they are gone. */
  keepForRun(id: string): Promise<void>;
  erase(id: string): Promise<void>;
}

const parse = (value: JsonValue | undefined): Record<string, SecretEntry> =>
  recordShape.parse(value ?? {});

/** Creates the store. Without a sealer (no key) only references are kept. */
export function createSecretStore(records: RecordStore, sealer: Sealer | undefined): SecretStore {
  async function change(
    id: string,
    ttlMs: number,
    apply: (entries: Record<string, SecretEntry>) => Record<string, SecretEntry>,
  ): Promise<void> {
    await updateRecord(records, collection, id, (value) => apply(parse(value)), { ttlMs });
  }
  return {
    async list(id) {
      return parse((await records.get(collection, id))?.value);
    },
    async set(id, field, value) {
      const sealed = needed(sealer).seal(value, `${id}/${field}`);
      await change(id, draftTtlMs, (entries) => ({ ...entries, [field]: { sealed } }));
    },
    async choose(id, field, reference) {
      await change(id, draftTtlMs, ({ [field]: _before, ...entries }) =>
        reference === undefined ? entries : { ...entries, [field]: { reference } },
      );
    },
    open: (id, field, entry) => needed(sealer).open(entry.sealed, `${id}/${field}`),
    async keepForRun(id) {
      const stored = await records.get(collection, id);
      if (stored === undefined) throw secretsNeeded();
      await change(id, runTtlMs, (entries) => entries);
    },
    erase: async (id) => void (await records.delete(collection, id)),
  };
}

/** What a run says whose secrets are gone. */
export function secretsNeeded(): InputError {
  return new InputError(
    "run-secrets-needed",
    "the secrets of this run are erased, as they are whenever a run ends",
    { hint: "press Retry, which asks for them again" },
  );
}

function needed(sealer: Sealer | undefined): Sealer {
  if (sealer !== undefined) return sealer;
  throw new InputError("secret-key-missing", "There is no key that secrets could be sealed with.", {
    hint: "set CALLBOARD_SECRET_KEY to a long random text: openssl rand -base64 48",
  });
}
