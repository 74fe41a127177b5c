import type { CliContext } from "../context.ts";

export async function runCheck(
  _context: CliContext,
  _paths: string[],
  _options: { format: string; json?: boolean },
): Promise<number> {
  throw new Error("not wired");
}
