import { afterAll, afterEach, beforeAll, describe, expect, test } from "@jest/globals";

import { ensureBuilt } from "../helpers/built.ts";
import { hasRedisServer, type RedisServer, startRedisServer } from "../helpers/servers.ts";
import { type Campaign, openCampaign } from "./campaign.ts";
import { createRandom } from "./random.ts";
import type { Mutation } from "./worker.ts";
import { takenName } from "./world.ts";

// The small version of `npm run chaos`: whole bots that are killed and frozen, on both kinds of storage.
const limitMs = 900_000;
const seed = 20_261_128;

let campaign: Campaign | undefined;

beforeAll(() => ensureBuilt());
afterEach(async () => {
  await campaign?.close();
  campaign = undefined;
});

/** Where a bot that does not keep to the protocol makes something twice, or does not know its own again. */
const delicate = [
  "github POST /orgs/acme/repos:after",
  "slack chat.postMessage:after",
  "step.publish.completed:before",
  "result.noted:before",
];

test(
  "bots on the embedded database that are killed at the delicate places make one of everything",
  async () => {
    campaign = await openCampaign({ kind: "embedded" });
    const [first = "", second = ""] = delicate;

    const tallies = [
      await campaign.hitAt(first, "SIGKILL"),
      await campaign.hitAt(second, "SIGKILL"),
    ];
    const left = await campaign.rest();

    expect(tallies.flatMap(({ faults }) => faults)).toEqual([]);
    expect(tallies.map(({ kills }) => kills)).toEqual([1, 1]);
    expect(left).toEqual([]);
  },
  limitMs,
);

(hasRedisServer() ? describe : describe.skip)("bots on Redis", () => {
  let redis: RedisServer;

  beforeAll(async () => {
    redis = await startRedisServer();
  });
  afterAll(async () => await redis.destroy());

  test(
    "that are killed, frozen and shaken make one of everything, and leave nothing behind",
    async () => {
      campaign = await openCampaign({ kind: "redis", url: redis.url });

      const tallies = [];
      for (const place of delicate) tallies.push(await campaign.hitAt(place, "SIGKILL"));
      tallies.push(await campaign.hitAt("message.intended:after", "SIGSTOP"));
      tallies.push(await campaign.hitAt("note.publish/github.create:after", "SIGKILL", takenName));
      tallies.push(await campaign.shake(6, createRandom(seed), 0.12));
      const left = await campaign.rest();

      expect(tallies.flatMap(({ faults }) => faults)).toEqual([]);
      expect(tallies.slice(0, 6).every(({ kills, freezes }) => kills + freezes === 1)).toBe(true);
      expect(left).toEqual([]);
    },
    limitMs,
  );

  /** A bot with one rule of the protocol broken, in the situation that the rule is for. */
  const broken: [Mutation, string, (chaos: Campaign) => Promise<string[]>][] = [
    [
      "no-marker",
      "does not know its own repository again",
      async (chaos) => (await chaos.hitAt("github POST /orgs/acme/repos:after", "SIGKILL")).faults,
    ],
    [
      "no-fence",
      "sends a second message when it wakes up",
      async (chaos) => (await chaos.hitAt("message.intended:after", "SIGSTOP")).faults,
    ],
    [
      "retry",
      "sends a second message when an answer is lost",
      async ({ world, hitAt }) => {
        world.playground.driver.faults.next({ method: "chat.postMessage", fault: "lost-reply" });
        return (await hitAt("nowhere", "SIGKILL")).faults;
      },
    ],
  ];

  test.each(broken)(
    "with the rule broken that is called %s, a bot %s, and that is noticed",
    async (mutation, _what, provoke) => {
      const workers = mutation === "no-fence" ? 2 : 1;
      campaign = await openCampaign({ kind: "redis", url: redis.url }, { mutation, workers });

      const faults = await provoke(campaign);

      expect(faults).not.toEqual([]);
    },
    limitMs,
  );
});
