import { pino } from "pino";

/**
 * The part of pino that we use. A fixed message with data beside it: `log.warn({ ref }, 'owner not found')`.
 * Never log tokens, response URLs or message text.
 */
export interface Logger {
  debug(data: object, message: string): void;
  info(data: object, message: string): void;
  warn(data: object, message: string): void;
  error(data: object, message: string): void;
  /** A logger that adds these fields to every line. */
  child(scope: Record<string, unknown>): Logger;
}

/** Names of fields that may hold a secret, wherever they stand; pino replaces their values. */
const secretFields = [
  "token",
  "authorization",
  "secret",
  "password",
  "privateKey",
  "response_url",
  "trigger_id",
  "cookie",
];

/** Creates the process's logger: JSON lines on `destination` (standard error by default, so that standard output stays for answers). */
export function createLogger(
  level: string,
  destination: NodeJS.WritableStream = process.stderr,
): Logger {
  const paths = secretFields.flatMap((field) => [field, `*.${field}`, `*.*.${field}`]);
  return pino(
    {
      level,
      redact: { paths, censor: "***" },
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
    },
    destination,
  );
}

/** A logger that says nothing, for pure tests and for `--json` commands. */
export const silentLogger: Logger = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
  child: () => silentLogger,
};
