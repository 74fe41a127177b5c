import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from "node:crypto";

import { InputError } from "./errors.ts";
import type { Secret } from "./secret.ts";

/** Keeps texts unreadable wherever they are stored: whoever has the storage but not the key learns only their length. */
export interface Sealer {
  /**
   * Seals a text for one purpose, such as `installation:T123`.
   * @returns `v1.` and nonce, tag and cipher text in base64url
   */
  seal(text: string, purpose: string): string;
  /**
   * Opens what `seal` made for the same purpose.
   * @throws InputError `sealed-unreadable` when the key or the purpose is another one, or somebody changed the text.
   */
  open(sealed: string, purpose: string): string;
}

const nonceBytes = 12;
const tagBytes = 16;
const version = "v1.";

/**
 * Creates a sealer, AES-256-GCM with a fresh nonce for each text; the purpose is authenticated with it, so that a sealed text
 * moved to another place does not open there.
 * @param key any text that nobody can guess, at least 32 characters; never kept in the storage that holds what it seals
 */
export function createSealer(key: Secret): Sealer {
  const bytes = Buffer.from(hkdfSync("sha256", key.reveal(), "", "callboard sealing v1", 32));
  return {
    seal(text, purpose) {
      const nonce = randomBytes(nonceBytes);
      const cipher = createCipheriv("aes-256-gcm", bytes, nonce).setAAD(Buffer.from(purpose));
      const body = Buffer.concat([cipher.update(text, "utf8"), cipher.final()]);
      return version + Buffer.concat([nonce, cipher.getAuthTag(), body]).toString("base64url");
    },
    open(sealed, purpose) {
      try {
        if (!sealed.startsWith(version)) throw new Error("not sealed by us");
        const raw = Buffer.from(sealed.slice(version.length), "base64url");
        const nonce = raw.subarray(0, nonceBytes);
        const tag = raw.subarray(nonceBytes, nonceBytes + tagBytes);
        const decipher = createDecipheriv("aes-256-gcm", bytes, nonce, { authTagLength: tagBytes })
          .setAAD(Buffer.from(purpose))
          .setAuthTag(tag);
        const body = raw.subarray(nonceBytes + tagBytes);
        return Buffer.concat([decipher.update(body), decipher.final()]).toString("utf8");
      } catch (thrown) {
        throw new InputError("sealed-unreadable", "a sealed value does not open with this key", {
          hint: "CALLBOARD_SECRET_KEY must be the one that it was sealed with",
          cause: thrown,
        });
      }
    },
  };
}
