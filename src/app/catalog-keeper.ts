import { toError } from "../base/errors.ts";
import type { Logger } from "../base/logger.ts";
import {
  type CatalogBoard,
  type SourceStatus,
  statusOf,
} from "../usecases/catalog/catalog-board.ts";
import type { Lease } from "../usecases/catalog/lease.ts";
import type { RemoteSchedule } from "../usecases/catalog/remote-schedule.ts";
import type { RemoteSource } from "../usecases/catalog/remote-source.ts";
import type { RemoteStorage } from "../usecases/catalog/remote-storage.ts";

export interface KeeperOptions {
  remote: readonly RemoteSource[];
  schedule: RemoteSchedule;
  storage: RemoteStorage;
  board: CatalogBoard;
  /** Held by the process that reads, where several share a storage. */
  lease?: Lease | undefined;
  /** How often the others' work is looked at. Default 2,000. */
  tickMs?: number | undefined;
  /** What other processes heard of; asked for at each look by the process that reads. */
  takeHints?: (() => Promise<void>) | undefined;
  logger: Logger;
  /** There is something new to build a catalog of. */
  onChange: () => void;
}

/** Sees to it that sources behind a network are read by one process, survive restarts and reach all processes. */
export interface CatalogKeeper {
  /** Takes up what was stored, before the first catalog is built. */
  restore(): Promise<void>;
  /** True when this process reads the sources. */
  isReader(): boolean;
  /** True when somebody accepted this drop, or another process did before it stored it. */
  isAccepted(sourceId: string, id: string): boolean;
  /** Stores what a catalog was built of, and tells the others how the sources stand. */
  onBuilt(sources: readonly (SourceStatus & { isFresh: boolean })[]): void;
  /** The same sources, with what the process that reads holds back. */
  shown(sources: readonly SourceStatus[]): SourceStatus[];
  /** As `CatalogBoard.accept`. */
  accept(sourceId?: string): Promise<SourceStatus[]>;
  /** Reads sources as soon as possible, if this process reads; absent: all. */
  readSoon(sourceIds?: readonly string[]): void;
  start(): void;
  /** Resolves when everything is stored. */
  close(): Promise<void>;
}

/** Creates the keeper; nothing is read yet. */
export function createCatalogKeeper(options: KeeperOptions): CatalogKeeper {
  const { remote, schedule, board, lease } = options;
  const sharing = createSharing(options);
  const following = createFollowing(options);
  let isReading = lease === undefined;

  async function tick(): Promise<void> {
    isReading = lease === undefined || (await lease.isOurs());
    const isNew = await sharing.hasNewAcceptance();
    if (isReading) {
      await options.takeHints?.();
      schedule.readDue();
    }
    if (isNew || (!isReading && (await following.look()))) options.onChange();
  }

  const ticker = createTicker(tick, {
    everyMs: options.tickMs ?? 2_000,
    onFailure: warn(options, "sources of the catalog not looked after"),
  });

  return {
    async restore() {
      try {
        isReading = lease === undefined || (await lease.isOurs());
        await sharing.hasNewAcceptance();
        for (const source of remote) await options.storage.take(source);
      } catch (thrown) {
        warn(options, "stored catalog not readable")(thrown);
      }
    },
    isReader: () => isReading,
    isAccepted: (sourceId, id) => sharing.isAccepted(sourceId, id),
    onBuilt(sources) {
      sharing.save(sources);
      if (isReading) sharing.post(sources.map(statusOf));
    },
    shown(sources) {
      const states = sources.map(statusOf);
      return isReading ? states : following.withHeld(states);
    },
    async accept(sourceId) {
      await sharing.settled();
      const taken = await board.accept(sourceId);
      await sharing.hasNewAcceptance();
      options.onChange();
      return taken;
    },
    readSoon(sourceIds) {
      schedule.hasten(sourceIds);
      ticker.soon();
    },
    start: () => ticker.start(),
    async close() {
      await ticker.stop();
      await Promise.all(remote.map((source) => source.close()));
      await sharing.settled();
      if (isReading) await lease?.release().catch(warn(options, "lease not given back"));
    },
  };
}

