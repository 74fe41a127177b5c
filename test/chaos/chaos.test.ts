import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";

import { ensureBuilt } from "../helpers/built.ts";
import { hasRedisServer, type RedisServer, startRedisServer } from "../helpers/servers.ts";
import { createLanes } from "./arenas.ts";
import { type Campaign, type ChaosStorage, openCampaign, type Tally } from "./campaign.ts";
import { createRandom } from "./random.ts";
import type { Mutation } from "./worker.ts";
import { takenName } from "./world.ts";

// The small version of `npm run chaos`: whole bots that are killed and frozen, on both kinds of storage.
const limitMs = 900_000;
const seed = 20_261_128;

/** Where a bot that does not keep to the protocol makes something twice, or does not know its own again. */
const delicate = [
  "github POST /orgs/acme/repos:after",
  "slack chat.postMessage:after",
  "step.publish.completed:before",
  "result.noted:before",
];

/** Bots with everything around them, gone when the work is done. */
async function inCampaign<R>(
  storage: ChaosStorage,
  work: (campaign: Campaign) => Promise<R>,
  options: Parameters<typeof openCampaign>[1] = {},
): Promise<R> {
  const campaign = await openCampaign(storage, options);
  try {
    return await work(campaign);
  } finally {
    await campaign.close();
  }
}

interface Outcome {
  tallies: Tally[];
  left: string[];
}

/** Hits bots once by each of `blows`, then looks what is left. */
async function hitBots(
  storage: ChaosStorage,
  blows: readonly ((campaign: Campaign) => Promise<Tally>)[],
): Promise<Outcome> {
  return await inCampaign(storage, async (campaign) => {
    const tallies: Tally[] = [];
    for (const blow of blows) tallies.push(await blow(campaign));
    return { tallies, left: await campaign.rest() };
  });
}

function killAt(at: string, name?: string): (campaign: Campaign) => Promise<Tally> {
  return async ({ hitAt }) => await hitAt(at, "SIGKILL", name);
}

/** A bot with one rule of the protocol broken, in the situation that the rule is for. */
const broken: Record<Mutation, { what: string; provoke: (chaos: Campaign) => Promise<Tally> }> = {
  "no-marker": {
    what: "does not know its own repository again",
    provoke: killAt("github POST /orgs/acme/repos:after"),
  },
  "no-fence": {
    what: "sends a second message when it wakes up",
    provoke: async ({ hitAt }) => await hitAt("message.intended:after", "SIGSTOP"),
  },
  retry: {
    what: "sends a second message when an answer is lost",
    provoke: async ({ world, hitAt }) => {
      world.playground.driver.faults.next({ method: "chat.postMessage", fault: "lost-reply" });
      return await hitAt("nowhere", "SIGKILL");
    },
  },
};

/**
 * All that is to be found out, begun together: it is mostly waiting for locks. What fails fails the test that asks for it.
 */
function begin(redis: ChaosStorage | undefined) {
  const lane = createLanes(3);
  const start = <R>(work: () => Promise<R>): Promise<R> => {
    const begun = lane(work);
    // told by the test that waits for it
    begun.catch(() => undefined);
    return begun;
  };
  const [first = ""] = delicate;
  const onRedis = <R>(work: (storage: ChaosStorage) => Promise<R>): Promise<R> =>
    start(async () => {
      if (redis === undefined) throw new Error("there is no Redis server");
      return await work(redis);
    });
  const provoke = (mutation: Mutation): Promise<Tally> =>
    onRedis(async (storage) => {
      const workers = mutation === "no-fence" ? 2 : 1;
      return await inCampaign(storage, broken[mutation].provoke, { mutation, workers });
    });
  return {
    killed: onRedis(
      async (storage) =>
        await hitBots(storage, [
          ...delicate.map((at) => killAt(at)),
          async (campaign) => await campaign.trouble(),
          async (campaign) => await campaign.race(),
        ]),
    ),
    shaken: onRedis(
      async (storage) =>
        await hitBots(storage, [
          async ({ hitAt }) => await hitAt("message.intended:after", "SIGSTOP"),
          killAt("note.publish/github.create:after", takenName),
          async (campaign) => await campaign.shake(6, createRandom(seed), 0.12),
        ]),
    ),
    embedded: start(
      async () =>
        await hitBots({ kind: "embedded" }, [
          killAt(first),
          killAt("note.publish/github.create:after", takenName),
          async (campaign) => await campaign.trouble(),
          async (campaign) => await campaign.race(),
        ]),
    ),
    broken: {
      "no-marker": provoke("no-marker"),
      "no-fence": provoke("no-fence"),
      retry: provoke("retry"),
    },
  };
}

const hasRedis = hasRedisServer();
let redis: RedisServer | undefined;
let all: ReturnType<typeof begin>;

beforeAll(async () => {
  ensureBuilt();
  redis = hasRedis ? await startRedisServer() : undefined;
  all = begin(redis === undefined ? undefined : { kind: "redis", url: redis.url });
}, limitMs);
afterAll(async () => {
  const { broken: mutants, ...rest } = all;
  await Promise.allSettled([...Object.values(rest), ...Object.values(mutants)]);
  await redis?.destroy();
}, limitMs);

/** What it comes to, with how often each of the first blows, which name a place, has hit. */
function summaryOf({ tallies, left }: Outcome, named: number) {
  return {
    hits: tallies.slice(0, named).map(({ kills, freezes }) => kills + freezes),
    faults: tallies.flatMap(({ faults }) => faults),
    left,
  };
}

test(
  "a bot on the embedded database that is killed, refused a name, troubled by GitHub and approved twenty times makes one of everything",
  async () => {
    expect(summaryOf(await all.embedded, 2)).toEqual({ hits: [1, 1], faults: [], left: [] });
  },
  limitMs,
);

(hasRedis ? describe : describe.skip)("bots on Redis", () => {
  test(
    "that are killed, troubled by GitHub and approved twenty times make one of everything, and leave nothing behind",
    async () => {
      expect(summaryOf(await all.killed, 4)).toEqual({ hits: [1, 1, 1, 1], faults: [], left: [] });
    },
    limitMs,
  );

  test(
    "that are frozen, refused a name and shaken make one of everything, and leave nothing behind",
    async () => {
      expect(summaryOf(await all.shaken, 2)).toEqual({ hits: [1, 1], faults: [], left: [] });
    },
    limitMs,
  );

  test.each(["no-marker", "no-fence", "retry"] as const)(
    "with the rule broken that is called %s are noticed",
    async (mutation) => {
      const { faults } = await all.broken[mutation];

      expect({ mutation, why: broken[mutation].what, faults }).not.toMatchObject({ faults: [] });
    },
    limitMs,
  );
});
