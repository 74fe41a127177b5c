import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterAll, beforeAll, expect, test } from "@jest/globals";

import { UpstreamError } from "../../../src/base/errors.ts";
import { silentLogger } from "../../../src/base/logger.ts";
import type { Template } from "../../../src/scaffold/model.ts";
import { HandBack, type JobQueue, type Storage } from "../../../src/storage/contract.ts";
import { openStorage } from "../../../src/storage/open.ts";
import { cancelRun, retryRun } from "../../../src/usecases/runs/change-run.ts";
import {
  executeRun,
  giveUpRun,
  type ExecuteRunDeps,
} from "../../../src/usecases/runs/execute-run.ts";
import {
  createNameReservations,
  type NameReservations,
} from "../../../src/usecases/runs/name-reservations.ts";
import type { Notifier } from "../../../src/usecases/runs/notifier.ts";
import type { RunRecord } from "../../../src/usecases/runs/run-record.ts";
import { createRunStore, type RunStore } from "../../../src/usecases/runs/run-store.ts";
import { runJobId, startRun } from "../../../src/usecases/runs/start-run.ts";
import type { StepsResult } from "../../../src/usecases/runs/steps-result.ts";
import { sweepRuns } from "../../../src/usecases/runs/sweep-runs.ts";

let dataDir: string;
let storage: Storage;
let runs: RunStore;
let names: NameReservations;
let nowMs = 1_000_000;
let requests = 0;
const clock = (): number => nowMs;

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), "callboard-runs-"));
  storage = await openStorage({ dataDir, logger: silentLogger });
  runs = createRunStore(storage.records, clock);
  names = createNameReservations(storage.records, runs, clock);
});

afterAll(async () => {
  await storage.close();
  await rm(dataDir, { recursive: true });
});

const template: Template = {
  ref: "template:default/service",
  title: "Service",
  type: "service",
  tags: [],
  base: "/t/template.yaml",
  pages: [],
  steps: [
    { id: "fetch", name: "Fetch", action: "fetch:template", input: {} },
    { id: "publish", name: "Publish", action: "publish:github", input: {} },
  ],
  output: {},
};

const ada = { slackUserId: "U0ADA", name: "Ada" };

function accept(
  requestKey = `request-${(requests += 1)}`,
  jobs: Pick<JobQueue, "add"> = storage.jobs,
  held: string[] = [],
): Promise<RunRecord> {
  const request = {
    requestKey,
    templateRef: template.ref,
    values: {},
    requester: ada,
    channel: "C0DEV",
  };
  return startRun(request, {
    findTemplate: () => ({ template, form: { pages: [] } }),
    complete: (_form, values) => values,
    validate: () => [],
    namesOf: () => held,
    names,
    runs,
    jobs,
    clock,
  });
}

/** Remembers what was sent; `sends` fails as often as told first. */
function fakeNotifier(failures: UpstreamError[] = []): Notifier & { sent: string[] } {
  const sent: string[] = [];
  const failOrSend = (line: string): void => {
    const failure = failures.shift();
    if (failure !== undefined) throw failure;
    sent.push(line);
  };
  return {
    sent,
    async open(run) {
      failOrSend(run.message?.isIntended === true ? "look, then post" : "post");
      return { channel: run.channel ?? "", ts: "1.1" };
    },
    update: () => undefined,
    async finish(run) {
      failOrSend(`finish ${run.status}`);
    },
  };
}

const completed: StepsResult = {
  status: "completed",
  steps: template.steps.map((step) => ({
    id: step.id,
    name: step.name,
    action: step.action,
    status: "completed",
  })),
  output: { links: [], text: [], values: {} },
};

function deps(
  runSteps: ExecuteRunDeps["runSteps"],
  notifier = fakeNotifier(),
): ExecuteRunDeps & { notifier: { sent: string[] } } {
  return { runs, names, notifier, runSteps, logger: silentLogger, clock };
}

const running = new AbortController().signal;

test("the same request is the same run, and one job", async () => {
  const [first, second] = await Promise.all([accept("twice"), accept("twice")]);

  expect(second.id).toBe(first.id);
  expect(await storage.jobs.isPending(runJobId(first))).toBe(true);
});

