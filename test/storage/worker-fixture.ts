import { silentLogger } from "../../src/base/logger.ts";
/**
 * A worker in a process of its own, for tests that kill it. Reads its orders as JSON from the first argument and says on
 * standard output, a JSON line each, what it does.
 */
import type { JobTuning } from "../../src/storage/job-tuning.ts";
import { openStorage } from "../../src/storage/open.ts";

export interface FixtureOrders {
  place: { redisUrl?: string; databaseUrl?: string; dataDir: string; namespace?: string };
  tuning: Partial<JobTuning>;
  /**
   * `hold`: says `started` and keeps the job until killed. `die`: kills its own process at the first job.
   * `advance`: the same, once it has said that it got further.
   * `write`: adds jobs and records one after the other, saying each when it was accepted, until killed.
   */
  behaviour: "hold" | "die" | "advance" | "write";
  /** Begins the ids that `write` makes. */
  prefix?: string;
}

function say(message: Record<string, unknown>): void {
  process.stdout.write(`${JSON.stringify(message)}\n`);
}

// oxlint-disable-next-line typescript/no-unsafe-type-assertion -- only tests start this file
const orders = JSON.parse(process.argv[2] ?? "{}") as FixtureOrders;
try {
  const storage = await openStorage({
    ...orders.place,
    logger: silentLogger,
    tuning: orders.tuning,
  });
  say({ event: "ready" });
  if (orders.behaviour === "write") {
    for (let number = 0; ; number++) {
      const id = `${orders.prefix ?? "w"}-${number}`;
      await storage.records.put("written", id, { number });
      await storage.jobs.add("written", id, { number });
      say({ event: "accepted", id });
    }
  }
  await storage.jobs.process(
    async (job, { gotFurther }) => {
      if (orders.behaviour === "advance") await gotFurther();
      if (orders.behaviour !== "hold") process.kill(process.pid, "SIGKILL");
      say({ event: "started", id: job.id, startCount: job.startCount });
      await new Promise<void>(() => undefined);
    },
    { concurrency: 1 },
  );
} catch (thrown) {
  const code = thrown instanceof Error && "code" in thrown ? thrown.code : String(thrown);
  say({ event: "failed", code, message: thrown instanceof Error ? thrown.message : "" });
  process.exitCode = 1;
}
