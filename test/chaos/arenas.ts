import { type Campaign, type ChaosStorage, openCampaign, type Tally } from "./campaign.ts";

/** Several campaigns at the same time, which know nothing of each other: hitting bots is mostly waiting for locks. */
export interface Arenas {
  count: number;
  first: Campaign;
  all: readonly Campaign[];
  /** Each item in whichever arena is free; `onDone` hears after each how many are done. */
  spread<T>(
    items: readonly T[],
    work: (campaign: Campaign, item: T) => Promise<Tally>,
    onDone?: (done: number) => void,
  ): Promise<Tally[]>;
  /** The same work in all of them. */
  everywhere<R>(work: (campaign: Campaign, index: number) => Promise<R>): Promise<R[]>;
  close(): Promise<void>;
}

/** Opens `count` of them, one after the other: each start takes a processor of its own. */
export async function openArenas(storage: ChaosStorage, count: number): Promise<Arenas> {
  const campaigns: Campaign[] = [];
  const close = async (): Promise<void> => {
    await Promise.all(campaigns.map(async (campaign) => await campaign.close()));
  };
  try {
    while (campaigns.length < count) campaigns.push(await openCampaign(storage));
  } catch (thrown) {
    await close();
    throw thrown;
  }
  const [first] = campaigns;
  if (first === undefined) throw new RangeError("at least one arena is needed");
  return {
    count,
    first,
    all: campaigns,
    async spread(items, work, onDone) {
      const left = [...items];
      const tallies: Tally[] = [];
      const lane = async (campaign: Campaign): Promise<void> => {
        for (let item = left.shift(); item !== undefined; item = left.shift()) {
          tallies.push(await work(campaign, item));
          onDone?.(tallies.length);
        }
      };
      await Promise.all(campaigns.map(lane));
      return tallies;
    },
    everywhere: async (work) => await Promise.all(campaigns.map(work)),
    close,
  };
}

/** A function that starts work at once, or when fewer than `most` of what it was given are still going on. */
export function createLanes(most: number): <R>(work: () => Promise<R>) => Promise<R> {
  const waiting: (() => void)[] = [];
  let busy = 0;
  return async (work) => {
    if (busy >= most) await new Promise<void>((resolve) => void waiting.push(resolve));
    busy += 1;
    try {
      return await work();
    } finally {
      busy -= 1;
      waiting.shift()?.();
    }
  };
}
