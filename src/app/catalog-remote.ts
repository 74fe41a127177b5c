import { randomUUID } from "node:crypto";
import { join } from "node:path";

import type { Logger } from "../base/logger.ts";
import type { CatalogSource } from "../catalog/sources/contract.ts";
import type { Config } from "../config/load.ts";
import type { RecordStore } from "../storage/contract.ts";
import { type CatalogBoard, createCatalogBoard } from "../usecases/catalog-board.ts";
import { createFolderStore } from "../usecases/kept-in-folder.ts";
import { createRecordsStore } from "../usecases/kept-in-records.ts";
import type { KeptStore } from "../usecases/kept-store.ts";
import { createLease } from "../usecases/lease.ts";
import { createRemoteSchedule } from "../usecases/remote-schedule.ts";
import { createRemoteSource, type RemoteSource } from "../usecases/remote-source.ts";
import { createRemoteStorage } from "../usecases/remote-storage.ts";
import { type CatalogKeeper, createCatalogKeeper } from "./catalog-keeper.ts";

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
}

/** Another process takes over the reading so long after the reader died. */
const leaseTtlMs = 15_000;

/** Where what is kept of the catalog lies. */
export function openKeptStore(config: Pick<Config, "dataDir">, records?: RecordStore): KeptStore {
  return records === undefined
    ? createFolderStore(join(config.dataDir, "catalog-cache"))
    : createRecordsStore(records);
}

/** Wraps sources behind a network so that they are read in the background and kept. */
export function createRemoteSide(
  sources: readonly CatalogSource[],
  options: RemoteOptions & { onChange: () => void },
): { remote: RemoteSource[]; keeper: CatalogKeeper } {
  const { config, logger, clock, firstWaitMs, sharedRecords, tickMs } = options;
  const everyMs = config.file.catalog.refreshMinutes * 60_000;
  const remote = sources.map((source) =>
    createRemoteSource({
      source,
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
  const keeper = createCatalogKeeper({
    remote,
    schedule: createRemoteSchedule({ remote, everyMs, clock, onRead: options.onChange }),
    storage: createRemoteStorage(store),
    board,
    lease,
    tickMs,
    logger,
    onChange: options.onChange,
  });
  return { remote, keeper };
}
