import { rm } from "node:fs/promises";

import { afterAll, beforeAll, beforeEach, expect, test } from "@jest/globals";

import { silentLogger } from "../../src/base/logger.ts";
import type { Storage } from "../../src/storage/contract.ts";
import { openStorage } from "../../src/storage/open.ts";
import type { Snapshot } from "../../src/usecases/catalog/snapshot.ts";
import { createOperators } from "../../src/usecases/operators.ts";
import { newDataDir } from "../helpers/embedded.ts";
import { createFakeServices } from "../helpers/fake-services.ts";
import { createRealFeedback, type RealFeedback } from "../helpers/real-feedback.ts";
import {
  dario,
  general,
  guest,
  nina,
  type SlackBench,
  startSlackBench,
} from "../helpers/slack-bench.ts";
import { groupYaml, serviceYaml, snapshotOfYaml } from "../helpers/small-catalog.ts";
import { waitFor } from "../helpers/wait.ts";

const teams = groupYaml("books", "C0ENGINEE1") + groupYaml("shut", "#ledger");
const things = (owner: string): string =>
  teams +
  serviceYaml("till", owner) +
  serviceYaml("vault", "shut") +
  serviceYaml("ticket-printer", "books") +
  serviceYaml("ticket-scanner", "books");

let dataDir: string;
let storage: Storage;
let snapshot: Snapshot;
let real: RealFeedback;
let bench: SlackBench;

beforeAll(async () => {
  dataDir = await newDataDir();
  storage = await openStorage({ dataDir, logger: silentLogger });
  real = createRealFeedback(storage.records, () => snapshot);
  bench = await startSlackBench({
    services: {
      ...createFakeServices([]),
      ...real.services,
      operators: createOperators([], () => snapshot.catalog),
    },
  });
});
beforeEach(() => {
  snapshot = snapshotOfYaml(things("books"));
});
afterAll(async () => {
  await bench.close();
  await real.close();
  await storage.close();
  await rm(dataDir, { recursive: true, force: true });
});

const ask = async (user: string, text: string) =>
  await bench.driver.slash({ user, channel: general, command: "/callboard", text });

async function mention(user: string, text: string) {
  const { driver } = bench;
  const said = await driver.say({ user, channel: general, text: `@Callboard ${text}` });
  const threadTs = said.message.ts;
  return await driver.waitFor(() => driver.messages(general, { threadTs })[1]);
}

/** Opens the form under an answer and sends it with a note. */
async function reportWrong(user: string, ts: string, note: string) {
  const { driver } = bench;
  await driver.click({ user, channel: general, ts, actionId: "answer-wrong" });
  await driver.waitFor(() => driver.currentView(user));
  const sent = await driver.submitView({ user, values: { note } });
  await driver.waitFor(() => driver.currentView(user)?.callback_id !== "wrong");
  const shown = JSON.stringify(driver.currentView(user));
  await driver.closeView({ user });
  return { sent, shown };
}

test("who confirmed an answer is shown with it, until its evidence changes", async () => {
  const { driver } = bench;
  const asked = await ask(dario, "who owns till");
  const ts = asked.message?.ts ?? "";

  await driver.click({ user: dario, channel: general, ts, actionId: "answer-confirm" });
  await driver.waitFor(() =>
    driver
      .ephemerals(dario)
      .some((each) => each.ts === ts && each.text.includes("Confirmed by Dario Costa on 20")),
  );
  const later = await ask(nina, "who is the owner of till?");
  snapshot = snapshotOfYaml(things("shut"), Date.now(), 2);
  const changed = await ask(nina, "who owns till");

  expect(JSON.stringify(later.message?.blocks)).toContain("✓ Confirmed by Dario Costa, just now");
  expect(changed.message?.text).not.toContain("Confirmed");
});

test("an answer in a channel is confirmed in place; one that has changed meanwhile is not", async () => {
  const { driver } = bench;
  const first = await mention(nina, "who owns ticket-printer");
  const second = await mention(nina, "who owns till");

  await driver.click({ user: nina, channel: general, ts: first.ts, actionId: "answer-confirm" });
  await driver.waitFor(() =>
    driver
      .messages(general, { threadTs: first.thread_ts ?? "" })
      .some((each) => each.ts === first.ts && each.text.includes("Confirmed by Nina Kowalski")),
  );
  snapshot = snapshotOfYaml(things("shut"), Date.now(), 2);
  await driver.click({ user: nina, channel: general, ts: second.ts, actionId: "answer-confirm" });
  const refusal = await driver.waitFor(() =>
    driver.ephemerals(nina).find((each) => each.text.includes("has changed since it was shown")),
  );

  expect(refusal.text).toContain("ask again");
});

