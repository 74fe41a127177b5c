import type { Logger } from "../base/logger.ts";
import { createReleaser, type Releaser } from "../base/releaser.ts";
import type { CheckReport } from "../catalog/report.ts";
import type { CatalogSource, WatchedSource } from "../catalog/sources/contract.ts";
import type { Config } from "../config/load.ts";
import type { ActionRegistry } from "../scaffold/action.ts";
import type { GithubClient } from "../scaffold/publishers/github/client.ts";
import type { RankingHints } from "../search/ranking-hints.ts";
import type { RecordStore } from "../storage/contract.ts";
import { createAnswerer, type Answerer } from "../usecases/answers/answer-question.ts";
import type { SourceStatus } from "../usecases/catalog/catalog-board.ts";
import type { CatalogHint } from "../usecases/catalog/catalog-hints.ts";
import { createThreadChecker } from "../usecases/catalog/check-threads.ts";
import { createIndexKeeper } from "../usecases/catalog/index-keeper.ts";
import { createLastSound } from "../usecases/catalog/last-sound.ts";
import { createRefresher } from "../usecases/catalog/refresher.ts";
import { type Snapshot } from "../usecases/catalog/snapshot.ts";
import { wholeDocument } from "../usecases/documents/whole-document.ts";
import { createEntityService } from "../usecases/entities.ts";
import { type Templates } from "../usecases/runs/templates.ts";
import type { CatalogStatus, EntityService, Services } from "../usecases/services.ts";
import { createRemoteSide, openKeptStore } from "./catalog-remote.ts";
import { createCatalogReport } from "./catalog-report.ts";
import { createSources } from "./catalog-sources.ts";
import { configuredWellKnown } from "./catalog-well-known.ts";
import { checkTarget } from "./check-target.ts";
import { createDocumentWatch, type DocumentWatch } from "./document-watch.ts";
import { createGenerationBuilder, type Generation } from "./generation.ts";
import { createRefreshScope } from "./refresh-scope.ts";

export interface CatalogOptions {
  config: Config;
  logger: Logger;
  clock: () => number;
  actions: ActionRegistry;
  /** Beside the configured ones: what runs registered. */
  moreSources?: readonly CatalogSource[];
  /** Records that several processes share: one of them reads the sources behind a network, all use what it read. */
  sharedRecords?: RecordStore | undefined;
  /**
   * How long to wait for sources behind a network of which nothing is kept, for a process that goes on running;
   * absent: as long as it takes.
   */
  firstWaitMs?: number;
  /** How often other processes' work is looked at. Default 2,000. */
  tickMs?: number;
  /** What is known of how people use things, for ranking. */
  hints?: () => RankingHints;
  /** The connection to GitHub; absent: one is made when a source needs it. */
  github?: GithubClient | undefined;
}

/** Everything that is read from files, as it stands now. */
export interface CatalogState {
  snapshot(): Snapshot;
  templates(): Templates;
  answer: Answerer;
  entities: EntityService;
  readDocument: Services["readDocument"];
  status(): CatalogStatus;
  /** How each source stands. */
  sources(): SourceStatus[];
  /**
   * Accepts readings that are held back because too many entities are missing, of one source or of all.
   * @throws NotFoundError `nothing-held-back`, `source-unknown`
   */
  accept(sourceId?: string): Promise<SourceStatus[]>;
  /**
   * Checks what has a name in the catalog, a file of it, a repository of a configured organisation, or a file on GitHub or a
   * configured host, against the present catalog.
   * @throws InputError `check-target-unknown`
   */
  check(target: string): Promise<CheckReport>;
  /** Resolves when what was written before this call can be found. */
  refresh(): Promise<void>;
  refreshSoon(): void;
  /** Reads sources behind a network as soon as possible, and does not wait for it; absent: all. */
  readSoon(sourceIds?: readonly string[]): void;
  /** Takes what a webhook told of GitHub; resolves when it is certain to be looked at. */
  tell(hint: CatalogHint): Promise<void>;
  /** Reads again whenever a file changes. */
  watch(): Promise<void>;
  close(): Promise<void>;
}

