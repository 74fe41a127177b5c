import { randomUUID } from "node:crypto";
import { join } from "node:path";

import type { Logger } from "../base/logger.ts";
import type { CatalogSource } from "../catalog/sources/contract.ts";
import type { Config } from "../config/load.ts";
import type { RecordStore } from "../storage/contract.ts";
import { type CatalogBoard, createCatalogBoard } from "../usecases/catalog/catalog-board.ts";
import { type CatalogHint, createCatalogHints } from "../usecases/catalog/catalog-hints.ts";
import type { FileChecker } from "../usecases/catalog/file-checker.ts";
import { createFolderStore } from "../usecases/catalog/kept-in-folder.ts";
import { createRecordsStore } from "../usecases/catalog/kept-in-records.ts";
import type { KeptStore } from "../usecases/catalog/kept-store.ts";
import { createLease } from "../usecases/catalog/lease.ts";
import { createRemoteSchedule } from "../usecases/catalog/remote-schedule.ts";
import { createRemoteSource } from "../usecases/catalog/remote-source.ts";
import { createRemoteStorage } from "../usecases/catalog/remote-storage.ts";
import { type CatalogKeeper, createCatalogKeeper } from "./catalog-keeper.ts";
import type { ConfiguredSources } from "./catalog-sources.ts";

export interface RemoteOptions {
  config: Config;
  logger: Logger;
  clock: () => number;
  /** Records that several processes share; absent: what is kept lies in the data folder. */
  sharedRecords?: RecordStore | undefined;
  /** How long the first catalog waits for sources of which nothing is kept; absent: as long as it takes. */
  firstWaitMs?: number | undefined;
  /** How often other processes' work is looked at. Default 2,000. */
  tickMs?: number | undefined;
  /** Finds what files lead to. */
  checker: FileChecker;
}

/** Another process takes over the reading so long after the reader died. */
const leaseTtlMs = 15_000;

/** Where what is kept of the catalog lies. */
export function openKeptStore(config: Pick<Config, "dataDir">, records?: RecordStore): KeptStore {
  return records === undefined
    ? createFolderStore(join(config.dataDir, "catalog-cache"))
    : createRecordsStore(records);
}

/** Sources behind a network, wrapped so that they are read in the background and kept. */
export interface RemoteSide {
  /** All configured sources, in their order. */
  wrapped: CatalogSource[];
  keeper: CatalogKeeper;
  /** Takes what a webhook told, or hands it to the process that reads. */
  tell: (hint: CatalogHint) => Promise<void>;
}

/** Wraps the configured sources; nothing is read yet. */
export function createRemoteSide(
  { all, remote: sources, github }: ConfiguredSources,
  options: RemoteOptions & { onChange: () => void },
): RemoteSide {
  const { checker, config, logger, clock, firstWaitMs, sharedRecords, tickMs } = options;
  const everyMs = config.file.catalog.refreshMinutes * 60_000;
  const remote = sources.map((source) =>
    createRemoteSource({
      source,
      checker,
      logger,
      clock,
      // a service goes on with what is kept; a command that ends at once does not want it too old
      ...(firstWaitMs === undefined ? { maxAgeMs: everyMs } : { firstWaitMs }),
      mayRead: () => keeper.isReader(),
    }),
  );
  const store = openKeptStore(config, sharedRecords);
  const board: CatalogBoard = createCatalogBoard(store);
  const lease =
    sharedRecords === undefined || remote.length === 0
      ? undefined
      : createLease(sharedRecords, { name: "catalog", owner: randomUUID(), ttlMs: leaseTtlMs });
  const hints = sharedRecords === undefined ? undefined : createCatalogHints(sharedRecords, clock);
  const apply = (hint: CatalogHint): void => {
    const ids = github.filter((source) => source.take(hint)).map(({ id }) => id);
    if (ids.length > 0) keeper.readSoon(ids);
  };
  const keeper = createCatalogKeeper({
    takeHints: hints === undefined ? undefined : async () => (await hints.take()).forEach(apply),
    remote,
    schedule: createRemoteSchedule({ remote, everyMs, clock, onRead: options.onChange }),
    storage: createRemoteStorage(store),
    board,
    lease,
    tickMs,
    logger,
    onChange: options.onChange,
  });
  return {
    wrapped: all.map((source) => remote.find(({ id }) => id === source.id) ?? source),
    keeper,
    async tell(hint) {
      if (keeper.isReader() || hints === undefined) apply(hint);
      else await hints.add(hint);
    },
  };
}
