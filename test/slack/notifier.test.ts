import { afterEach, beforeEach, expect, test } from "@jest/globals";

import { UpstreamError } from "../../src/base/errors.ts";
import { silentLogger } from "../../src/base/logger.ts";
import { createNotifier, type SlackNotifier } from "../../src/slack/notifier.ts";
import { askFor } from "../../src/usecases/approvals/approval.ts";
import { StaleClaimError } from "../../src/usecases/runs/run-store.ts";
import { createFakeServices, sampleRun } from "../helpers/fake-services.ts";
import {
  dario,
  general,
  ledger,
  type SlackBench,
  startSlackBench,
} from "../helpers/slack-bench.ts";

let bench: SlackBench;
let notifier: SlackNotifier;
const reporting = {
  signal: new AbortController().signal,
  assertCurrent: async () => undefined,
};

beforeEach(async () => {
  bench = await startSlackBench({ services: createFakeServices([]) });
  notifier = createNotifier({
    clients: bench.clients,
    outbox: bench.outbox,
    logger: silentLogger,
    now: Date.now,
    updateSpacingMs: 20,
    lookupPauseMs: 20,
  });
});
afterEach(async () => {
  await notifier.stop();
  await bench.close();
});

/** A run whose message stands in the channel. */
async function openedRun(more: Parameters<typeof sampleRun>[0] = {}) {
  const run = sampleRun({ channel: general, createdAtMs: Date.now(), ...more });
  const message = await notifier.open(run, reporting);
  return { ...run, message };
}

test("opens one parent message that carries the run's id and unfurls nothing", async () => {
  const run = await openedRun();

  const [message] = bench.driver.messages(general);
  expect(message?.ts).toBe(run.message.ts);
  expect(message?.metadata).toEqual({
    event_type: "callboard_run",
    event_payload: { run_id: "run1" },
  });
  expect(message?.text).toBe("⏳ Node service: Accepted, about to begin.");
  expect(bench.driver.calls("chat.postMessage")[0]?.request).toMatchObject({
    unfurl_links: "false",
    unfurl_media: "false",
  });
});

const takenOver = {
  signal: reporting.signal,
  assertCurrent: async () => await Promise.reject(new StaleClaimError("taken over")),
};

test("a worker whose run was taken over sends and edits nothing, however late it wakes up", async () => {
  const run = await openedRun();
  const before = bench.driver.messages(general);

  await expect(notifier.open({ ...run, id: "run2" }, takenOver)).rejects.toThrow("taken over");
  notifier.update({ ...run, status: "running" }, takenOver.assertCurrent);
  await expect(notifier.finish({ ...run, status: "completed" }, takenOver)).rejects.toThrow(
    "taken over",
  );

  expect(bench.driver.messages(general)).toEqual(before);
  expect(bench.driver.calls("chat.update")).toEqual([]);
});

test("a worker whose run was taken over neither asks for approval nor reminds of it", async () => {
  const run = sampleRun({ message: { channel: general, ts: "1.1", isIntended: true } });
  const groups = ["group:default/security"];
  const requirement = { groups, count: 1, expiresMs: 1000, isReminded: true };
  const about = {
    number: 1,
    templateHash: "h",
    attempt: 0,
    titles: ["Security"],
    channel: general,
  };
  const approval = askFor(requirement, about, 0);
  const asked = { ...approval, message: { isIntended: true, channel: general, ts: "1.2" } };
  const before = bench.driver.messages(general).length;

  await expect(notifier.ask(run, approval, takenOver)).rejects.toThrow(StaleClaimError);
  await expect(notifier.remind(run, asked, takenOver)).rejects.toThrow(StaleClaimError);

  expect(bench.driver.messages(general)).toHaveLength(before);
});

test("finds the message again when it was intended before a crash, and posts none", async () => {
  const run = await openedRun();

  const again = await notifier.open(
    { ...run, message: { channel: general, isIntended: true } },
    reporting,
  );

  expect(again.ts).toBe(run.message.ts);
  expect(bench.driver.messages(general)).toHaveLength(1);
});

test("posts a message that was intended but never sent", async () => {
  const run = sampleRun({ channel: general, createdAtMs: Date.now() });

  await notifier.open({ ...run, message: { channel: general, isIntended: true } }, reporting);

  expect(bench.driver.messages(general)).toHaveLength(1);
});

test("looks for the message when Slack's reply was lost, instead of posting twice", async () => {
  bench.driver.faults.next({
    method: "chat.postMessage",
    fault: "lost-reply",
    times: 1,
  });

  const run = await openedRun();

  expect(bench.driver.messages(general).map((each) => each.ts)).toEqual([run.message.ts]);
});

test("asks to be called again when Slack did not take the message for sure", async () => {
  bench.driver.faults.next({
    method: "chat.postMessage",
    fault: "503",
    times: 1,
  });

  const opening = notifier.open(
    sampleRun({ channel: general, createdAtMs: Date.now() }),
    reporting,
  );

  await expect(opening).rejects.toThrow(UpstreamError);
  expect(bench.driver.messages(general)).toEqual([]);
});

