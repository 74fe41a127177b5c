import { join } from "node:path";

import type { Logger } from "../base/logger.ts";
import type { Config } from "../config/load.ts";
import type { Storage } from "../storage/contract.ts";
import { createFolderStore } from "../usecases/catalog/kept-in-folder.ts";
import type { KeptStore } from "../usecases/catalog/kept-store.ts";
import { type AnswerFeedback, createAnswerFeedback } from "../usecases/feedback/answer-feedback.ts";
import { bookOfRecords, printBook } from "../usecases/feedback/question-book.ts";
import { lastDays } from "../usecases/feedback/question-stats.ts";
import type { CatalogState } from "./create-catalog.ts";

/** Under which name the counts lie beside the embedded database, and how many days of them. */
export const countsFile = "counts.json";
const toldDays = 31;

/** Where the running bot writes its counts, for commands in a terminal, when nobody else can open its database. */
export function feedbackFolder(config: Pick<Config, "dataDir">): KeptStore {
  return createFolderStore(join(config.dataDir, "feedback"));
}

/** Opens what people tell back. */
export function openFeedback(parts: {
  config: Config;
  logger: Logger;
  clock: () => number;
  storage: Pick<Storage, "kind" | "records">;
  catalog: Pick<CatalogState, "snapshot">;
}): AnswerFeedback {
  const { config, logger, clock, storage, catalog } = parts;
  const { records } = storage;
  const folder = storage.kind === "embedded" ? feedbackFolder(config) : undefined;
  return createAnswerFeedback({
    records,
    logger,
    clock,
    catalog: () => catalog.snapshot().catalog,
    async onFlushed() {
      if (folder === undefined) return;
      const days = lastDays(clock(), toldDays);
      await folder.write(countsFile, await printBook(bookOfRecords(records), days));
    },
  });
}