function warn({ logger }: KeeperOptions, what: string): (thrown: unknown) => void {
  return (thrown) => logger.warn({ error: toError(thrown).message }, what);
}

/** What a process does that does not read itself. */
function createFollowing({ remote, storage, board }: KeeperOptions) {
  let others: SourceStatus[] = [];
  const stateOf = (source: { id: string }) => others.find(({ id }) => id === source.id);
  return {
    /** Takes over what the process that reads has stored; true when there was something new. */
    async look(): Promise<boolean> {
      const states = await board.sources();
      let isChanged = JSON.stringify(states) !== JSON.stringify(others);
      others = states;
      for (const source of remote) {
        isChanged = (await storage.take(source)) || isChanged;
        await source.adopt(undefined, stateOf(source)?.error);
      }
      return isChanged;
    },
    /** The same sources, with what the process that reads holds back of those it reads. */
    withHeld: (sources: readonly SourceStatus[]): SourceStatus[] =>
      sources.map((source) => {
        const isRemote = remote.some(({ id }) => id === source.id);
        const heldBack = isRemote ? stateOf(source)?.heldBack : undefined;
        return heldBack === undefined ? source : { ...source, heldBack };
      }),
  };
}

/** Does something now and then, never twice at a time. */
function createTicker(
  work: () => Promise<void>,
  { everyMs, onFailure }: { everyMs: number; onFailure: (thrown: unknown) => void },
) {
  let running: Promise<unknown> = Promise.resolve();
  let timer: NodeJS.Timeout | undefined;
  const tick = (): void => {
    running = running.then(work).catch(onFailure);
  };
  return {
    soon(): void {
      if (timer !== undefined) tick();
    },
    start(): void {
      tick();
      timer = setInterval(tick, everyMs);
    },
    async stop(): Promise<void> {
      clearInterval(timer);
      timer = undefined;
      await running;
    },
  };
}

/** What is written for others: one thing after the other, and a failure of it disturbs nobody. */
function createSharing(options: KeeperOptions) {
  const { remote, storage, board } = options;
  let accepted: ReadonlyMap<string, string> = new Map();
  let posted: string | undefined;
  let writing: Promise<unknown> = Promise.resolve();
  const write = (work: () => Promise<void>, what: string): void => {
    writing = writing.then(work).catch(warn(options, what));
  };
  return {
    isAccepted(sourceId: string, id: string): boolean {
      const source = remote.find((each) => each.id === sourceId);
      return source?.kept()?.isAdopted === true || accepted.get(sourceId) === id;
    },
    async hasNewAcceptance(): Promise<boolean> {
      const before = JSON.stringify([...accepted]);
      accepted = await board.accepted();
      return JSON.stringify([...accepted]) !== before;
    },
    save(sources: readonly (SourceStatus & { isFresh: boolean })[]): void {
      for (const { id, kept } of remote.map((source) => ({ id: source.id, kept: source.kept() }))) {
        const state = sources.find((each) => each.id === id);
        if (kept === undefined || kept.isAdopted || state?.isFresh !== true) continue;
        // what was read since is not what the catalog was built of
        if (kept.source.readAtMs !== state.readAtMs) continue;
        write(() => storage.save(id, kept.source), "catalog not stored");
      }
    },
    post(sources: readonly SourceStatus[]): void {
      const isHeld = sources.some(({ heldBack }) => heldBack !== undefined);
      // who has only files of its own, and nothing to accept, has nothing to tell
      if (remote.length === 0 && !isHeld && posted === undefined) return;
      const text = JSON.stringify(sources);
      if (text === posted) return;
      posted = text;
      write(() => board.post(sources), "state of the catalog not stored");
    },
    settled: async (): Promise<void> => void (await writing),
  };
}
