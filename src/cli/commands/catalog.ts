import { openKeptStore } from "../../app/catalog-remote.ts";
import { openConfiguredStorage } from "../../app/create-core.ts";
import { silentLogger } from "../../base/logger.ts";
import type { Config } from "../../config/load.ts";
import {
  type CatalogBoard,
  createCatalogBoard,
  type SourceStatus,
} from "../../usecases/catalog/catalog-board.ts";
import { describeAccepted, describeSource } from "../../usecases/catalog/describe-source.ts";
import { loadConfig, type CliContext } from "../context.ts";

/** `callboard catalog status`: how the running bot's sources stand; 1 when one failed or is held back. */
export async function runCatalogStatus(
  context: CliContext,
  options: { json?: boolean },
): Promise<number> {
  const sources = await withBoard(loadConfig(context), (board) => board.sources());
  const lines = sources.map((source) => describe(source, Date.now()));
  const text =
    lines.length === 0
      ? "The bot has told nothing yet: it has not run here, or it has only files of this machine and nothing to accept.\n"
      : `${lines.join("\n")}\n`;
  context.stdout.write(options.json === true ? `${JSON.stringify({ sources })}\n` : text);
  const isWell = sources.every(
    ({ error, heldBack }) => error === undefined && heldBack === undefined,
  );
  return isWell ? 0 : 1;
}

/** `callboard catalog accept`: lets readings through that are held back; the running bot takes them within seconds. */
export async function runCatalogAccept(
  context: CliContext,
  sourceId: string | undefined,
): Promise<number> {
  const taken = await withBoard(loadConfig(context), (board) => board.accept(sourceId));
  for (const source of taken) context.stdout.write(`${describeAccepted(source)}\n`);
  return 0;
}

/** Works on what the bot's processes share: their storage, or this machine's data folder. */
async function withBoard<T>(config: Config, work: (board: CatalogBoard) => Promise<T>): Promise<T> {
  const { REDIS_URL: redis, DATABASE_URL: database } = config.environment;
  // the embedded database belongs to the running bot; what it tells lies beside it
  if (redis === undefined && database === undefined) {
    return work(createCatalogBoard(openKeptStore(config)));
  }
  const storage = await openConfiguredStorage(config, silentLogger);
  try {
    return await work(createCatalogBoard(openKeptStore(config, storage.records)));
  } finally {
    await storage.close();
  }
}

function describe(source: SourceStatus, nowMs: number): string {
  const { headline, problems } = describeSource(source, nowMs);
  const next = source.heldBack === undefined ? [] : [`→ callboard catalog accept ${source.id}`];
  return [headline, ...[...problems, ...next].map((line) => `  ${line}`)].join("\n");
}
