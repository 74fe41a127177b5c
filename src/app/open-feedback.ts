import { join } from "node:path";

import type { Logger } from "../base/logger.ts";
import type { Releaser } from "../base/releaser.ts";
import type { Config } from "../config/load.ts";
import type { RecordStore, Storage } from "../storage/contract.ts";
import { createFolderStore } from "../usecases/catalog/kept-in-folder.ts";
import type { KeptStore } from "../usecases/catalog/kept-store.ts";
import { type AnswerFeedback, createAnswerFeedback } from "../usecases/feedback/answer-feedback.ts";
import { bookOfRecords, printBook } from "../usecases/feedback/question-book.ts";
import { lastDays } from "../usecases/feedback/question-stats.ts";
import { createToldBoard, type ToldBoard } from "../usecases/feedback/told-board.ts";
import { configuredWellKnown } from "./catalog-well-known.ts";
import type { CatalogState } from "./create-catalog.ts";

/** Under which name the counts lie beside the embedded database, and how many days of them. */
export const countsFile = "counts.json";
const toldDays = 31;

/** Where the running bot writes its counts, for commands in a terminal, when nobody else can open its database. */
export function feedbackFolder(config: Pick<Config, "dataDir">): KeptStore {
  return createFolderStore(join(config.dataDir, "feedback"));
}

/** Opens what people told before; it is read in the background, so that a start does not wait for it. */
export function openTold(
  records: RecordStore,
  logger: Logger,
  clock: () => number,
  releaser: Releaser,
): ToldBoard {
  const told = createToldBoard({ records, logger, clock });
  const reading = told.reload();
  releaser.add("what people told", async () => {
    told.close();
    await reading;
  });
  return told;
}

/** Opens what people tell back. */
export function openFeedback(
  parts: {
    config: Config;
    logger: Logger;
    clock: () => number;
    storage: Pick<Storage, "kind" | "records">;
    catalog: Pick<CatalogState, "snapshot">;
    told: ToldBoard;
  },
  releaser: Releaser,
): AnswerFeedback {
  const { config, logger, clock, storage, catalog, told } = parts;
  const { records } = storage;
  const folder = storage.kind === "embedded" ? feedbackFolder(config) : undefined;
  const feedback = createAnswerFeedback({
    records,
    logger,
    clock,
    told,
    hasDigest: config.file.digest.enabled,
    wellKnown: configuredWellKnown(config.file.catalog),
    catalog: () => catalog.snapshot().catalog,
    async onFlushed() {
      if (folder === undefined) return;
      const days = lastDays(clock(), toldDays);
      await folder.write(countsFile, await printBook(bookOfRecords(records), days));
    },
  });
  releaser.add("question counts", () => feedback.close());
  return feedback;
}
