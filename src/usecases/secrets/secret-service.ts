import { ConflictError, ForbiddenError, InputError } from "../../base/errors.ts";
import type { Sealer } from "../../base/sealing.ts";
import type { Secret } from "../../base/secret.ts";
import type { RecordStore } from "../../storage/contract.ts";
import { secretName, type RunSecrets } from "./secret-fields.ts";
import { linkLifeMs, readTicket, writeTicket, type SecretPlace } from "./secret-links.ts";
import {
  createSecretStore,
  type SecretLives,
  secretsNeeded,
  type SecretStore,
} from "./secret-store.ts";
import { readVault, type VaultOptions, type VaultPlace } from "./vault.ts";

/** A secret that the operator holds, and that people may name instead of typing one. */
export interface SecretReference {
  name: string;
  title?: string;
  /** Refs of the templates that may use it; absent: all. */
  templates?: readonly string[];
  /** What it is, or where it stands in the vault. */
  from: { value: Secret } | { vault: VaultPlace };
}

/** Values of a run's secrets, as its steps read them. */
export interface ResolvedSecrets {
  /** By name, for `secrets.<name>`. */
  secrets: Record<string, string>;
  /** Those that are read like parameters, with their place. */
  parameters: { path: string[]; value: string }[];
}

/** Secrets of forms and runs: asked for on a page of ours, never in Slack, and kept sealed until the run ends. */
export interface SecretService {
  /** Why nobody can enter a secret on a page now, with what to do about it; undefined when they can. */
  problem(): string | undefined;
  /** A link good for ten minutes and one value; undefined when there is a {@link problem}. */
  link(place: SecretPlace): string | undefined;
  /** Names that may stand for a secret of this template. */
  references(templateRef: string): { name: string; title: string }[];
  /** What has been given so far for a form, by field: sealed, or by reference. */
  given(formId: string): Promise<Record<string, { reference?: string }>>;
  /**
   * Takes a reference instead of a value; undefined takes it back.
   * @throws ForbiddenError `secret-reference-refused`, ConflictError `secret-form-sent`.
   */
  choose(
    formId: string,
    field: string,
    templateRef: string,
    reference: string | undefined,
  ): Promise<void>;
  /**
   * What a link asks for.
   * @throws InputError `secret-link-invalid`, `secret-link-expired`; ConflictError `secret-link-used`, `secret-form-sent`.
   */
  look(ticket: string): Promise<SecretPlace>;
  /** Keeps the value that was entered behind a link; the link is used up. @throws as `look`, InputError `secret-value-invalid`. */
  enter(ticket: string, value: string): Promise<SecretPlace>;
  /** Called after each {@link enter}, to redraw the form. */
  onEntered(listener: (place: SecretPlace) => void): void;
  /** @throws InputError `run-secrets-needed` when they are gone. */
  assertKept(secrets: RunSecrets): Promise<void>;
  /** Keeps them for as long as a run may take; without it they go with the form's draft. */
  keepForRun(secrets: RunSecrets): Promise<void>;
  /** The values. @throws InputError `run-secrets-needed`, `sealed-unreadable`, `secret-reference-unknown`; UpstreamError `vault-failed`. */
  resolve(secrets: RunSecrets, templateRef: string, signal: AbortSignal): Promise<ResolvedSecrets>;
  /** Forgets them for good. */
  erase(secrets: RunSecrets): Promise<void>;
}

export interface SecretServiceOptions {
  records: RecordStore;
  /** Absent: no key is configured. */
  sealer: Sealer | undefined;
  /** Base address of the page, without a slash at the end; undefined while there is none. */
  publicUrl: () => string | undefined;
  references: readonly SecretReference[];
  vault: VaultOptions | undefined;
  clock: () => number;
  newId: () => string;
  /** Absent: a day for a form, a month for a run. */
  lives?: SecretLives;
}

const usedLinks = "secret-links";
/** As long as a key file or a certificate chain. */
const longestSecret = 32_000;

