import type { ChildProcess } from "node:child_process";

/**
 * Ends a child with this process, however this one ends short of SIGKILL: one that is frozen (SIGSTOP) does not notice that its parent
 * is gone, and would stay for ever.
 */
export function tieToThisProcess(child: ChildProcess): void {
  const end = (): void => void child.kill("SIGKILL");
  process.once("exit", end);
  child.once("exit", () => process.off("exit", end));
}

/**
 * Lets SIGINT and SIGTERM end this process with its exit handlers, which Node leaves out by default; `last` is called before.
 * The exit code is the one of shells, 128 and the signal's number.
 */
export function exitOnSignals(last: (signal: NodeJS.Signals) => void = () => undefined): void {
  for (const [signal, code] of [
    ["SIGINT", 130],
    ["SIGTERM", 143],
  ] as const) {
    process.once(signal, () => {
      last(signal);
      process.exit(code);
    });
  }
}
