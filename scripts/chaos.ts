/**
 * Hits running bots wherever it can and looks what comes of their runs: `npm run chaos -- --runs 50 --seed 1 --storage redis`.
 * A round kills one worker at each place that a run comes by, freezes one at each (Redis), then shakes `--runs` runs with random
 * kills and again with `--faults` (0.12) of all requests going wrong. Exit code 1 when anything was not as promised.
 * `--rounds 2` repeats the named places, `--only kills,freezes,random,faults,recovery` chooses, `--redis redis://…` is the server
 * (default: one of its own), `--minutes 8` stops hitting places when the time is over; how many were hit is said.
 */
import { parseArgs } from "node:util";

import { type ChaosStorage, openCampaign, type Tally } from "../test/chaos/campaign.ts";
import { canBeFrozenAt, canBeKilledAt } from "../test/chaos/places.ts";
import { createRandom, shuffle } from "../test/chaos/random.ts";
import { measureRecovery } from "../test/chaos/recovery.ts";
import { ensureBuilt } from "../test/helpers/built.ts";
import { startRedisServer } from "../test/helpers/servers.ts";

const { values } = parseArgs({
  options: {
    runs: { type: "string", default: "50" },
    rounds: { type: "string", default: "1" },
    seed: { type: "string", default: String(Date.now() % 1_000_000) },
    storage: { type: "string", default: "redis" },
    faults: { type: "string", default: "0.12" },
    only: { type: "string", default: "kills,freezes,random,faults,recovery" },
    redis: { type: "string" },
    minutes: { type: "string", default: "Infinity" },
  },
});
const only = new Set(values.only.split(","));
const random = createRandom(Number(values.seed));
const failures: string[] = [];
const startedAtMs = performance.now();
const untilMs = startedAtMs + Number(values.minutes) * 60_000;

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

function report(what: string, tallies: readonly Tally[]): void {
  const sum = (key: "runs" | "kills" | "freezes" | "mishaps"): number =>
    tallies.reduce((total, tally) => total + tally[key], 0);
  const faults = tallies.flatMap((tally) => tally.faults);
  failures.push(...faults);
  say(
    `${what}: ${sum("runs")} runs, ${sum("kills")} kills, ${sum("freezes")} freezes, ` +
      `${sum("mishaps")} requests gone wrong, ${faults.length} faults`,
  );
  for (const fault of faults) say(`  ${fault}`);
}

/** One campaign on fresh bots: all places once for each round, then the random part. */
async function campaign(storage: ChaosStorage): Promise<void> {
  const chaos = await openCampaign(storage);
  try {
    const places = [...new Set(await chaos.trace())];
    say(`${places.length} places: ${places.join(", ")}`);
    const hit = async (what: string, signal: "SIGKILL" | "SIGSTOP", at: string[]) => {
      const tallies: Tally[] = [];
      for (let round = 0; round < Number(values.rounds); round += 1) {
        for (const place of shuffle(at, random)) {
          if (performance.now() > untilMs) break;
          tallies.push(await chaos.hitAt(place, signal));
          if (tallies.length % 20 === 0) say(`  … ${tallies.length} of ${what}`);
        }
      }
      report(what, tallies);
    };
    if (only.has("kills"))
      await hit("killed at each place", "SIGKILL", places.filter(canBeKilledAt));
    if (only.has("freezes") && storage.kind !== "embedded")
      await hit("frozen at each place", "SIGSTOP", places.filter(canBeFrozenAt));
    const runs = Number(values.runs);
    if (only.has("random")) report("killed at random", [await chaos.shake(runs, random)]);
    if (only.has("faults")) {
      const tally = await chaos.shake(runs, random, Number(values.faults));
      report(`killed at random with ${Number(values.faults) * 100} % faults`, [tally]);
    }
    const left = await chaos.rest();
    failures.push(...left);
    say(
      `at rest: ${left.length === 0 ? "nothing is left, nothing foreign was touched" : left.join("; ")}`,
    );
  } finally {
    await chaos.close();
  }
}

ensureBuilt();
const kind = values.storage === "embedded" ? "embedded" : "redis";
const own = kind === "redis" && values.redis === undefined ? await startRedisServer() : undefined;
const url = values.redis ?? own?.url;
const storage: ChaosStorage = { kind, ...(kind === "redis" && url !== undefined ? { url } : {}) };
say(`storage ${kind}, seed ${values.seed}`);
try {
  await campaign(storage);
  if (only.has("recovery")) {
    const { crashMs, deployMs, stopMs, faults } = await measureRecovery(storage, 5);
    failures.push(...faults);
    say(
      `goes on after a crash in ${crashMs.join(", ")} ms, after SIGTERM in ${deployMs.join(", ")} ms (stopped in ${stopMs.join(", ")} ms)`,
    );
  }
} finally {
  await own?.destroy();
}
say(`${failures.length} faults in all, ${Math.round((performance.now() - startedAtMs) / 1000)} s`);
process.exitCode = failures.length === 0 ? 0 : 1;
