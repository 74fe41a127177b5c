import { relative } from "node:path";

import { createPause } from "../base/pause.ts";
import { createAssemblyMemory } from "../catalog/assemble.ts";
import type { CatalogSource } from "../catalog/sources/contract.ts";
import type { WellKnown } from "../catalog/well-known.ts";
import type { Config } from "../config/load.ts";
import type { ActionRegistry } from "../scaffold/action.ts";
import type { SearchIndex } from "../search/search-index.ts";
import { buildCatalogFacetsInTurns } from "../usecases/catalog/catalog-facets.ts";
import type { FileChecker } from "../usecases/catalog/file-checker.ts";
import type { IndexKeeper } from "../usecases/catalog/index-keeper.ts";
import type { LastSound, SoundReadings } from "../usecases/catalog/last-sound.ts";
import { loadCatalog, type LoadedCatalog } from "../usecases/catalog/load-catalog.ts";
import {
  createRepositoryFinder,
  loadRepositoryOwners,
} from "../usecases/catalog/repository-owners.ts";
import {
  assembleSnapshot,
  type Snapshot,
  type SnapshotParts,
} from "../usecases/catalog/snapshot.ts";
import { loadDocuments, type LoadedDocuments } from "../usecases/documents/documents.ts";
import { buildTemplates, type Templates } from "../usecases/runs/templates.ts";
import { companionDocuments, createCompanionOwners } from "./catalog-companions.ts";
import type { CatalogKeeper } from "./catalog-keeper.ts";

/** One generation: what was read, and what was made of it. */
export interface Generation {
  loaded: LoadedCatalog;
  documents: LoadedDocuments;
  snapshot: Snapshot;
  templates: Templates;
}

export interface GenerationOptions {
  config: Config;
  clock: () => number;
  actions: ActionRegistry;
  /** In the order that decides who keeps a name. */
  sources: readonly CatalogSource[];
  checker: FileChecker;
  wellKnown: WellKnown;
  keeper: Pick<CatalogKeeper, "isAccepted">;
  indexes: IndexKeeper;
  lastSound: Pick<LastSound, "load">;
  /** Asked once a generation: true when only what was told of has to be read. */
  isQuick: () => boolean;
}

/** Creates what builds one generation after the other; each takes over from the last what has not changed. */
export function createGenerationBuilder(
  options: GenerationOptions,
): (previous: Generation | undefined, signal: AbortSignal) => Promise<Generation> {
  const { config, actions, wellKnown, checker, sources, keeper, lastSound } = options;
  const companionOwners = createCompanionOwners();
  const assembly = createAssemblyMemory();
  const { holdBackPercent, orphans } = config.file.catalog;
  const holdBack = { share: holdBackPercent / 100, isAccepted: keeper.isAccepted.bind(keeper) };
  let findRepository = createRepositoryFinder();
  let remembered: SoundReadings | undefined;
  return async (previous, signal) => {
    const isQuick = options.isQuick();
    if (!isQuick) findRepository = createRepositoryFinder();
    remembered ??= await lastSound.load();
    const nowMs = options.clock();
    const lastGood = previous?.loaded;
    const how = { signal, nowMs, lastGood, remembered, checker, assembly, isQuick };
    const loaded = await loadCatalog(sources, { ...how, holdBack, orphans });
    const { catalog } = loaded;
    const remote = companionDocuments(loaded.sources);
    const documents = await loadDocuments({
      catalog,
      sources: config.file.documents.sources,
      folder: config.baseDir,
      remote: remote.documents,
      previous: previous?.documents,
      wellKnown,
      nowMs,
      signal,
    });
    const templates = buildTemplates(catalog, {
      actions,
      featureFlags: config.file.scaffolder.featureFlags,
    });
    const showPath = (path: string): string => relative(config.baseDir, path);
    const where = { catalog, showPath, wellKnown, findRepository };
    const owners = await loadRepositoryOwners({ ...where, nowMs });
    const remoteOwners = companionOwners(loaded.sources);
    const parts = {
      version: (previous?.snapshot.version ?? 0) + 1,
      catalog,
      documents: documents.documents,
      diagnostics: [
        ...loaded.diagnostics,
        ...documents.diagnostics,
        ...remote.diagnostics,
        ...templates.diagnostics,
        ...owners.diagnostics,
        ...remoteOwners.diagnostics,
      ],
      repositories: [...owners.repositories, ...remoteOwners.repositories],
      changedAtMs: documents.history?.changedAtMs,
      lastPushMs: (url: string) => lastPushOf(sources, url),
      readAtMs: nowMs,
      wellKnown,
    };
    const index = await options.indexes.indexOf(parts, signal);
    return { loaded, documents, snapshot: await snapshotOf(parts, index), templates };
  };
}

/** The first source that knows the repository says it. */
function lastPushOf(sources: readonly CatalogSource[], url: string): number | undefined {
  for (const source of sources) {
    const atMs = source.lastPushMs?.(url);
    if (atMs !== undefined) return atMs;
  }
  return undefined;
}

/** Whatever the first question would wait for is made here, and others get their turn meanwhile. */
async function snapshotOf(parts: SnapshotParts, index: SearchIndex): Promise<Snapshot> {
  const facets = await buildCatalogFacetsInTurns(parts.catalog, createPause());
  return assembleSnapshot({ ...parts, facets }, index);
}