test("a run posts once, works, stores its end and reports it once, also when it is executed again", async () => {
  const run = await accept();
  const world = deps(async () => completed);

  await executeRun(run.id, running, world);
  await executeRun(run.id, running, world);

  expect(world.notifier.sent).toEqual(["post", "finish completed"]);
  expect((await runs.get(run.id))?.status).toBe("completed");
  expect((await runs.listOpen()).map((open) => open.id)).not.toContain(run.id);
});

test("after a crash in the middle the next worker goes on with what was stored, with the same message", async () => {
  const run = await accept();
  const crash = new Error("killed");
  const notifier = fakeNotifier();
  const dying = deps(async (_run, hooks) => {
    await hooks.onStep({
      id: "fetch",
      name: "Fetch",
      action: "fetch:template",
      status: "completed",
      output: { x: 1 },
    });
    await hooks.notes("publish").set("intent", "create");
    throw new HandBack(crash.message);
  }, notifier);
  const abort = new AbortController();
  abort.abort("shutdown");
  await expect(executeRun(run.id, abort.signal, dying)).rejects.toBeInstanceOf(HandBack);

  let seen: unknown;
  await executeRun(
    run.id,
    running,
    deps(async (resumed, hooks) => {
      seen = { fetch: resumed.steps[0]?.output, note: await hooks.notes("publish").get("intent") };
      return completed;
    }, notifier),
  );

  expect(seen).toEqual({ fetch: { x: 1 }, note: "create" });
  expect(notifier.sent).toEqual(["post", "finish completed"]);
});

test("a worker that lost its run to another one can no longer write, and says nothing", async () => {
  const run = await accept();
  const notifier = fakeNotifier();
  const other = deps(async () => completed, notifier);
  const zombie = deps(async (_run, hooks) => {
    await executeRun(run.id, running, other);
    await hooks.assertCurrent();
    throw new Error("never reached");
  }, notifier);

  await executeRun(run.id, running, zombie);

  expect((await runs.get(run.id))?.status).toBe("completed");
  expect(notifier.sent).toEqual(["post", "finish completed"]);
});

test("a host that does not answer makes the run wait, visibly, and try again", async () => {
  const run = await accept();
  const outage = new UpstreamError("github-unavailable", "GitHub is not answering", {
    isRetryable: true,
  });
  const notifier = fakeNotifier();

  await expect(
    executeRun(
      run.id,
      running,
      deps(() => Promise.reject(outage), notifier),
    ),
  ).rejects.toBe(outage);
  expect(await runs.get(run.id)).toMatchObject({
    status: "running",
    waitingFor: "GitHub is not answering",
  });

  await executeRun(
    run.id,
    running,
    deps(async () => completed, notifier),
  );
  const ended = await runs.get(run.id);
  expect([ended?.status, ended?.waitingFor]).toEqual(["completed", undefined]);
});

function slackOutage(): UpstreamError {
  return new UpstreamError("slack-unavailable", "no answer", { isRetryable: true });
}

test("Slack not answering does not stop the work, and the end is told later", async () => {
  const run = await accept();
  const notifier = fakeNotifier([slackOutage(), slackOutage()]);
  let works = 0;
  const world = deps(async () => {
    works += 1;
    return completed;
  }, notifier);

  await expect(executeRun(run.id, running, world)).rejects.toMatchObject({
    code: "slack-unavailable",
  });
  await executeRun(run.id, running, world);

  expect(works).toBe(1);
  expect(notifier.sent).toEqual(["look, then post", "finish completed"]);
});

test("a failed run names the step and can be retried after its last finished step, by its requester only", async () => {
  const run = await accept();
  const failing = deps(async (_run, hooks) => {
    await hooks.onStep({
      id: "fetch",
      name: "Fetch",
      action: "fetch:template",
      status: "completed",
    });
    await hooks.onStep({
      id: "publish",
      name: "Publish",
      action: "publish:github",
      status: "running",
    });
    throw new Error("unexpected");
  });
  await executeRun(run.id, running, failing);
  expect(await runs.get(run.id)).toMatchObject({
    status: "failed",
    error: { code: "internal", stepId: "publish" },
  });

  const bob = { slackUserId: "U0BOB", name: "Bob" };
  await expect(retryRun(run.id, bob, { runs, jobs: storage.jobs })).rejects.toMatchObject({
    code: "run-of-somebody-else",
  });
  const again = await retryRun(run.id, ada, { runs, jobs: storage.jobs });

  expect(again.steps.map((step) => step.status)).toEqual(["completed", "waiting"]);
  expect(await storage.jobs.isPending(runJobId(again))).toBe(true);
  await expect(retryRun(run.id, ada, { runs, jobs: storage.jobs })).rejects.toMatchObject({
    code: "run-not-failed",
  });
});

