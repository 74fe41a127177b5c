// A process that freezes a child of its own and then waits for the end. Says the child's id on standard output.
import { spawn } from "node:child_process";

import { exitOnSignals, tieToThisProcess } from "../helpers/tied-child.ts";

const child = spawn(process.execPath, ["-e", "setInterval(() => undefined, 1000)"], {
  stdio: "ignore",
});
tieToThisProcess(child);
exitOnSignals();
child.kill("SIGSTOP");
process.stdout.write(`${child.pid}\n`);
setInterval(() => undefined, 1000);
