import { z } from "zod";

import { ConflictError, InputError } from "../../base/errors.ts";
import type { JsonValue } from "../../base/json.ts";
import type { Sealer } from "../../base/sealing.ts";
import type { RecordStore } from "../../storage/contract.ts";
import { updateRecord } from "../../storage/update.ts";

const collection = "secrets";
/** Forms that were sent: what was given for them is their run's, and nobody changes it any more. */
const sentForms = "secret-forms-sent";
/** How long secrets are kept at most; a run that ends erases them at once. */
export interface SecretLives {
  /** While the form is filled in. */
  draftMs: number;
  /** While the run is on its way. */
  runMs: number;
}

/** As long as the draft; and approvals may take days. */
const usualLives: SecretLives = { draftMs: 24 * 3_600_000, runMs: 30 * 24 * 3_600_000 };

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
  /** @throws ConflictError `secret-form-sent` once its run was accepted. */
  assertOpen(id: string): Promise<void>;
  /** Seals and keeps a value. */
  set(id: string, field: string, value: string): Promise<void>;
  /** Keeps the name of a secret that the operator holds; undefined takes back what was given. */
  choose(id: string, field: string, reference: string | undefined): Promise<void>;
  /** The value of a sealed entry. @throws InputError `sealed-unreadable`. */
  open(id: string, field: string, entry: { sealed: string }): string;
  /** @throws InputError `run-secrets-needed` when they are gone. */
  assertKept(id: string): Promise<void>;
  /** Keeps what is there for as long as a run may take, as it is. */
  keepForRun(id: string): Promise<void>;
  erase(id: string): Promise<void>;
}

const parse = (value: JsonValue | undefined): Record<string, SecretEntry> =>
  recordShape.parse(value ?? {});

const asItIs = (value: JsonValue | undefined): JsonValue | undefined => value;

/** Creates the store. Without a sealer (no key) only references are kept. */
export function createSecretStore(
  records: RecordStore,
  sealer: Sealer | undefined,
  { draftMs, runMs }: SecretLives = usualLives,
): SecretStore {
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
    async assertOpen(id) {
      if ((await records.get(sentForms, id)) === undefined) return;
      throw new ConflictError("secret-form-sent", "The form that this belongs to was sent.", {
        hint: "a run that fails asks for its secrets again when you press Retry",
      });
    },
    async set(id, field, value) {
      const sealed = needed(sealer).seal(value, `${id}/${field}`);
      await change(id, draftMs, (entries) => ({ ...entries, [field]: { sealed } }));
    },
    async choose(id, field, reference) {
      await change(id, draftMs, ({ [field]: _before, ...entries }) =>
        reference === undefined ? entries : { ...entries, [field]: { reference } },
      );
    },
    open: (id, field, entry) => needed(sealer).open(entry.sealed, `${id}/${field}`),
    async assertKept(id) {
      if ((await records.get(collection, id)) === undefined) throw secretsNeeded();
    },
    async keepForRun(id) {
      // longer than any link to the form, or its draft, may live
      await records.put(sentForms, id, true, { ttlMs: 2 * draftMs });
      await updateRecord(records, collection, id, asItIs, { ttlMs: runMs });
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
