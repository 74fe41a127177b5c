import { createCatalog, type CatalogState } from "../app/create-catalog.ts";
import { silentLogger } from "../base/logger.ts";
import { builtinActions } from "../scaffold/actions/builtin-actions.ts";
import { loadConfig, type CliContext } from "./context.ts";

/** Reads the configured catalog once: no storage, no watching, no log. The caller closes it. */
export async function openCatalog(context: CliContext): Promise<CatalogState> {
  return createCatalog({
    config: loadConfig(context),
    logger: silentLogger,
    clock: Date.now,
    actions: builtinActions,
  });
}
