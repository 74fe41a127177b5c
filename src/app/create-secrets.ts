import { randomUUID } from "node:crypto";

import { InputError } from "../base/errors.ts";
import { createSealer, type Sealer } from "../base/sealing.ts";
import type { Config } from "../config/load.ts";
import type { Storage } from "../storage/contract.ts";
import {
  createSecretService,
  type SecretReference,
  type SecretService,
} from "../usecases/secrets/secret-service.ts";
import type { VaultOptions } from "../usecases/secrets/vault.ts";
import { loadSecretKey } from "./secret-key.ts";

/** Where people reach our HTTP server; known for certain only when it listens. */
export interface PublicAddress {
  /** Without a slash at the end. */
  url: string | undefined;
}

/** The secrets of forms and runs, and the address of the page on which they are entered. */
export async function createSecrets(
  config: Config,
  storage: Storage,
  clock: () => number,
): Promise<{ secrets: SecretService; address: PublicAddress }> {
  const address: PublicAddress = { url: config.file.http.publicUrl?.replace(/\/+$/, "") };
  const secrets = createSecretService({
    records: storage.records,
    sealer: await openSealer(config),
    publicUrl: () => address.url,
    references: config.file.secrets.references.flatMap(referenceOf),
    vault: vaultOf(config),
    clock,
    newId: randomUUID,
  });
  return { secrets, address };
}

/** Undefined where processes share a storage and no key is set: then forms say what to do. */
async function openSealer(config: Config): Promise<Sealer | undefined> {
  try {
    return createSealer(await loadSecretKey(config));
  } catch (thrown) {
    if (thrown instanceof InputError && thrown.code === "secret-key-missing") return undefined;
    throw thrown;
  }
}

type Written = Config["file"]["secrets"]["references"][number];

function referenceOf({ name, title, templates, value, vault }: Written): SecretReference[] {
  const from = value === undefined ? vault && { vault } : { value };
  if (from === undefined) return [];
  return [
    {
      name,
      from,
      ...(title === undefined ? {} : { title }),
      ...(templates === undefined ? {} : { templates }),
    },
  ];
}

function vaultOf(config: Config): VaultOptions | undefined {
  const { vault } = config.file.secrets;
  if (vault?.token === undefined) return undefined;
  const { address, token, namespace } = vault;
  return { address, token: token.reveal(), ...(namespace === undefined ? {} : { namespace }) };
}
