import { startApp } from "../../app/create-app.ts";
import { toError } from "../../base/errors.ts";
import type { Config } from "../../config/load.ts";
import { loadConfig, loggerFor, type CliContext } from "../context.ts";

/** A process that has not drained by then is ended all the same; jobs come back by themselves. */
const drainLimitMs = 25_000;

/** `callboard start`: runs until SIGTERM or SIGINT, then drains; 0 when everything closed in time. */
export async function runStart(context: CliContext, options: { role?: string }): Promise<number> {
  const env =
    options.role === undefined ? context.env : { ...context.env, CALLBOARD_ROLE: options.role };
  const config = loadConfig({ ...context, env });
  const logger = loggerFor(config, context);
  const stopped = nextSignal();
  const app = await startApp({ config, logger });
  context.stdout.write(welcome(app.playground?.url, app.port, config));
  const signal = await stopped;
  logger.info({ signal }, "stopping");
  const limit = setTimeout(() => {
    logger.error({ drainLimitMs }, "not drained in time");
    process.exit(1);
  }, drainLimitMs);
  limit.unref();
  // a second signal means: now
  process.once("SIGINT", () => process.exit(1));
  process.once("SIGTERM", () => process.exit(1));
  try {
    await app.stop();
    return 0;
  } catch (thrown) {
    logger.error({ error: toError(thrown).message }, "stopping failed");
    return 1;
  } finally {
    clearTimeout(limit);
  }
}

function nextSignal(): Promise<string> {
  return new Promise((resolve) => {
    process.once("SIGTERM", () => resolve("SIGTERM"));
    process.once("SIGINT", () => resolve("SIGINT"));
  });
}

function welcome(playgroundUrl: string | undefined, port: number, config: Config): string {
  if (playgroundUrl === undefined) {
    return `Callboard runs as ${config.environment.CALLBOARD_ROLE}; health at http://localhost:${port}/readyz\n`;
  }
  return [
    "",
    `  Callboard's playground is open:  ${playgroundUrl}`,
    "",
    "  It is a small Slack on this machine, with the real bot in it. Try there:",
    "    /whoowns checkout",
    "    @Callboard what depends on the ledger?",
    "    /newservice",
    "",
    `  Repositories are created in ${config.dataDir}/git. Ctrl+C stops.`,
    "",
    "",
  ].join("\n");
}
