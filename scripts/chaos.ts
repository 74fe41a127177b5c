/**
 * Hits running bots wherever it can and looks what comes of their runs: `npm run chaos -- --runs 50 --seed 1 --storage redis`.
 * A round kills one worker at each place that a run comes by, freezes one at each (Redis), then shakes `--runs` runs with random
 * kills and again with `--faults` (0.12) of all requests going wrong. Exit code 1 when anything was not as promised.
 * `--rounds 2` repeats the named places, `--only kills,freezes,random,faults,recovery` chooses, `--redis redis://…` is the server
 * (default: one of its own), `--minutes 8` stops hitting places when the time is over; how many were hit is said. `--arenas 3` has so
 * many campaigns going at the same time, each with its own bots, Slack, GitHub and namespace, and spreads places and runs over them.
 * Ctrl-C ends it with the figures so far and takes all bots along, frozen ones too.
 */
import { cpus } from "node:os";
import { parseArgs } from "node:util";

import { type Arenas, openArenas } from "../test/chaos/arenas.ts";
import type { ChaosStorage, Tally } from "../test/chaos/campaign.ts";
import { canBeFrozenAt, canBeKilledAt } from "../test/chaos/places.ts";
import { createRandom, shuffle } from "../test/chaos/random.ts";
import { measureRecovery } from "../test/chaos/recovery.ts";
import { ensureBuilt } from "../test/helpers/built.ts";
import { startRedisServer } from "../test/helpers/servers.ts";
import { exitOnSignals } from "../test/helpers/tied-child.ts";

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
    arenas: { type: "string", default: "1" },
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
  const slowestS = Math.max(0, ...tallies.map((tally) => tally.slowestMs)) / 1000;
  say(
    `${what}: ${sum("runs")} runs, ${sum("kills")} kills, ${sum("freezes")} freezes, ` +
      `${sum("mishaps")} requests gone wrong, ${faults.length} faults, longest run ${slowestS.toFixed(0)} s`,
  );
  for (const fault of faults) say(`  ${fault}`);
}

/** A death interrupts all that a worker has in work, so these are more than the kills. */
function reportJobs({ all }: Arenas): void {
  const ledgers = all.map(({ pool }) => pool.ledger);
  const sum = (key: "interrupted" | "lost"): number =>
    ledgers.reduce((total, ledger) => total + ledger[key], 0);
  const givenUp = ledgers.flatMap((ledger) => ledger.givenUp);
  say(
    `jobs: ${sum("interrupted")} times interrupted by the death of a worker, ` +
      `${sum("lost")} times lost by a living one, ${givenUp.length} given up`,
  );
  for (const reason of givenUp) say(`  given up ${reason}`);
}

function minutes(): string {
  return `${((performance.now() - startedAtMs) / 60_000).toFixed(1)} min`;
}

/** On fresh bots: all places once for each round, then the random part. */
async function campaign(storage: ChaosStorage): Promise<void> {
  const arenas = await openArenas(storage, Number(values.arenas));
  try {
    const places = [...new Set(await arenas.first.trace())];
    say(`${places.length} places: ${places.join(", ")}`);
    if (only.has("kills"))
      await hit(arenas, "killed at each place", "SIGKILL", places.filter(canBeKilledAt));
    if (only.has("freezes") && storage.kind !== "embedded")
      await hit(arenas, "frozen at each place", "SIGSTOP", places.filter(canBeFrozenAt));
    if (only.has("random")) await shake(arenas, "killed at random", 0);
    const rate = Number(values.faults);
    if (only.has("faults"))
      await shake(arenas, `killed at random with ${rate * 100} % faults`, rate);
    reportJobs(arenas);
    const left = (await arenas.everywhere(async (each) => await each.rest())).flat();
    failures.push(...left);
    say(
      `at rest: ${left.length === 0 ? "nothing is left, nothing foreign was touched" : left.join("; ")}`,
    );
  } finally {
    await arenas.close();
  }
}

async function hit(
  arenas: Arenas,
  what: string,
  signal: "SIGKILL" | "SIGSTOP",
  at: readonly string[],
): Promise<void> {
  const rounds = Array.from({ length: Number(values.rounds) }, () => shuffle([...at], random));
  const wanted = rounds.flat();
  const nothing: Tally = { runs: 0, kills: 0, freezes: 0, mishaps: 0, slowestMs: 0, faults: [] };
  const tallies = await arenas.spread(
    wanted,
    async (each, place) =>
      performance.now() > untilMs ? nothing : await each.hitAt(place, signal),
    (done) => {
      const isOver = performance.now() > untilMs;
      if (done % 20 === 0 && !isOver) say(`  … ${done} of ${wanted.length} ${what}, ${minutes()}`);
    },
  );
  report(what, tallies);
}

async function shake(arenas: Arenas, what: string, rate: number): Promise<void> {
  const runs = Number(values.runs);
  const seeds = Array.from({ length: arenas.count }, () => Math.floor(random() * 1e9));
  let done = 0;
  const tallies = await arenas.everywhere(async (each, index) => {
    // what does not divide evenly goes to the first ones
    const share = Math.floor(runs / arenas.count) + (index < runs % arenas.count ? 1 : 0);
    const tally = await each.shake(share, createRandom(seeds[index] ?? 0), rate, () => {
      done += 1;
      if (done % 20 === 0) say(`  … ${done} of ${runs} ${what}, ${minutes()}`);
    });
    return tally;
  });
  report(what, tallies);
}

// one for each bot that runs
process.setMaxListeners(0);
exitOnSignals((signal) =>
  say(`ended by ${signal} after ${minutes()}, with ${failures.length} faults reported so far`),
);
ensureBuilt();
const kind = values.storage === "embedded" ? "embedded" : "redis";
const own = kind === "redis" && values.redis === undefined ? await startRedisServer() : undefined;
const url = values.redis ?? own?.url;
const storage: ChaosStorage = { kind, ...(kind === "redis" && url !== undefined ? { url } : {}) };
say(`storage ${kind}, seed ${values.seed}, Node ${process.version}, ${cpus().length} processors`);
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
