import type { Installation, InstallationQuery, InstallationStore } from "@slack/oauth";

import type { JsonValue } from "../base/json.ts";
import type { Sealer } from "../base/sealing.ts";
import type { RecordStore } from "../storage/contract.ts";

/** Installations by team id, or for a whole organisation by enterprise id; the tokens in them are sealed. */
const collection = "slack-installations";

interface StoredInstallation extends Record<string, JsonValue> {
  sealed: string;
  installedAtMs: number;
}

/** What Slack's library needs of a store, and a look at all that is in it. */
export interface SealedInstallationStore extends InstallationStore {
  /** Ids of teams and organisations, the first installed first. */
  list(): Promise<string[]>;
}

/** Keeps installations in the storage that runs are kept in, sealed, so that a copy of it gives nobody a token. */
export function createInstallationStore(
  records: RecordStore,
  sealer: Sealer,
  clock: () => number,
): SealedInstallationStore {
  const read = async (id: string): Promise<Installation | undefined> => {
    const stored = await records.get<StoredInstallation>(collection, id);
    if (stored === undefined) return undefined;
    const installation: Installation = JSON.parse(sealer.open(stored.value.sealed, purposeOf(id)));
    return installation;
  };
  return {
    async storeInstallation(installation) {
      const id = installation.isEnterpriseInstall
        ? installation.enterprise?.id
        : installation.team?.id;
      if (id === undefined) throw new Error("an installation without a team and an organisation");
      const before = await records.get<StoredInstallation>(collection, id);
      const value: StoredInstallation = {
        sealed: sealer.seal(JSON.stringify(installation), purposeOf(id)),
        installedAtMs: before?.value.installedAtMs ?? clock(),
      };
      await records.put(collection, id, value);
    },
    async fetchInstallation(query) {
      for (const id of idsOf(query)) {
        const found = await read(id);
        if (found !== undefined) return found;
      }
      throw new Error("the app is not installed there");
    },
    async deleteInstallation(query) {
      const [id] = idsOf(query);
      if (id !== undefined) await records.delete(collection, id);
    },
    async list() {
      const stored = await records.list<StoredInstallation>(collection, { limit: 1000 });
      return stored
        .toSorted((a, b) => a.value.installedAtMs - b.value.installedAtMs)
        .map(({ id }) => id);
    },
  };
}

/** Where to look: a workspace of an organisation may have an installation of its own, or share the organisation's. */
function idsOf(query: InstallationQuery<boolean>): string[] {
  const ids = query.isEnterpriseInstall ? [query.enterpriseId] : [query.teamId, query.enterpriseId];
  return ids.filter((id) => id !== undefined);
}

function purposeOf(id: string): string {
  return `slack installation ${id}`;
}
