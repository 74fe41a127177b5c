import type { KeptSource } from "./kept-source.ts";
import {
  type BucketCache,
  type KeptStore,
  loadKept,
  type Manifest,
  readManifest,
  saveKept,
} from "./kept-store.ts";
import type { RemoteSource } from "./remote-source.ts";

/** Carries what sources gave from one life of the process to the next, and to other processes. */
export interface RemoteStorage {
  /** Gives a source what is stored of it; true when that is something new. */
  take(source: RemoteSource): Promise<boolean>;
  /** Stores what was read of a source; nothing when it is stored already. */
  save(sourceId: string, kept: KeptSource): Promise<void>;
}

/** Creates the storage; nothing is read yet. */
export function createRemoteStorage(store: KeptStore): RemoteStorage {
  const manifests = new Map<string, Manifest>();
  const caches = new Map<string, BucketCache>();
  return {
    async take(source) {
      const manifest = await readManifest(store, source.id);
      if (manifest === undefined) return false;
      if (JSON.stringify(manifest) === JSON.stringify(manifests.get(source.id))) return false;
      const cache = caches.get(source.id) ?? new Map();
      caches.set(source.id, cache);
      const found = await loadKept(store, source.id, manifest, cache);
      if (found === undefined) return false;
      manifests.set(source.id, manifest);
      await source.adopt(found, source.failure());
      return true;
    },
    async save(sourceId, kept) {
      const before = manifests.get(sourceId);
      if (before?.readAtMs === kept.readAtMs) return;
      manifests.set(sourceId, await saveKept(store, sourceId, kept, before));
      // who reads by itself need not remember what was stored
      caches.delete(sourceId);
    },
  };
}