test("waits for a rate limit and posts once", async () => {
  bench.driver.faults.next({
    method: "chat.postMessage",
    fault: "429",
    times: 1,
    retryAfterS: 1,
  });

  await openedRun();

  expect(bench.driver.messages(general)).toHaveLength(1);
});

test("continues in a direct message where the bot is no member, and says so", async () => {
  const run = await openedRun({ channel: ledger });

  const [message] = bench.driver.directMessages(dario);
  expect(run.message.insteadOf).toBe(ledger);
  expect(message?.ts).toBe(run.message.ts);
  expect(JSON.stringify(message?.blocks)).toContain(`I am not in <#${ledger}>`);
});

test("reports in a direct message when there was no channel", async () => {
  const run = await openedRun({ channel: dario });

  expect(run.message.insteadOf).toBeUndefined();
  expect(bench.driver.directMessages(dario)).toHaveLength(1);
});

test("edits are coalesced, and the last state is the one that stays", async () => {
  const run = await openedRun();

  for (let done = 0; done < 50; done += 1) {
    const waitingFor = `try ${done}`;
    notifier.update({ ...run, status: "running", waitingFor }, reporting.assertCurrent);
  }
  await notifier.finish(
    { ...run, status: "completed", endedAtMs: run.createdAtMs + 12_000 },
    reporting,
  );
  await notifier.stop();

  expect(bench.driver.messages(general)[0]?.text).toBe("✅ Node service: Done.");
  expect(bench.driver.calls("chat.update").length).toBeLessThan(6);
});

test("a rate limit on an edit is waited for, and the newest state follows", async () => {
  const run = await openedRun();
  bench.driver.faults.next({
    method: "chat.update",
    fault: "429",
    times: 1,
    retryAfterS: 1,
  });

  notifier.update({ ...run, status: "running", waitingFor: "first" }, reporting.assertCurrent);
  await bench.driver.waitFor(() =>
    bench.driver.calls("chat.update").some((call) => call.status === "429"),
  );
  notifier.update({ ...run, status: "running", waitingFor: "second" }, reporting.assertCurrent);
  await bench.driver.waitFor(
    () => bench.driver.messages(general)[0]?.text.includes("second") === true,
  );

  expect(bench.driver.messages(general)[0]?.text).toBe("⚙️ Node service: Waiting: second");
});

test("posts the result with links, text and log in the thread, once", async () => {
  const run = await openedRun();
  const done = {
    ...run,
    status: "completed" as const,
    output: {
      links: [{ title: "Repository", url: "https://github.com/footlight/pay" }],
      text: [{ title: "Next", content: "Clone it." }],
      values: {},
    },
    log: [{ atMs: 0, stepId: "fetch", line: "12 files <!channel>" }],
  };

  await notifier.finish(done, reporting);
  await notifier.finish(done, reporting);

  const thread = bench.driver.messages(general, { threadTs: run.message.ts });
  expect(thread).toHaveLength(2);
  expect(thread[1]?.text).toBe("Node service: Done.\nRepository: https://github.com/footlight/pay");
  expect(JSON.stringify(thread[1]?.blocks)).toContain("fetch  12 files <!channel>");
  expect(JSON.stringify(thread[0]?.blocks)).toContain(
    "<https://github.com/footlight/pay|Repository> (github.com)",
  );
});

test("a failure names the step and the reason and offers Retry", async () => {
  const run = await openedRun();

  await notifier.finish(
    {
      ...run,
      status: "failed",
      error: {
        code: "taken",
        message: "the name is taken",
        hint: "choose another",
        stepId: "publish",
      },
    },
    reporting,
  );

  const [parent, reply] = bench.driver.messages(general, { threadTs: run.message.ts });
  expect(reply?.text).toBe(
    "Node service: Failed at “Create the repository”. The name is taken — choose another",
  );
  // a button that stands twice would stay behind after its use
  expect(JSON.stringify(parent?.blocks)).toContain('"action_id":"run-retry"');
  expect(JSON.stringify(reply?.blocks)).not.toContain("action_id");
});

test("a second attempt posts a result of its own", async () => {
  const run = await openedRun();

  await notifier.finish(
    { ...run, status: "failed", error: { code: "x", message: "no" } },
    reporting,
  );
  await notifier.finish({ ...run, status: "completed", retries: 1 }, reporting);

  expect(bench.driver.messages(general, { threadTs: run.message.ts })).toHaveLength(3);
});

test("a workspace that does not know plan blocks gets the steps as text, from the first refusal on", async () => {
  bench.driver.faults.next({ method: "chat.postMessage", fault: "error", error: "invalid_blocks" });

  const run = await openedRun();
  notifier.update({ ...run, status: "running" }, reporting.assertCurrent);
  await notifier.finish({ ...run, status: "completed" }, reporting);

  const [parent] = bench.driver.messages(general);
  expect(JSON.stringify(parent?.blocks)).not.toContain('"type":"plan"');
  expect(JSON.stringify(parent?.blocks)).toContain("▫️ Fetch the skeleton");
  expect(bench.driver.messages(general)).toHaveLength(1);
});
