import { afterAll, beforeAll, expect, test } from "@jest/globals";

import {
  createFakeServices,
  sampleRun,
  sampleTemplate,
  type FakeServices,
} from "../helpers/fake-services.ts";
import { brief, paymentsTeam } from "../helpers/sample-answers.ts";
import { dario, general, type SlackBench, startSlackBench } from "../helpers/slack-bench.ts";

let bench: SlackBench;
let services: FakeServices;

beforeAll(async () => {
  services = createFakeServices([sampleTemplate("node-service", [])]);
  bench = await startSlackBench({ services, homeEveryMs: 20 });
});
afterAll(async () => await bench.close());

test.each([
  ["who_owns_this", "who owns payments is down & <out>"],
  ["find_a_runbook", "runbook for payments is down & <out>"],
])("the message shortcut %s asks about the whole message", async (callbackId, question) => {
  const { message } = await bench.driver.say({
    user: dario,
    channel: general,
    text: "payments is down & <out>",
  });

  await bench.driver.shortcut({ user: dario, callbackId, channel: general, ts: message.ts });
  await bench.driver.waitFor(() => services.asked.some((each) => each.question === question));

  expect(services.asked.at(-1)?.question).toBe(question);
});

test("the Home tab shows what can be asked and created, and its button opens the form", async () => {
  await bench.driver.openHome(dario);
  const home = await bench.driver.waitFor(() => bench.driver.homeView(dario));
  expect(JSON.stringify(home.blocks)).toContain("who owns payments-api");

  await bench.driver.click({ user: dario, isHome: true, actionId: "template-open/0" });

  expect((await bench.driver.waitFor(() => bench.driver.currentView(dario))).callback_id).toBe(
    "form-review",
  );
});

test("a question asked on the Home tab is answered in a modal, and its runbook opens on top", async () => {
  services.home = () => ({
    person: brief("dario"),
    teams: [
      {
        team: paymentsTeam,
        contact: {},
        memberCount: 2,
        documents: [{ path: "runbooks/refunds.md", title: "Refunds" }],
        owns: [{ brief: brief("payments-api"), isMissingRunbook: true, findings: [] }],
      },
    ],
  });
  await bench.driver.closeView({ user: dario, isCleared: true });
  await bench.driver.openHome(dario);
  const home = await bench.driver.waitFor(() => {
    const view = bench.driver.homeView(dario);
    return JSON.stringify(view?.blocks).includes("Your team") ? view : undefined;
  });
  const team = home.blocks.find((block) => JSON.stringify(block).includes("Your team"));

  await bench.driver.click({
    user: dario,
    isHome: true,
    blockId: team?.block_id ?? "",
    actionId: "ask/0",
  });
  const answer = await bench.driver.waitFor(() => bench.driver.currentView(dario));
  await bench.driver.click({ user: dario, actionId: "document-open/0" });
  await bench.driver.waitFor(() => bench.driver.currentView(dario)?.callback_id === "document");

  expect(JSON.stringify(team)).toContain("payments-api (service)  ⚠️ no runbook");
  expect(answer.callback_id).toBe("answer");
  expect(services.asked.at(-1)?.question).toBe("what does group:default/team-payments own");
});

test("a person's runs stand on their Home tab", async () => {
  services.runs.recent = async () => [sampleRun({ status: "completed" })];

  await bench.driver.openHome(dario);
  const home = await bench.driver.waitFor(() => {
    const view = bench.driver.homeView(dario);
    return JSON.stringify(view?.blocks).includes("Your runs") ? view : undefined;
  });

  expect(JSON.stringify(home.blocks)).toContain("✅ Node service: Done.");
});

test("an open Home tab is drawn again when a run goes on, without being opened again", async () => {
  services.runs.recent = async () => [sampleRun({ status: "running" })];
  await bench.driver.openHome(dario);
  await bench.driver.waitFor(() =>
    JSON.stringify(bench.driver.homeView(dario)?.blocks).includes("Step "),
  );

  services.runs.recent = async () => [sampleRun({ status: "failed" })];
  await bench.driver.waitFor(() =>
    JSON.stringify(bench.driver.homeView(dario)?.blocks).includes("Failed before"),
  );

  expect(JSON.stringify(bench.driver.homeView(dario)?.blocks)).not.toContain("Step ");
});

test("somebody new is shown where to start, until they know their way", async () => {
  let isNew = true;
  services.newcomers = {
    isNew: async () => isNew,
    settle: async () => {
      isNew = false;
    },
  };
  const shown = () => JSON.stringify(bench.driver.homeView(dario)?.blocks);

  await bench.driver.openHome(dario);
  await bench.driver.waitFor(() => shown().includes("Start here"));
  const first = shown();
  await bench.driver.click({ user: dario, isHome: true, actionId: "newcomer-settle" });
  await bench.driver.waitFor(() => !shown().includes("Start here"));

  expect(first).toContain("*Your team* is");
  expect(first).toContain("Refunds");
});
