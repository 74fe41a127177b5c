import { createCatalog, type CatalogState } from "../app/create-catalog.ts";
import { createOnCall } from "../app/create-oncall.ts";
import { loadActions } from "../app/load-actions.ts";
import { silentLogger } from "../base/logger.ts";
import type { Answer } from "../usecases/answers/answer.ts";
import { loadConfig, type CliContext } from "./context.ts";

/** Reads the configured catalog once: no storage, no watching, no log. The caller closes it. */
export async function openCatalog(context: CliContext): Promise<CatalogState> {
  const config = loadConfig(context);
  const actions = await loadActions(config);
  return createCatalog({ config, logger: silentLogger, clock: Date.now, actions });
}

/** Answers questions from a catalog that is open, with who is on call. */
export function createTerminalAnswerer(
  context: CliContext,
  catalog: CatalogState,
): (question: string) => Promise<Answer> {
  const onCall = createOnCall({
    config: loadConfig(context),
    logger: silentLogger,
    clock: Date.now,
    catalog: () => catalog.snapshot().catalog,
  });
  return async (question) => await onCall.add(catalog.answer(question, { nowMs: Date.now() }));
}
