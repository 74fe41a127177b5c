import { afterAll, beforeAll, beforeEach, expect, test } from "@jest/globals";

import { silentLogger } from "../../src/base/logger.ts";
import { createNotifier, type SlackNotifier } from "../../src/slack/notifier.ts";
import type { RunRecord } from "../../src/usecases/runs/run-record.ts";
import {
  createFakeServices,
  sampleRun,
  sampleTemplate,
  type FakeServices,
} from "../helpers/fake-services.ts";
import { messageProblems } from "../helpers/shown-blocks.ts";
import {
  dario,
  general,
  ledger,
  nina,
  type SlackBench,
  startSlackBench,
} from "../helpers/slack-bench.ts";

const nodeService = sampleTemplate("node-service", [
  { title: "Name", properties: { name: { title: "Name", type: "string" } } },
]);

let bench: SlackBench;
let services: FakeServices;
let notifier: SlackNotifier;
const reporting = {
  signal: new AbortController().signal,
  assertCurrent: async () => undefined,
};

beforeAll(async () => {
  services = createFakeServices([nodeService]);
  bench = await startSlackBench({ services });
  notifier = createNotifier({
    clients: bench.clients,
    outbox: bench.outbox,
    logger: silentLogger,
    now: Date.now,
    updateSpacingMs: 5,
  });
});
beforeEach(() => {
  services.records.clear();
});
afterAll(async () => {
  await notifier.stop();
  await bench.close();
});

let count = 0;

/** A run of Dario's that is reported in a channel, as a worker would. */
async function reportedRun(
  more: Partial<RunRecord>,
): Promise<RunRecord & { message: { ts: string; channel: string } }> {
  count += 1;
  const run = sampleRun({ id: `run-${count}`, channel: general, createdAtMs: Date.now(), ...more });
  const message = await notifier.open(run, reporting);
  const opened = { ...run, message };
  services.records.set(run.id, opened);
  await notifier.finish(opened, reporting);
  return opened;
}

const failed: Partial<RunRecord> = {
  status: "failed",
  error: { code: "repo-taken", message: "the name is taken", stepId: "publish" },
};

test("Retry by the person who started the run continues it", async () => {
  const run = await reportedRun(failed);

  const outcome = await bench.driver.click({
    user: dario,
    channel: general,
    ts: run.message.ts,
    actionId: "run-retry",
  });

  expect(outcome.error).toBeUndefined();
  expect(services.records.get(run.id)).toMatchObject({ status: "waiting", retries: 1 });
});

test("Retry pressed twice retries once, and the second press says why not", async () => {
  const run = await reportedRun(failed);

  await bench.driver.click({
    user: dario,
    channel: general,
    ts: run.message.ts,
    actionId: "run-retry",
  });
  await bench.driver.click({
    user: dario,
    channel: general,
    ts: run.message.ts,
    actionId: "run-retry",
  });
  const told = await bench.driver.waitFor(() => bench.driver.ephemerals(dario).at(-1));

  expect(services.records.get(run.id)?.retries).toBe(1);
  expect(told.text).toContain("This run did not fail");
});

test("somebody else is told, alone, whose run it is", async () => {
  const run = await reportedRun(failed);

  await bench.driver.click({
    user: nina,
    channel: general,
    ts: run.message.ts,
    actionId: "run-retry",
  });
  const told = await bench.driver.waitFor(() => bench.driver.ephemerals(nina).at(-1));

  expect(told.text).toContain("Only Dario Costa, who started this run, can retry it");
  expect(services.records.get(run.id)?.retries).toBe(0);
});

test("Cancel asks the run to stop", async () => {
  const run = await reportedRun({ status: "running" });

  await bench.driver.click({
    user: dario,
    channel: general,
    ts: run.message.ts,
    actionId: "run-cancel",
  });

  expect(services.records.get(run.id)?.isCancelRequested).toBe(true);
});

test("a button of a run that is forgotten, or of another channel's, does nothing", async () => {
  const run = await reportedRun(failed);
  services.records.set(run.id, { ...run, message: { ...run.message, channel: ledger } });

  await bench.driver.click({
    user: dario,
    channel: general,
    ts: run.message.ts,
    actionId: "run-retry",
  });
  await bench.driver.waitFor(() =>
    bench.driver
      .ephemerals(dario)
      .some((each) => each.text.includes("I do not keep this run any more")),
  );

  expect(services.records.get(run.id)?.retries).toBe(0);
});

test("a hostile template title, step and reason neither mention nor link", async () => {
  const hostile = "<!channel> <@U0NINAKOW1> <https://evil.example|github.com> ```";
  const run = await reportedRun({
    ...failed,
    templateTitle: hostile,
    steps: [{ id: "publish", name: hostile, action: "x", status: "failed" }],
    error: { code: "x", message: hostile, hint: hostile, stepId: "publish" },
    log: [{ atMs: 0, stepId: "publish", line: hostile }],
  });

  const thread = bench.driver.messages(general, { threadTs: run.message.ts });

  expect(thread).toHaveLength(2);
  for (const message of thread) {
    const { text, blocks = [] } = message;
    expect(messageProblems({ text, blocks })).toEqual([]);
    expect(text).not.toMatch(/<[!@]/);
  }
});

test("a repository on our own disk is a command to copy, not a link", async () => {
  const run = await reportedRun({
    status: "completed",
    output: {
      links: [{ title: "Repository", url: "file:///data/git/acme/pay.git" }],
      text: [],
      values: {},
    },
  });

  const [parent] = bench.driver.messages(general, { threadTs: run.message.ts });

  expect(JSON.stringify(parent?.blocks)).toContain(
    "Repository: `git clone file:///data/git/acme/pay.git`",
  );
});

test("Change values opens the form again with what was typed, for the person who started the run", async () => {
  const values = { name: "taken-name" };
  const run = await reportedRun({ ...failed, templateRef: nodeService.ref, values });
  const press = { channel: general, ts: run.message.ts, actionId: "run-change" };

  await bench.driver.click({ user: nina, ...press });
  const outcome = await bench.driver.click({ user: dario, ...press });

  expect(outcome.error).toBeUndefined();
  expect(bench.driver.currentView(nina)).toBeUndefined();
  expect(JSON.stringify(bench.driver.currentView(dario)?.blocks)).toContain("taken-name");
  await bench.driver.closeView({ user: dario, isCleared: true });
});

test("Change values does not know what another company asked for", async () => {
  const run = await reportedRun({
    ...failed,
    templateRef: nodeService.ref,
    requester: { slackUserId: dario, name: "Dario", workspace: { teamId: "T0ANOTHER1" } },
  });

  await bench.driver.click({
    user: dario,
    channel: general,
    ts: run.message.ts,
    actionId: "run-change",
  });

  expect(bench.driver.currentView(dario)).toBeUndefined();
});
