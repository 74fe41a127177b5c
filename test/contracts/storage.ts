import { afterAll, afterEach, beforeAll, describe, expect, test } from "@jest/globals";

import { InputError, NotFoundError, UpstreamError } from "../../src/base/errors.ts";
import type { JsonObject, JsonValue } from "../../src/base/json.ts";
import {
  HandBack,
  type Job,
  type ProcessOptions,
  type Processor,
  type RunningWorker,
  type Storage,
} from "../../src/storage/contract.ts";
import type { JobTuning } from "../../src/storage/job-tuning.ts";
import { updateRecord } from "../../src/storage/update.ts";
import { waitFor } from "../helpers/wait.ts";
import type { FixtureOrders } from "../storage/worker-fixture.ts";
import { startWorkerProcess, type WorkerProcess } from "../storage/worker-process.ts";

/** A place where storages can be opened, of one test file alone. */
export interface StoragePlace {
  /** What a process of its own opens to be at the same place. */
  place: FixtureOrders["place"];
  /** Opens the place; a `canShare` place may be open several times. */
  open(tuning: Partial<JobTuning>): Promise<Storage>;
  /** True when several processes may use it at once. */
  canShare: boolean;
  /** Removes all that was stored. */
  destroy(): Promise<void>;
}

/** Short enough for a test, long enough for a loaded machine. */
const testTuning: Partial<JobTuning> = {
  lockDurationMs: 1_500,
  stalledIntervalMs: 400,
  maxCrashes: 1,
  retryDelayMs: 20,
  stopGraceMs: 500,
  settleMs: 300,
};

