import type { RecordStore } from "../../storage/contract.ts";

/** The right of one process among several to do something. */
export interface Lease {
  /** Takes it if it is free, keeps it if it is ours. */
  isOurs(): Promise<boolean>;
  /** Gives it back, so that another process need not wait for its end. */
  release(): Promise<void>;
}

const collection = "leases";

/** Creates a lease that ends by itself `ttlMs` after the last `isOurs`. */
export function createLease(
  records: RecordStore,
  { name, owner, ttlMs }: { name: string; owner: string; ttlMs: number },
): Lease {
  return {
    async isOurs() {
      const found = await records.get<string>(collection, name);
      if (found !== undefined && found.value !== owner) return false;
      const ifVersion = found?.version ?? 0;
      return (await records.put(collection, name, owner, { ifVersion, ttlMs })) !== undefined;
    },
    async release() {
      const found = await records.get<string>(collection, name);
      if (found?.value !== owner) return;
      await records.delete(collection, name, { ifVersion: found.version });
    },
  };
}
