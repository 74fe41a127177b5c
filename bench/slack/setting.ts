import type { Playground } from "../../src/playground/create-playground.ts";
import type { BotOrder } from "./bot.ts";

/** What both measurements work with. */
export interface BenchSetting {
  /** The emulated Slack that Callboard answers in. */
  playground: Playground;
  questions: readonly string[];
  userId: string;
  teamId: string;
  /** Writes a profile of Callboard's turns to this file. */
  profile: string | undefined;
  bot: Omit<BotOrder, "kind">;
}

/** Prints a line. */
export function say(text: string): void {
  process.stdout.write(`${text}\n`);
}

/** The middle one of `numbers`. */
export function median(numbers: readonly number[]): number {
  return numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? 0;
}
