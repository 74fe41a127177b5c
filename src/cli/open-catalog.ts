import { createCatalog, type CatalogState } from "../app/create-catalog.ts";
import { loadActions } from "../app/load-actions.ts";
import { silentLogger } from "../base/logger.ts";
import { loadConfig, type CliContext } from "./context.ts";

/** Reads the configured catalog once: no storage, no watching, no log. The caller closes it. */
export async function openCatalog(context: CliContext): Promise<CatalogState> {
  const config = loadConfig(context);
  const actions = await loadActions(config);
  return createCatalog({ config, logger: silentLogger, clock: Date.now, actions });
}