test("a guest may not confirm", async () => {
  const { driver } = bench;
  const asked = await driver.slash({
    user: guest,
    channel: "C0CHECKOU1",
    command: "/whoowns",
    text: "till",
  });

  await driver.click({
    user: guest,
    channel: "C0CHECKOU1",
    ts: asked.message?.ts ?? "",
    actionId: "answer-confirm",
  });
  const refusal = await driver.waitFor(() =>
    driver.ephemerals(guest).find((each) => each.text.includes("Guests cannot")),
  );

  expect(refusal.text).not.toContain("Confirmed");
});

test("the owner's channel hears once what is wrong, in words that mention nobody", async () => {
  const { driver } = bench;
  const owners = "C0ENGINEE1";
  const before = driver.messages(owners).length;
  const asked = await ask(dario, "who owns till");
  const again = await ask(nina, "who owns till");

  await reportWrong(dario, asked.message?.ts ?? "", "<!channel> it is *ours* <@U0NINAKOW1>");
  const told = await driver.waitFor(() => driver.messages(owners)[before]);
  const twice = await reportWrong(dario, asked.message?.ts ?? "", "really");
  await reportWrong(nina, again.message?.ts ?? "", "I think so, too");
  const gaps = await ask(nina, "gaps");

  const blocks = JSON.stringify(told.blocks);
  expect(blocks).toContain(`<@${dario}> says that an answer`);
  expect(blocks).toContain("<!channel> it is *ours* <@U0NINAKOW1>");
  expect(blocks).toContain("catalog/all.yaml:");
  expect(mrkdwnOf(told.blocks)).not.toContain("!channel");
  expect(mrkdwnOf(told.blocks)).not.toContain("U0NINAKOW1");
  expect(told.text).not.toContain("<!channel>");
  expect(twice.shown).toContain("You have reported this already");
  expect(driver.messages(owners)).toHaveLength(before + 1);
  expect(gaps.message?.text).toContain(
    "Said to be wrong: owner component:default/till (reported by 2)",
  );
});

/** What of some blocks Slack would read as mrkdwn. */
function mrkdwnOf(node: unknown): string {
  if (Array.isArray(node)) return node.map((each) => mrkdwnOf(each)).join(" ");
  if (typeof node !== "object" || node === null) return "";
  if ("type" in node && node.type === "mrkdwn" && "text" in node) return String(node.text);
  return mrkdwnOf(Object.values(node));
}

test("where the bot may not write, a report is kept all the same", async () => {
  const asked = await ask(dario, "who owns vault");

  const { shown } = await reportWrong(dario, asked.message?.ts ?? "", "it is the books team's");
  const gaps = await ask(nina, "gaps");

  expect(shown).toContain("It is noted");
  expect(bench.driver.messages("C0LEDGER01")).toEqual([]);
  expect(gaps.message?.text).toContain("owner component:default/vault");
});

test("what was chosen answers in place for everybody, and comes first the next time", async () => {
  const { driver } = bench;
  const choice = await mention(dario, "who owns ticket");
  const titles = titlesOf(choice.blocks);

  await driver.click({ user: dario, channel: general, ts: choice.ts, actionId: "choose/1" });
  const answered = await driver.waitFor(() =>
    driver
      .messages(general, { threadTs: choice.thread_ts ?? "" })
      .find((each) => each.ts === choice.ts && each.text.includes("Owned by")),
  );
  await waitFor("the choice", () => real.told.hints().choices.size > 0);
  const next = await ask(nina, "who owns the ticket?");

  expect(titles).toEqual(["ticket-printer", "ticket-scanner"]);
  expect(answered.metadata?.event_payload).toMatchObject({
    ref: "component:default/ticket-scanner",
  });
  expect(titlesOf(next.message?.blocks)).toEqual(["ticket-scanner", "ticket-printer"]);
  expect((await ask(nina, "who owns ticket-printer")).message?.text).toContain("ticket-printer");
});

/** The things that a choice offers, in order. */
function titlesOf(blocks: unknown): string[] {
  return [...JSON.stringify(blocks).matchAll(/"accessibility_label":"This one: ([^"]+)"/g)].map(
    (match) => match[1] ?? "",
  );
}
