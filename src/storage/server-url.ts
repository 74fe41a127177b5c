import { InputError } from "../base/errors.ts";

/** What an address of a server must look like. */
export interface UrlRule {
  /** Where the address comes from, as in `REDIS_URL`. */
  key: string;
  protocols: readonly string[];
  example: string;
}

/**
 * Checks a server's address without ever quoting it, for it may hold a password.
 * @throws InputError `storage-url-invalid`
 */
export function checkServerUrl(text: string, rule: UrlRule): URL {
  let url: URL | undefined;
  try {
    url = new URL(text);
  } catch {
    // the error of URL quotes the address
  }
  if (url !== undefined && rule.protocols.includes(url.protocol) && url.hostname !== "") return url;
  throw new InputError("storage-url-invalid", `${rule.key} is not an address of a server`, {
    hint: `write it as in ${rule.example}; special characters in a password are percent-encoded`,
  });
}
