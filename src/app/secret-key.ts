import { randomBytes } from "node:crypto";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";

import { codeOf, InputError } from "../base/errors.ts";
import { Secret } from "../base/secret.ts";
import type { Config } from "../config/load.ts";

const keyFile = "secret.key";

/**
 * The key that secrets are sealed with: `CALLBOARD_SECRET_KEY`, or with the embedded database, which only this process can
 * open, a key of its own in the data folder that only its user can read.
 * @throws InputError `secret-key-missing` when processes share a storage and no key is set.
 */
export async function loadSecretKey(config: Config): Promise<Secret> {
  const { CALLBOARD_SECRET_KEY: key, REDIS_URL, DATABASE_URL } = config.environment;
  if (key !== undefined) return key;
  if (REDIS_URL !== undefined || DATABASE_URL !== undefined) {
    throw new InputError("secret-key-missing", "there is no key to seal secrets with", {
      hint: "set CALLBOARD_SECRET_KEY to the same long random text for every process, such as from `openssl rand -base64 48`",
    });
  }
  return await ownKey(config.dataDir);
}

async function ownKey(dataDir: string): Promise<Secret> {
  const path = join(dataDir, keyFile);
  await mkdir(dataDir, { recursive: true });
  try {
    await writeFile(path, randomBytes(48).toString("base64url"), { mode: 0o600, flag: "wx" });
  } catch (thrown) {
    if (codeOf(thrown) !== "EEXIST") throw thrown;
  }
  return new Secret((await readFile(path, "utf8")).trim());
}
