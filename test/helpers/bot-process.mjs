// A whole bot in a process of its own, from the compiled code, with the queue's times shortened so that a test need not wait
// for production's. Argument: the environment as JSON. Prints `ready` when it is connected.
import { startApp } from "../../dist/app/create-app.js";
import { createLogger } from "../../dist/base/logger.js";
import { loadConfig } from "../../dist/cli/context.js";

const env = JSON.parse(process.argv[2] ?? "{}");
const { stdout, stderr } = process;
const config = loadConfig({ env, cwd: process.cwd(), stdout, stderr });
const logger = createLogger(config.environment.LOG_LEVEL);
const tuning = { lockDurationMs: 1500, stalledIntervalMs: 500 };
const app = await startApp({ config, logger, tuning });
stdout.write("ready\n");
async function stop() {
  try {
    await app.stop();
    process.exit(0);
  } catch {
    process.exit(1);
  }
}
process.once("SIGTERM", () => void stop());