/** What every storage has to do. `makePlace` makes an empty place; a `skipReason` skips all of it and says why. */
export function describeStorage(
  name: string,
  makePlace: () => Promise<StoragePlace>,
  skipReason?: string,
): void {
  const suite = skipReason === undefined ? describe : describe.skip;
  const title = skipReason === undefined ? `${name} storage` : `${name} storage (${skipReason})`;
  suite(title, () => {
    let place: StoragePlace;
    let storage: Storage;
    let isOpen = false;
    let counter = 0;
    const processes: WorkerProcess[] = [];
    const workers: RunningWorker[] = [];

    async function open(tuning: Partial<JobTuning> = {}): Promise<Storage> {
      storage = await place.open({ ...testTuning, ...tuning });
      isOpen = true;
      return storage;
    }

    async function close(): Promise<void> {
      isOpen = false;
      await storage.close();
    }

    async function work(processor: Processor, options: Partial<ProcessOptions> = {}) {
      const worker = await storage.jobs.process(processor, { concurrency: 4, ...options });
      workers.push(worker);
      return worker;
    }

    function startProcess(behaviour: FixtureOrders["behaviour"]): WorkerProcess {
      const orders = { place: place.place, tuning: testTuning, behaviour };
      const started = startWorkerProcess(orders);
      processes.push(started);
      return started;
    }

    /** An id that no other test uses. */
    function fresh(prefix: string): string {
      counter += 1;
      return `${prefix}-${counter}`;
    }

    beforeAll(async () => {
      place = await makePlace();
      await open();
    }, 60_000);

    afterEach(async () => {
      for (const worker of workers.splice(0)) await worker.stop();
      for (const started of processes.splice(0)) await started.kill();
      if (!isOpen) await open();
    });

    afterAll(async () => {
      if (isOpen) await close();
      await place.destroy();
    });

    describe("records", () => {
      test("have nothing under an unknown id", async () => {
        expect(await storage.records.get("things", "nobody")).toBeUndefined();
        expect(await storage.records.delete("things", "nobody")).toBe(false);
        expect(await storage.records.list("empty")).toEqual([]);
      });

      test("give back exactly what was put", async () => {
        const withProto: JsonObject = JSON.parse('{"__proto__": {"polluted": 1}, "a": 1}');
        const values: JsonValue[] = [
          null,
          false,
          0,
          -1.5e-9,
          "",
          "Zeile\u0000eins \ud83c\udfad \ud800 halb \u202e",
          [],
          {},
          { b: 1, a: [{ "": null }], "x.y:z": "${{ no }}" },
          withProto,
        ];

        for (const [index, value] of values.entries()) {
          await storage.records.put("exact", `v${index}`, value);
        }
        const found = await storage.records.list("exact");

        expect(found.map((record) => JSON.stringify(record.value))).toEqual(
          values.map((value) => JSON.stringify(value)),
        );
        expect(({} as Record<string, unknown>)["polluted"]).toBeUndefined();
      });

      test("take a value of a megabyte and refuse one that would choke a server", async () => {
        const id = fresh("large");
        const large = "ä".repeat(512 * 1024);

        await storage.records.put("large", id, { large });

        expect((await storage.records.get<{ large: string }>("large", id))?.value.large).toBe(
          large,
        );
        const tooLarge = "x".repeat(9 * 1024 * 1024);
        await expect(storage.records.put("large", id, tooLarge)).rejects.toMatchObject({
          code: "record-too-large",
        });
      });

      test("count versions from one and write only over the wanted one", async () => {
        const id = fresh("cas");
        const { records } = storage;

        expect(await records.put("cas", id, "a", { ifVersion: 0 })).toBe(1);
        expect(await records.put("cas", id, "b", { ifVersion: 0 })).toBeUndefined();
        expect(await records.put("cas", id, "b", { ifVersion: 1 })).toBe(2);
        expect(await records.put("cas", id, "c", { ifVersion: 1 })).toBeUndefined();
        expect(await records.put("cas", id, "d")).toBe(3);
        expect(await records.get("cas", id)).toEqual({ id, value: "d", version: 3 });
        expect(await records.put("cas", fresh("absent"), "x", { ifVersion: 5 })).toBeUndefined();
      });

      test("are deleted only at the wanted version, and begin anew afterwards", async () => {
        const id = fresh("delete");
        const { records } = storage;
        await records.put("cas", id, 1);
        await records.put("cas", id, 2);

        expect(await records.delete("cas", id, { ifVersion: 1 })).toBe(false);
        expect(await records.delete("cas", id, { ifVersion: 2 })).toBe(true);
        expect(await records.get("cas", id)).toBeUndefined();
        expect(await records.list("cas", { afterId: id.slice(0, -1) })).not.toContainEqual(
          expect.objectContaining({ id }),
        );
        expect(await records.put("cas", id, 3, { ifVersion: 0 })).toBe(1);
      });

      test("are created once when fifty try at once", async () => {
        const id = fresh("race");

        const versions = await Promise.all(
          Array.from({ length: 50 }, (_, number) =>
            storage.records.put("race", id, number, { ifVersion: 0 }),
          ),
        );

        expect(versions.filter((version) => version !== undefined)).toEqual([1]);
        const winner = versions.indexOf(1);
        expect((await storage.records.get("race", id))?.value).toBe(winner);
      });

      test("lose no change made through updateRecord by many at once", async () => {
        const id = fresh("counter");
        await Promise.all(
          Array.from({ length: 20 }, () =>
            updateRecord(storage.records, "race", id, plusOne, { attempts: 30 }),
          ),
        );

        expect(await storage.records.get("race", id)).toEqual({ id, value: 20, version: 20 });
      });

      test("are gone for every question when their time is up", async () => {
        const id = fresh("ttl");
        const { records } = storage;
        await records.put("ttl", id, "old");
        await records.put("ttl", id, "short", { ttlMs: 60 });

        await waitFor("the record to expire", async () => {
          return (await records.get("ttl", id)) === undefined;
        });

        expect(await records.list("ttl")).toEqual([]);
        expect(await records.delete("ttl", id)).toBe(false);
        expect(await records.put("ttl", id, "x", { ifVersion: 2 })).toBeUndefined();
        expect(await records.put("ttl", id, "new", { ifVersion: 0 })).toBe(1);
      });

      test("live on when written again without or with a longer time to live", async () => {
        const [kept, longer, guard] = [fresh("ttl"), fresh("ttl"), fresh("ttl")];
        const { records } = storage;
        await records.put("ttl-kept", kept, 1, { ttlMs: 80 });
        await records.put("ttl-kept", longer, 1, { ttlMs: 80 });
        await records.put("ttl-kept", guard, 1, { ttlMs: 80 });

        await records.put("ttl-kept", kept, 2);
        await records.put("ttl-kept", longer, 2, { ttlMs: 60_000 });
        await waitFor("the third record to expire", async () => {
          return (await records.get("ttl-kept", guard)) === undefined;
        });

        const ids = (await records.list("ttl-kept")).map((record) => record.id);
        expect(ids).toEqual([kept, longer]);
      });

      test("refuse a time to live that is none", async () => {
        for (const ttlMs of [0, -1, Number.NaN, Number.POSITIVE_INFINITY]) {
          await expect(storage.records.put("ttl", "x", 1, { ttlMs })).rejects.toThrow(RangeError);
        }
      });

      test("list by id in pages, each collection for itself", async () => {
        const ids = ["", "!", "10", "9", "A", "a", "a:b", "a b", "é", "{x}", "🎭", "％"].filter(
          (id) => id !== "",
        );
        for (const id of ids.toReversed()) await storage.records.put("pages", id, id);
        await storage.records.put("pages:more", "a", "other");

        const inOrder = ids.toSorted((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
        const all = await storage.records.list("pages");
        const first = await storage.records.list("pages", { limit: 4 });
        const second = await storage.records.list("pages", {
          afterId: first[3]?.id ?? "",
          limit: 4,
        });

        expect(all.map((record) => record.id)).toEqual(inOrder);
        expect([...first, ...second].map((record) => record.id)).toEqual(inOrder.slice(0, 8));
        expect(await storage.records.list("pages", { afterId: "🎭" })).toEqual([]);
        expect(await storage.records.list("pages", { limit: 0 })).toEqual([]);
      });

      test("list a hundred when no limit is given", async () => {
        await Promise.all(
          Array.from({ length: 105 }, (_, number) =>
            storage.records.put("many", `id-${String(number).padStart(3, "0")}`, number),
          ),
        );

        expect(await storage.records.list("many")).toHaveLength(100);
        expect(await storage.records.list("many", { limit: 1_000 })).toHaveLength(105);
      });

      test("refuse ids that a backend cannot hold", async () => {
        for (const id of ["", "a\u0000b", "\ud800", "x".repeat(501)]) {
          await expect(storage.records.put("ids", id, 1)).rejects.toThrow(InputError);
          await expect(storage.records.get("ids", id)).rejects.toThrow(InputError);
          await expect(storage.records.put(id, "ids", 1)).rejects.toThrow(InputError);
          await expect(storage.jobs.add("job", id, 1)).rejects.toThrow(InputError);
        }
        expect(await storage.records.put("ids", "x".repeat(500), 1)).toBe(1);
      });
    });

    describe("jobs", () => {
      test("reach a processor with their data, name and count of starts", async () => {
        const id = fresh("job");
        const data = { text: "\u0000 ü \ud800", list: [1, null], nested: { b: 1, a: 2 } };
        const seen: Job[] = [];
        await work(async (job) => void seen.push(job));

        await storage.jobs.add("greet", id, data);
        await waitFor("the job to run", () => seen[0]);

        expect(seen).toEqual([{ id, name: "greet", data, startCount: 1 }]);
        expect(JSON.stringify(seen[0]?.data)).toBe(JSON.stringify(data));
        await waitFor(
          "the job to be noted as done",
          async () => !(await storage.jobs.isPending(id)),
        );
      });

      test("keep ids of every kind apart", async () => {
        const ids = ["a:b", "123", "0:x", "ü 🎭", "%", "x".repeat(500), "a:b:c"];
        const seen: string[] = [];
        await work(async (job) => void seen.push(job.id));

        for (const id of ids) await storage.jobs.add("kinds", id, null);
        await waitFor("all jobs to run", () => seen.length >= ids.length);

        expect(seen.toSorted()).toEqual(ids.toSorted());
      });

      test("wait for a storage that was closed and opened again", async () => {
        const id = fresh("durable");
        await storage.jobs.add("later", id, { step: 1 });
        await close();
        await open();
        expect(await storage.jobs.isPending(id)).toBe(true);

        const seen: Job[] = [];
        await work(async (job) => void seen.push(job));

        await waitFor("the job to run", () => seen.find((job) => job.id === id));
      });

      test("run once when the same id is added fifty times at once, and again after it is done", async () => {
        const id = fresh("once");
        let runs = 0;
        await work(async () => void runs++);

        await Promise.all(Array.from({ length: 50 }, () => storage.jobs.add("once", id, null)));
        await waitFor("the job to end", async () => !(await storage.jobs.isPending(id)));
        await storage.jobs.add("once", id, null);

        expect(await storage.jobs.isPending(id)).toBe(false);
        expect(runs).toBe(1);
      });

      test("run again when they were forgotten", async () => {
        const id = fresh("forget");
        let runs = 0;
        await work(async () => {
          runs += 1;
          if (runs === 1) throw new NotFoundError("gone", "the repository is gone");
        });
        await storage.jobs.add("again", id, null);
        await waitFor("the job to fail", () => runs === 1);

        // right away: the queue may not have noted the end yet
        await storage.jobs.forget(id);
        await storage.jobs.add("again", id, null);

        await waitFor("the second run", () => runs > 1);
        expect(runs).toBe(2);
      });

      test("are not forgotten while they run or wait, and nothing happens to unknown ones", async () => {
        const [running, waiting] = [fresh("busy"), fresh("busy")];
        await storage.jobs.forget(fresh("unknown"));
        await storage.jobs.add("busy", waiting, null, { delayMs: 60_000 });
        await storage.jobs.forget(waiting);
        expect(await storage.jobs.isPending(waiting)).toBe(true);

        let end: (() => void) | undefined;
        let isRunning = false;
        await work(async () => {
          isRunning = true;
          await new Promise<void>((resolve) => (end = resolve));
        });
        await storage.jobs.add("busy", running, null);
        await waitFor("the job to run", () => isRunning);

        await expect(storage.jobs.forget(running)).rejects.toMatchObject({ code: "job-active" });
        end?.();
      });

      test("wait for their delay, and are counted meanwhile", async () => {
        const id = fresh("delayed");
        const before = await storage.jobs.counts();
        let startedAtMs = 0;
        await work(async (job) => {
          if (job.id === id) startedAtMs = performance.now();
        });

        const addedAtMs = performance.now();
        await storage.jobs.add("delayed", id, null, { delayMs: 300 });

        expect((await storage.jobs.counts()).delayed).toBe(before.delayed + 1);
        expect(await storage.jobs.isPending(id)).toBe(true);
        await waitFor("the job to run", () => startedAtMs > 0);
        expect(startedAtMs - addedAtMs).toBeGreaterThanOrEqual(299);
      });

      test("come again after a retryable failure, as late as the other side asked", async () => {
        const id = fresh("retry");
        const starts: { atMs: number; startCount: number }[] = [];
        await work(async (job) => {
          starts.push({ atMs: performance.now(), startCount: job.startCount });
          if (starts.length < 3) {
            throw new UpstreamError("github-busy", "GitHub is busy", {
              isRetryable: true,
              retryAfterMs: 150,
            });
          }
        });

        await storage.jobs.add("retry", id, null);
        await waitFor("the third start", () => starts[2]);

        expect(starts.map((start) => start.startCount)).toEqual([1, 2, 3]);
        expect((starts[1]?.atMs ?? 0) - (starts[0]?.atMs ?? 0)).toBeGreaterThanOrEqual(149);
      });

      test("fail for good at once after every other failure, whatever was thrown", async () => {
        const failures: unknown[] = [
          new InputError("bad", "bad input"),
          new UpstreamError("gone", "gone for good", { isRetryable: false }),
          new TypeError("our bug"),
          "a string",
          undefined,
        ];
        const before = await storage.jobs.counts();
        let runs = 0;
        await work(async (job) => {
          runs += 1;
          // oxlint-disable-next-line typescript/only-throw-error -- a plugin may throw anything
          throw failures[Number(job.data)];
        });

        for (const index of failures.keys()) {
          await storage.jobs.add("fail", fresh("fail"), index);
        }
        const counts = await waitFor("all to fail", async () => {
          const now = await storage.jobs.counts();
          return now.failed === before.failed + failures.length ? now : undefined;
        });

        expect(runs).toBe(failures.length);
        expect(counts.active).toBe(0);
      });

      test("are given up with a word when retryable failures last too long", async () => {
        const id = fresh("outage");
        await close();
        await open({ retryForMs: 200 });
        const given: { id: string; code: string }[] = [];
        await work(
          async () => {
            throw new UpstreamError("github-down", "GitHub is down", { isRetryable: true });
          },
          { onGiveUp: async (job, error) => void given.push({ id: job.id, code: error.code }) },
        );

        await storage.jobs.add("outage", id, null);
        await waitFor("the job to be given up", () => given[0]);

        expect(given).toEqual([{ id, code: "github-down" }]);
        await waitFor("the job to fail", async () => !(await storage.jobs.isPending(id)));
      });

      test("go back to the queue at once when handed back", async () => {
        const id = fresh("hand-back");
        const starts: number[] = [];
        await work(async (job) => {
          starts.push(job.startCount);
          if (starts.length === 1) throw new HandBack();
        });

        await storage.jobs.add("hand-back", id, null);
        await waitFor("the second start", () => starts[1]);

        expect(starts).toEqual([1, 2]);
      });

      test("hear of a cancel with its reason, end as failed and do not come again", async () => {
        const id = fresh("cancel");
        const before = await storage.jobs.counts();
        const reasons: unknown[] = [];
        const worker = await work(async (_job, { signal }) => {
          worker.cancel(id, "Ada pressed Cancel");
          await aborted(signal);
          reasons.push(signal.reason);
          throw new UpstreamError("interrupted", "interrupted", { isRetryable: true });
        });
        worker.cancel(fresh("nobody"), "nothing to cancel");

        await storage.jobs.add("cancel", id, null);
        await waitFor("the job to fail", async () => {
          return (await storage.jobs.counts()).failed === before.failed + 1;
        });

        expect(reasons).toEqual(["Ada pressed Cancel"]);
        expect(await storage.jobs.isPending(id)).toBe(false);
      });

      test("are handed back within a second by a stop, for the next worker", async () => {
        const ids = [fresh("stop"), fresh("stop")];
        const reasons: unknown[] = [];
        let running = 0;
        const worker = await work(async (_job, { signal }) => {
          running += 1;
          await aborted(signal);
          reasons.push(signal.reason);
          throw new Error("interrupted in the middle");
        });
        for (const id of ids) await storage.jobs.add("stop", id, null);
        await waitFor("both to run", () => running === 2);

        const stoppedAtMs = performance.now();
        await Promise.all([worker.stop(), worker.stop()]);
        const tookMs = performance.now() - stoppedAtMs;

        expect(tookMs).toBeLessThan(1_000);
        expect(reasons).toEqual(["shutdown", "shutdown"]);
        expect((await storage.jobs.counts()).active).toBe(0);
        const seen: string[] = [];
        await work(async (job) => void seen.push(job.id));
        await waitFor("the next worker to do both", () => seen.length === 2);
        expect(seen.toSorted()).toEqual(ids);
      });

      test("do not hold up a stop when their processor ignores it", async () => {
        const id = fresh("stubborn");
        let end: (() => void) | undefined;
        const worker = await work(
          () =>
            new Promise<void>((resolve) => {
              end = resolve;
            }),
        );
        await storage.jobs.add("stubborn", id, null);
        await waitFor("the job to run", () => end);

        const stoppedAtMs = performance.now();
        await worker.stop();

        expect(performance.now() - stoppedAtMs).toBeLessThan(2_000);
        end?.();
        const seen: number[] = [];
        await work(async (job) => void seen.push(job.startCount));
        await waitFor("the job to be found again", () => seen[0]);
        expect(seen).toEqual([2]);
      });

      test("run as many at a time as was asked, and no more", async () => {
        let running = 0;
        let most = 0;
        let done = 0;
        await work(
          async () => {
            running += 1;
            most = Math.max(most, running);
            await new Promise((resolve) => setImmediate(resolve));
            running -= 1;
            done += 1;
          },
          { concurrency: 3 },
        );

        await Promise.all(
          Array.from({ length: 30 }, () => storage.jobs.add("many", fresh("many"), null)),
        );
        await waitFor("all to run", () => done === 30);

        expect(most).toBeGreaterThan(1);
        expect(most).toBeLessThanOrEqual(3);
      });

      test("run once each when two workers share the queue", async () => {
        const ids = Array.from({ length: 40 }, () => fresh("shared"));
        const runs = new Map<string, number>();
        const count = async (job: Job): Promise<void> => {
          runs.set(job.id, (runs.get(job.id) ?? 0) + 1);
        };
        const other = place.canShare ? await place.open(testTuning) : undefined;
        await work(count);
        const second = await (other ?? storage).jobs.process(count, { concurrency: 4 });

        await Promise.all(ids.map((id) => storage.jobs.add("shared", id, null)));
        await waitFor("all to run", () => runs.size === ids.length);
        await second.stop();
        await other?.close();

        expect([...runs.values()].every((times) => times === 1)).toBe(true);
      });

      test("resume in another process when theirs is killed", async () => {
        const id = fresh("killed");
        await storage.jobs.add("killed", id, { step: 1 });
        await close();
        const victim = startProcess("hold");
        expect(await victim.said("started")).toMatchObject({ id, startCount: 1 });

        await victim.kill();
        const killedAtMs = performance.now();
        await open();
        const seen: Job[] = [];
        await work(async (job) => void seen.push(job));
        await waitFor("the job to resume", () => seen[0]);

        expect(seen).toEqual([{ id, name: "killed", data: { step: 1 }, startCount: 2 }]);
        // lock and two looks for dead workers (at once where nobody else can hold it), with room for a loaded machine
        expect(performance.now() - killedAtMs).toBeLessThan(15_000);
      }, 60_000);

      test("are given up with a word when they killed their process too often", async () => {
        const id = fresh("poison");
        await storage.jobs.add("poison", id, null);
        await close();
        await startProcess("die").ended;
        await open({ maxCrashes: 0 });

        const given: { id: string; code: string }[] = [];
        let runs = 0;
        await work(async () => void runs++, {
          onGiveUp: async (job, error) => void given.push({ id: job.id, code: error.code }),
        });
        await waitFor("the job to be given up", () => given[0]);

        expect(given).toEqual([{ id, code: "job-crashes" }]);
        expect(runs).toBe(0);
        await waitFor("the job to fail", async () => !(await storage.jobs.isPending(id)));
      }, 60_000);

      test("are not given up when they got further between the deaths of their processes", async () => {
        const id = fresh("further");
        await storage.jobs.add("further", id, null);
        await close();
        await startProcess("die").ended;
        await startProcess("advance").ended;
        await startProcess("die").ended;
        await open({ maxCrashes: 2 });

        const given: Job[] = [];
        const starts: number[] = [];
        await work(async (job) => void starts.push(job.startCount), {
          onGiveUp: async (job) => void given.push(job),
        });
        await waitFor("the job to be done or given up", () => starts[0] ?? given[0]);

        expect({ starts, given }).toEqual({ starts: [4], given: [] });
      }, 60_000);
    });

    test("answers a ping and finds nothing fatal in a test server's settings", async () => {
      await storage.ping();

      const findings = await storage.preflight();

      expect(findings.filter((finding) => finding.severity === "error")).toEqual([]);
    });
  });
}

function plusOne(value: number | undefined): number {
  return (value ?? 0) + 1;
}

async function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return;
  await new Promise<void>((resolve) => {
    signal.addEventListener("abort", () => resolve(), { once: true });
  });
}
