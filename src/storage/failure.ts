import { CallboardError, InputError, toError, UpstreamError } from "../base/errors.ts";

/** What the person knows the backend by, and where its failures are mended. */
export interface BackendName {
  /** As in `Redis is not answering`. */
  label: string;
  /** What to look at first when it fails. */
  hint: string;
}

/** Error codes with which a server or a disk says that it has no room left. */
const fullCodes = new Set(["53100", "53200", "ENOSPC", "EDQUOT"]);

/** Classes of SQLSTATE that mean a mistake of ours, which waiting does not mend. */
const ourMistake = /^(22|23|42)/;

/**
 * A driver's failure as an `UpstreamError`: `storage-full`, `storage-denied`, `storage-failed` (waiting does not help) or
 * `storage-unavailable` (it may).
 * The cause keeps only message and code, because drivers hang commands with passwords and data on their errors.
 */
export function toStorageError(thrown: unknown, backend: BackendName): CallboardError {
  if (thrown instanceof CallboardError) return thrown;
  const error = toError(thrown);
  const code = codeOf(thrown);
  const cause = bareCause(error, code);
  if (isFull(error, code)) {
    return new UpstreamError("storage-full", `${backend.label} has no room left`, {
      hint: "free some space or raise the server's memory limit; nothing was accepted meanwhile",
      isRetryable: true,
      cause,
    });
  }
  if (isDenied(error, code)) {
    return new UpstreamError("storage-denied", `${backend.label} refused the login or the access`, {
      hint: "check user, password and database in the address, and what the user may do",
      isRetryable: false,
      cause,
    });
  }
  const suffix = code === undefined ? "" : ` (${code})`;
  if (code !== undefined && ourMistake.test(code)) {
    return new UpstreamError("storage-failed", `${backend.label} refused a request${suffix}`, {
      hint: backend.hint,
      isRetryable: false,
      cause,
    });
  }
  return new UpstreamError("storage-unavailable", `${backend.label} is not answering${suffix}`, {
    hint: backend.hint,
    isRetryable: true,
    cause,
  });
}

/** Message and code of an error without what drivers attach to it, fit for a log. */
export function bareCause(error: Error, code = codeOf(error)): Error {
  const bare = new Error(error.message);
  bare.name = error.name;
  return code === undefined ? bare : Object.assign(bare, { code });
}

/** The `code` of a failure of Node or of a driver, such as `ENOENT` or `53100`. */
export function codeOf(thrown: unknown): string | undefined {
  if (typeof thrown !== "object" || thrown === null || !("code" in thrown)) return undefined;
  return typeof thrown.code === "string" && thrown.code !== "" ? thrown.code : undefined;
}

function isDenied(error: Error, code: string | undefined): boolean {
  // SQLSTATE: invalid authorization, insufficient privilege, no such database
  if (code !== undefined && /^(28...|42501|3D000)$/.test(code)) return true;
  return /^(WRONGPASS|NOAUTH|NOPERM)\b/.test(error.message);
}

function isFull(error: Error, code: string | undefined): boolean {
  if (code !== undefined && fullCodes.has(code)) return true;
  // Redis answers `OOM command not allowed when used memory > 'maxmemory'` without a code
  return /^OOM |No space left on device/.test(error.message);
}

/** Awaits `work`, but rejects with `storage-unavailable` after `timeoutMs`: a frozen server never answers at all. */
export async function withDeadline<T>(
  work: Promise<T>,
  timeoutMs: number,
  backend: BackendName,
): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const deadline = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      reject(
        new UpstreamError(
          "storage-unavailable",
          `${backend.label} did not answer within ${timeoutMs} ms`,
          { hint: backend.hint, isRetryable: true },
        ),
      );
    }, timeoutMs);
  });
  try {
    return await Promise.race([work, deadline]);
  } catch (thrown) {
    throw toStorageError(thrown, backend);
  } finally {
    clearTimeout(timer);
  }
}

/** Longest id of a record or a job, in UTF-16 units. */
const maxIdLength = 500;
/** Half of a surrogate pair, or the NUL that PostgreSQL cannot store. */
const unstorable = /[\0\p{Surrogate}]/u;

/**
 * Refuses ids that one of the backends could not store: empty, longer than 500 characters, with NUL or half a surrogate pair.
 * @throws InputError `storage-id-invalid`
 */
export function checkId(what: "collection" | "record" | "job", id: string): void {
  if (id.length > 0 && id.length <= maxIdLength && !unstorable.test(id)) return;
  throw new InputError(
    "storage-id-invalid",
    `${JSON.stringify(id.slice(0, 80))} cannot be the id of a ${what}: expected 1 to ${maxIdLength} characters of valid Unicode without NUL`,
  );
}