/** Creates the service; nothing is opened. */
export function createSecretService(options: SecretServiceOptions): SecretService {
  const { records, sealer, clock } = options;
  const store = createSecretStore(records, sealer, options.lives);
  const listeners: ((place: SecretPlace) => void)[] = [];
  const problem = (): string | undefined => problemOf(options);

  async function look(text: string) {
    const ticket = readTicket(text, clock(), sealerOf(options));
    if ((await records.get(usedLinks, ticket.nonce)) !== undefined) throw linkUsed();
    await store.assertOpen(ticket.formId);
    return ticket;
  }
  return {
    problem,
    link(place) {
      if (sealer === undefined || problem() !== undefined) return undefined;
      const expiresAtMs = clock() + linkLifeMs;
      const ticket = writeTicket({ ...place, expiresAtMs, nonce: options.newId() }, sealer);
      return `${options.publicUrl() ?? ""}/secrets/${ticket}`;
    },
    references: (templateRef) =>
      options.references
        .filter(({ templates }) => templates?.includes(templateRef) ?? true)
        .map(({ name, title }) => ({ name, title: title ?? name })),
    async given(formId) {
      const entries = Object.entries(await store.list(formId));
      return Object.fromEntries(
        entries.map(([field, entry]) => [
          field,
          "reference" in entry ? { reference: entry.reference } : {},
        ]),
      );
    },
    async choose(formId, field, templateRef, reference) {
      if (reference !== undefined) referenceFor(options, reference, templateRef);
      await store.assertOpen(formId);
      await store.choose(formId, field, reference);
    },
    look,
    async enter(text, value) {
      const ticket = await look(text);
      if (value === "" || value.length > longestSecret) {
        throw new InputError(
          "secret-value-invalid",
          `Enter a value of 1 to ${longestSecret} characters.`,
        );
      }
      const used = { ifVersion: 0, ttlMs: 2 * linkLifeMs };
      if ((await records.put(usedLinks, ticket.nonce, true, used)) === undefined) throw linkUsed();
      await store.set(ticket.formId, ticket.field, value);
      for (const listener of listeners) listener(ticket);
      return ticket;
    },
    onEntered: (listener) => void listeners.push(listener),
    assertKept: ({ id }) => store.assertKept(id),
    keepForRun: ({ id }) => store.keepForRun(id),
    resolve: (secrets, templateRef, signal) =>
      resolveAll(secrets, { store, options, templateRef, signal }),
    erase: ({ id }) => store.erase(id),
  };
}

interface Resolving {
  store: SecretStore;
  options: SecretServiceOptions;
  templateRef: string;
  signal: AbortSignal;
}

async function resolveAll(
  { id, fields }: RunSecrets,
  resolving: Resolving,
): Promise<ResolvedSecrets> {
  const entries = await resolving.store.list(id);
  const resolved: ResolvedSecrets = { secrets: {}, parameters: [] };
  for (const field of fields) {
    const entry = entries[field.key];
    if (entry === undefined) throw secretsNeeded();
    const value =
      "sealed" in entry
        ? resolving.store.open(id, field.key, entry)
        : await heldValue(entry.reference, resolving);
    if (field.readAs === "parameters") resolved.parameters.push({ path: field.path, value });
    else resolved.secrets[secretName(field)] = value;
  }
  return resolved;
}

/** The value of a secret that the operator holds. */
async function heldValue(
  reference: string,
  { options, templateRef, signal }: Resolving,
): Promise<string> {
  const { from, name } = referenceFor(options, reference, templateRef);
  if ("value" in from) return from.value.reveal();
  if (options.vault !== undefined) return readVault(options.vault, from.vault, signal);
  throw new InputError(
    "secret-vault-missing",
    `The secret ${name} is in a vault, and none is set.`,
    {
      hint: "set secrets.vault in callboard.yaml",
    },
  );
}

/** Asked at the start of the run as well as in the form: what is allowed may have changed. */
function referenceFor(
  { references }: SecretServiceOptions,
  name: string,
  templateRef: string,
): SecretReference {
  const found = references.find((reference) => reference.name === name);
  if (found !== undefined && (found.templates?.includes(templateRef) ?? true)) return found;
  throw new ForbiddenError(
    "secret-reference-refused",
    `The secret “${name.slice(0, 80)}” may not be used by ${templateRef}.`,
    { hint: "secrets.references in callboard.yaml lists what may be used, and by which templates" },
  );
}

function problemOf({ sealer, publicUrl }: SecretServiceOptions): string | undefined {
  const lacking = [
    ...(publicUrl() === undefined
      ? ["`http.publicUrl` in callboard.yaml, the https address at which people reach this bot"]
      : []),
    ...(sealer === undefined
      ? [
          "`CALLBOARD_SECRET_KEY` in its environment, a long random text (`openssl rand -base64 48`)",
        ]
      : []),
  ];
  if (lacking.length === 0) return undefined;
  return `Secrets cannot be entered yet: whoever runs Callboard has to set ${lacking.join(" and ")}.`;
}

function sealerOf({ sealer }: SecretServiceOptions): Sealer {
  if (sealer !== undefined) return sealer;
  throw new InputError("secret-link-invalid", "This link is not one of ours.");
}

function linkUsed(): ConflictError {
  return new ConflictError("secret-link-used", "This link was used already.", {
    hint: "to enter another value, press the button in Slack again",
  });
}