/** What a catalog is made of, before it is read for the first time. */
function prepare(options: CatalogOptions, releaser: Releaser) {
  const { config, logger } = options;
  const wellKnown = configuredWellKnown(config.file.catalog);
  const configured = createSources(options);
  const refreshSoon = (): void => refresher.refreshSoon();
  const checker = createThreadChecker({ allow: config.file.catalog.allow });
  releaser.add("catalog checker", () => checker.close());
  const { wrapped, keeper, tell } = createRemoteSide(configured, {
    ...options,
    checker,
    onChange: refreshSoon,
  });
  const sources = [...wrapped, ...(options.moreSources ?? [])];
  const indexes = createIndexKeeper({ wellKnown, logger, onMerged: refreshSoon });
  releaser.add("search index", () => indexes.close());
  const lastSound = createLastSound(openKeptStore(config, options.sharedRecords), logger);
  releaser.add("last sound entities", () => lastSound.settled());
  const scope = createRefreshScope();
  const isQuick = (): boolean => scope.take();
  const parts = { ...options, sources, checker, wellKnown, keeper, indexes, isQuick, lastSound };
  const buildGeneration = createGenerationBuilder(parts);
  const documentWatch = createDocumentWatch(refreshSoon);
  const report = createCatalogReport(logger);
  const refresher = createRefresher<Generation>({
    logger,
    build: (previous, signal) => scope.within(() => buildGeneration(previous, signal)),
    onSwitch(generation) {
      documentWatch.follow(generation.documents.watchPaths);
      keeper.onBuilt(generation.loaded.sources);
      lastSound.save(generation.loaded);
      report(countsOf(generation), generation.snapshot.diagnostics);
    },
  });
  const { files } = configured;
  return { checker, documentWatch, files, keeper, refresher, scope, sources, tell, wellKnown };
}

/** Reads catalog, documents and templates once; fails only when the process is told to stop meanwhile. */
export async function createCatalog(options: CatalogOptions): Promise<CatalogState> {
  const releaser = createReleaser();
  const prepared = prepare(options, releaser);
  const { checker, documentWatch, keeper, refresher, scope, sources, wellKnown } = prepared;
  const refreshSoon = (): void => refresher.refreshSoon();
  releaser.add("catalog sources", () => keeper.close());
  releaser.add("catalog refresh", () => refresher.close());
  await keeper.restore();
  await refresher.refresh();

  const snapshot = (): Snapshot => refresher.current().snapshot;
  const sourcesNow = (): SourceStatus[] => keeper.shown(refresher.current().loaded.sources);
  return {
    snapshot,
    templates: () => refresher.current().templates,
    answer: createAnswerer({ snapshot, wellKnown, sources: sourcesNow, hints: options.hints }),
    entities: createEntityService(() => snapshot().catalog, wellKnown),
    readDocument: (path) => readDocument(snapshot(), path),
    status: () => ({
      ...countsOf(refresher.current()),
      readAtMs: snapshot().readAtMs,
      sources: sourcesNow(),
    }),
    sources: sourcesNow,
    accept: (sourceId) => keeper.accept(sourceId),
    check: (target) =>
      checkTarget(target, { ...options, checker, sources, ...refresher.current() }),
    async refresh() {
      scope.widen();
      await refresher.refresh();
    },
    refreshSoon,
    readSoon: (ids) => keeper.readSoon(ids),
    tell: prepared.tell,
    async watch() {
      await startWatching({ files: prepared.files, documentWatch, refreshSoon }, releaser);
      keeper.start();
      // what changed before the watch began
      scope.widen();
      refreshSoon();
    },
    close: () => releaser.releaseAll(),
  };
}

async function startWatching(
  watched: {
    files: readonly WatchedSource[];
    documentWatch: DocumentWatch;
    refreshSoon: () => void;
  },
  releaser: Releaser,
): Promise<void> {
  for (const source of watched.files)
    releaser.add(`watch of ${source.id}`, await source.watch(watched.refreshSoon));
  await watched.documentWatch.start();
  releaser.add("watch of documents", () => watched.documentWatch.close());
}

function countsOf({
  snapshot,
  templates,
}: Generation): Omit<CatalogStatus, "readAtMs" | "sources"> {
  const errors = snapshot.diagnostics.filter((finding) => finding.severity === "error").length;
  return {
    entities: snapshot.catalog.entities.size,
    documents: snapshot.documents.length,
    templates: templates.list().length,
    errors,
    warnings: snapshot.diagnostics.length - errors,
  };
}

function readDocument(snapshot: Snapshot, path: string): ReturnType<Services["readDocument"]> {
  const found = snapshot.documents.find((document) => document.path === path);
  if (found === undefined) return undefined;
  return wholeDocument(found, snapshot.catalog.entities.get(found.refs[0] ?? ""));
}
