import { randomBytes } from "node:crypto";

/** Milliseconds since 1970, as `Date.now`. */
export type Clock = () => number;

/** Makes the ids that Slack would make. */
export interface IdSource {
  /** A message timestamp, `1700000000.000100`: unique and rising. */
  ts(): string;
  /** `prefix` and ten characters: `V…`, `Ev…`, a block id. */
  next(prefix: string): string;
  /** A view's hash, different at every change. */
  hash(): string;
}

/** Creates the ids of one playground. They differ between two playgrounds, so that a bot with a memory is not confused. */
export function createIds(clock: Clock): IdSource {
  let lastMicros = 0;
  const nextMicros = (): number => {
    lastMicros = Math.max(lastMicros + 1, Math.floor(clock() * 1000));
    return lastMicros;
  };
  return {
    ts: () => formatTs(nextMicros()),
    next: (prefix) => prefix + randomCharacters(10),
    hash: () => `${Math.floor(nextMicros() / 1_000_000)}.${randomCharacters(8)}`,
  };
}

/** Microseconds since 1970 as Slack writes them, `1700000000.000100`. */
function formatTs(micros: number): string {
  const seconds = Math.floor(micros / 1_000_000);
  return `${seconds}.${String(micros % 1_000_000).padStart(6, "0")}`;
}

const alphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";

function randomCharacters(count: number): string {
  let text = "";
  for (const byte of randomBytes(count)) text += alphabet.charAt(byte % alphabet.length);
  return text;
}
