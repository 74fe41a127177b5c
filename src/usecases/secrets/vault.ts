import { InputError, toError, UpstreamError } from "../../base/errors.ts";
import { isRecord } from "../../base/json.ts";

/** One value in a key-value engine (version 2) of HashiCorp Vault. */
export interface VaultPlace {
  mount: string;
  path: string;
  key: string;
}

export interface VaultOptions {
  /** Such as `https://vault.example.com`. */
  address: string;
  token: string;
  namespace?: string;
}

const timeoutMs = 10_000;

/**
 * Reads one value. @throws UpstreamError `vault-failed`; InputError `vault-value-missing` when there is no such value.
 * @see https://developer.hashicorp.com/vault/api-docs/secret/kv/kv-v2
 */
export async function readVault(
  options: VaultOptions,
  { mount, path, key }: VaultPlace,
  signal: AbortSignal,
): Promise<string> {
  const place = `${mount}/${path}#${key}`;
  const body = await ask(options, `${mount}/data/${path}`, place, signal);
  const data = isRecord(body) && isRecord(body["data"]) ? body["data"]["data"] : undefined;
  const value = isRecord(data) && Object.hasOwn(data, key) ? data[key] : undefined;
  if (typeof value === "string" && value !== "") return value;
  throw new InputError("vault-value-missing", `Vault holds no text at ${place}.`, {
    hint: "look at secrets.references in callboard.yaml",
  });
}

async function ask(
  { address, token, namespace }: VaultOptions,
  path: string,
  place: string,
  signal: AbortSignal,
): Promise<unknown> {
  const url = `${address.replace(/\/+$/, "")}/v1/${path.split("/").map(encodeURIComponent).join("/")}`;
  let response: Response;
  try {
    response = await fetch(url, {
      headers: {
        "x-vault-token": token,
        ...(namespace === undefined ? {} : { "x-vault-namespace": namespace }),
      },
      redirect: "error",
      signal: AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]),
    });
    if (response.status === 404) return undefined;
    if (response.ok) return await response.json();
  } catch (thrown) {
    signal.throwIfAborted();
    throw failed(place, toError(thrown).message, true);
  }
  throw failed(place, `it answered ${response.status}`, response.status >= 500);
}

/** The token is in no message: what fetch says names the address only. */
function failed(place: string, why: string, isRetryable: boolean): UpstreamError {
  return new UpstreamError("vault-failed", `Vault did not give ${place}: ${why}`, {
    isRetryable,
    hint: "look at secrets.vault in callboard.yaml, and at what its token may read",
  });
}