test("a run whose job the queue gave up counts as failed, and that is told once", async () => {
  const run = await accept();
  const world = deps(async () => completed);
  const crashes = new UpstreamError("job-crashes", "its workers died 20 times", {
    isRetryable: false,
  });

  await giveUpRun(run.id, crashes, running, world);
  await giveUpRun(run.id, crashes, running, world);

  expect(await runs.get(run.id)).toMatchObject({
    status: "failed",
    error: { code: "job-crashes" },
  });
  expect(world.notifier.sent).toEqual(["post", "finish failed"]);
  expect((await runs.listOpen()).map((open) => open.id)).not.toContain(run.id);
});

test("a run says that it got further with each step that ends and each new note, not with what was begun again", async () => {
  const run = await accept();
  const said: string[] = [];
  let doing = "";
  const world = deps(async (_run, hooks) => {
    const state = { id: "fetch", name: "Fetch", action: "fetch:template" };
    doing = "step begun";
    await hooks.onStep({ ...state, status: "running" });
    doing = "first note";
    await hooks.notes("fetch").set("intended", "1");
    doing = "same note";
    await hooks.notes("fetch").set("intended", "2");
    doing = "step ended";
    await hooks.onStep({ ...state, status: "completed" });
    doing = "run ended";
    return completed;
  });

  await executeRun(run.id, running, { ...world, gotFurther: async () => void said.push(doing) });

  expect(said).toEqual(["first note", "step ended", "run ended"]);
});

test("cancelling aborts the steps at the next checkpoint", async () => {
  const run = await accept();
  const world = deps(async (_run, hooks) => {
    await cancelRun(run.id, ada, { runs, jobs: storage.jobs });
    await hooks.onStep({
      id: "fetch",
      name: "Fetch",
      action: "fetch:template",
      status: "completed",
    });
    return hooks.signal.aborted ? { status: "cancelled", steps: run.steps } : completed;
  });

  await executeRun(run.id, running, world);

  expect(world.notifier.sent).toEqual(["post", "finish cancelled"]);
  await expect(cancelRun(run.id, ada, { runs, jobs: storage.jobs })).rejects.toMatchObject({
    code: "run-finished",
  });
});

test("of two runs for one name the second is refused when it is sent, until the first has ended", async () => {
  const name = "github.com/acme/ledger";
  const first = await accept(undefined, undefined, [name]);
  await expect(accept(undefined, undefined, ["github.com/acme/free", name])).rejects.toMatchObject({
    code: "name-reserved",
    message: expect.stringContaining(first.id),
  });

  await executeRun(
    first.id,
    running,
    deps(async () => completed),
  );

  const second = await accept(undefined, undefined, [name]);
  await expect(accept("third", undefined, ["github.com/acme/free"])).resolves.toBeDefined();
  expect(second.status).toBe("waiting");
});

test("a request that is sent again when its run has ended holds no name", async () => {
  const name = "github.com/acme/once";
  const run = await accept("once", undefined, [name]);
  await executeRun(
    run.id,
    running,
    deps(async () => completed),
  );

  await accept("once", undefined, [name]);

  expect(await names.sweep()).toBe(0);
});

test("a name that only its step knows is held from then on, and given back at the end", async () => {
  const name = "github.com/acme/late";
  const run = await accept();
  const world = deps(async (_run, hooks) => {
    await hooks.reserve(name);
    await expect(accept(undefined, undefined, [name])).rejects.toMatchObject({
      code: "name-reserved",
    });
    return completed;
  });

  await executeRun(run.id, running, world);

  await expect(accept(undefined, undefined, [name])).resolves.toBeDefined();
});

test("a run that was stored but not queued is queued by the sweeper, once", async () => {
  const died = accept("lost", { add: () => Promise.reject(new Error("killed before queueing")) });
  await expect(died).rejects.toThrow("killed");
  const sweeper = { runs, names, jobs: storage.jobs, logger: silentLogger, clock };
  const tooEarly = await sweepRuns(sweeper);

  nowMs += 60_000;
  const queued = [await sweepRuns(sweeper), await sweepRuns(sweeper)];

  expect([tooEarly, ...queued]).toEqual([0, 1, 0]);
});
