import { execFile } from "node:child_process";
import { readdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import { promisify } from "node:util";

import { ConflictError } from "../../base/errors.ts";
import type { Driver } from "../../playground/driver.ts";
import type { SlackMessage, SlackView } from "../../playground/slack-shapes.ts";
import { findStatefulElements } from "../../playground/view-state.ts";
import type { Transcript } from "./transcript.ts";

const run = promisify(execFile);

/** What every scene works with. */
export interface Stage {
  dataDir: string;
  driver: Driver;
  transcript: Transcript;
  /** A folder of the demo's own. */
  folder: string;
}

const dario = { id: "U0DARIOCO1", name: "Dario" };
const nina = { id: "U0NINAKOW1", name: "Nina, on call" };

/** Every scene, in order; each throws when something in it is not as it should be. */
export const scenes: { title: string; play: (stage: Stage) => Promise<void> }[] = [
  { title: "Who owns it?", play: askForOwner },
  { title: "What breaks if it is down?", play: askInChannel },
  { title: "3 a.m.", play: lookUpRunbook },
  { title: "An honest no", play: askForNothing },
  { title: "A new service", play: createService },
];

async function askForOwner({ driver, transcript }: Stage): Promise<void> {
  transcript.person(dario.name, "#engineering", "/whoowns chekout");
  const before = driver.ephemerals(dario.id).length;
  await driver.slash({
    user: dario.id,
    channel: "engineering",
    command: "/whoowns",
    text: "chekout",
  });
  const answer = await driver.waitFor(() => driver.ephemerals(dario.id)[before], {
    what: "an answer",
  });
  transcript.bot(textOf(answer), "only visible to Dario");
  expectText(answer, /team-checkout|Checkout/, "the owner of checkout");
}

async function askInChannel(stage: Stage): Promise<void> {
  await askByMention(stage, "what depends on the ledger?", /ledger/i);
}

async function lookUpRunbook({ driver, transcript }: Stage): Promise<void> {
  transcript.person(nina.name, "#payments", "/runbook ledger payouts are stuck");
  const before = driver.ephemerals(nina.id).length;
  await driver.slash({
    user: nina.id,
    channel: "payments",
    command: "/runbook",
    text: "ledger payouts are stuck",
  });
  const answer = await driver.waitFor(() => driver.ephemerals(nina.id)[before], {
    what: "a runbook",
  });
  transcript.bot(textOf(answer), "only visible to Nina");
  expectText(answer, /ledger|payout/i, "a section of the ledger's runbook");
}

async function askForNothing(stage: Stage): Promise<void> {
  await askByMention(stage, "who owns the flux capacitor?", /\S/);
}

async function askByMention(
  { driver, transcript }: Stage,
  question: string,
  expected: RegExp,
): Promise<void> {
  transcript.person(dario.name, "#engineering", `@Callboard ${question}`);
  const { message } = await driver.say({
    user: dario.id,
    channel: "engineering",
    text: `@Callboard ${question}`,
  });
  const reply = await driver.waitFor(
    () => driver.messages("engineering", { threadTs: message.ts })[1],
    { what: "a reply in the thread" },
  );
  transcript.bot(textOf(reply), "in the thread");
  expectText(reply, expected, `an answer to “${question}”`);
}

async function createService(stage: Stage): Promise<void> {
  const { driver, transcript } = stage;
  transcript.person(dario.name, "#engineering", "/newservice node service");
  await driver.slash({
    user: dario.id,
    channel: "engineering",
    command: "/newservice",
    text: "node service",
  });
  await driver.waitFor(() => driver.currentView(dario.id), { what: "a form" });
  await fillIn(stage);
  const parent = await driver.waitFor(() => endedRun(driver), {
    timeoutMs: 30_000,
    what: "the end of the run",
  });
  transcript.bot(textOf(parent), "one message, edited as the steps went on");
  const replies = await driver.waitFor(
    () => {
      const thread = driver.messages("engineering", { threadTs: parent.ts }).slice(1);
      return thread.length > 0 && thread;
    },
    { what: "the result in the thread" },
  );
  for (const reply of replies) transcript.bot(textOf(reply), "in its thread");
  expectText(parent, /Done/, "a run that is done");
  await useRepository(stage);
  await askByMention(stage, "who owns seat-upgrades?", /Checkout/);
}

/** One entry a page: what is typed, by the field's label. */
const pages: Record<string, string>[] = [
  {
    Name: "seat-upgrades",
    "What does it do?": "Offers better seats to people who have already bought a ticket.",
    Owner: "group:default/team-checkout",
  },
  { "Slack channel": "#checkout" },
  { "Repository: name": "seat-upgrades" },
];

async function fillIn({ driver, transcript }: Stage): Promise<void> {
  for (const typed of pages) {
    const view = driver.currentView(dario.id) ?? fail("the form closed too early");
    transcript.aside(
      `page “${view.title?.text ?? ""}”: ${Object.entries(typed)
        .map(([label, value]) => `${label} = ${value}`)
        .join(", ")}`,
    );
    const outcome = await driver.submitView({ user: dario.id, values: byBlock(view, typed) });
    if (outcome.errors !== undefined) fail(`the form refused ${JSON.stringify(outcome.errors)}`);
  }
  transcript.aside("the last page shows all values; Dario presses Create");
  const outcome = await driver.submitView({ user: dario.id });
  if (outcome.view !== undefined) fail("the form did not close");
}

function byBlock(view: SlackView, typed: Record<string, string>): Record<string, string> {
  const fields = findStatefulElements(view.blocks);
  return Object.fromEntries(
    Object.entries(typed).map(([label, value]) => {
      const field = fields.find((each) => each.input?.label === label);
      return [field?.blockId ?? fail(`the form has no field “${label}”`), value];
    }),
  );
}

/** The run's parent message, once it tells an end. */
function endedRun(driver: Driver): SlackMessage | undefined {
  return driver
    .messages("engineering")
    .find(
      (message) =>
        message.metadata?.event_type === "callboard_run" &&
        /done|failed|cancelled/i.test(textOf(message)),
    );
}

async function useRepository({ dataDir, transcript, folder }: Stage): Promise<void> {
  const target = join(folder, "seat-upgrades");
  const remote = join(dataDir, "git", "footlight-tickets", "seat-upgrades.git");
  await run("git", ["clone", "--quiet", remote, target]);
  transcript.aside(`git clone ${remote}`);
  const files = (await readdir(target)).filter((name) => name !== ".git").toSorted();
  transcript.aside(files.join("  "));
  await run("git", ["-C", target, "fsck", "--strict"]);
  const { stdout } = await run(process.execPath, ["--test"], {
    cwd: target,
    env: { PATH: dirname(process.execPath) },
  });
  // node's test runner: “# pass 12”
  transcript.aside(`its own tests: ${/# pass (\d+)/.exec(stdout)?.[1] ?? "?"} passed`);
}

function textOf(message: SlackMessage): string {
  return message.text;
}

function expectText(message: SlackMessage, expected: RegExp, what: string): void {
  if (!expected.test(textOf(message))) fail(`expected ${what}, got: ${textOf(message)}`);
}

function fail(message: string): never {
  throw new ConflictError("demo-failed", message);
}
