import { rm } from "node:fs/promises";

import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";

import { silentLogger } from "../../src/base/logger.ts";
import { checklistSteps } from "../../src/docs/checklist-steps.ts";
import { parseDocument } from "../../src/docs/parse-document.ts";
import type { SlackMessage } from "../../src/playground/slack-shapes.ts";
import type { Storage } from "../../src/storage/contract.ts";
import { openStorage } from "../../src/storage/open.ts";
import {
  type ChecklistService,
  createChecklistService,
} from "../../src/usecases/checklists/checklist-service.ts";
import { newDataDir } from "../helpers/embedded.ts";
import { createFakeServices, type FakeServices } from "../helpers/fake-services.ts";
import { answerWith, sectionCard } from "../helpers/sample-answers.ts";
import { messageProblems } from "../helpers/shown-blocks.ts";
import {
  dario,
  general,
  guest,
  ledger,
  nina,
  type SlackBench,
  startSlackBench,
} from "../helpers/slack-bench.ts";

const hostile = [
  "# <!channel> *Payments* `down`",
  "## Diagnosis",
  "1. Ask <@U0DARIOCO1> & <!here> about `rm -rf /` <https://evil.example|the docs>",
  "2. [x](javascript:alert(1)) ~~gone~~ \u202Ereversed",
  `3. ${"very long ".repeat(80)}`,
  ...Array.from(
    { length: 62 },
    (_, n) => `${n + 4}. step number ${n + 4}\n\n   \`\`\`sh\n   kubectl get pods ${n}\n   \`\`\``,
  ),
].join("\n\n");
const simple = "# Ledger lag\n\n## Diagnosis\n\n1. Look\n2. Think\n\n## Mitigation\n\n1. Act\n";
const documents = new Map([
  ["hostile.md", hostile],
  ["simple.md", simple],
]);

let dataDir: string;
let storage: Storage;
let services: FakeServices & { checklists: ChecklistService };
let bench: SlackBench;

/** The service as a process has it that begins with nothing but the storage. */
function openChecklists(): ChecklistService {
  return createChecklistService({
    records: storage.records,
    clock: Date.now,
    read: ({ path, anchor }) => {
      const text = documents.get(path);
      if (text === undefined) return undefined;
      const parsed = parseDocument(text);
      return { title: parsed.title ?? path, steps: checklistSteps(parsed.sections, anchor) };
    },
  });
}

beforeAll(async () => {
  dataDir = await newDataDir();
  storage = await openStorage({ dataDir, logger: silentLogger });
  services = { ...createFakeServices([]), checklists: openChecklists() };
  services.answerQuestion = async (question) => {
    const path = question.split(" ").at(-1) ?? "";
    return answerWith({ ...sectionCard, path, checklist: { steps: 3 } }, { question });
  };
  bench = await startSlackBench({ services });
});
afterAll(async () => {
  await bench.close();
  await storage.close();
  await rm(dataDir, { recursive: true, force: true });
});

/** Asks by mention and presses *Start checklist* below the answer; gives the checklist's message. */
async function startChecklist(path: string): Promise<SlackMessage & { thread: string }> {
  const { driver } = bench;
  const { message } = await driver.say({
    user: dario,
    channel: general,
    text: `@Callboard runbook for ${path}`,
  });
  const answer = await driver.waitFor(() => driver.messages(general, { threadTs: message.ts })[1]);
  await driver.click({
    user: dario,
    channel: general,
    ts: answer.ts,
    actionId: "checklist-start",
  });
  const posted = await driver.waitFor(() => checklistIn(message.ts));
  return { ...posted, thread: message.ts };
}

function checklistIn(thread: string): SlackMessage | undefined {
  return bench.driver
    .messages(general, { threadTs: thread })
    .find(({ text }) => text.startsWith("Checklist "));
}

async function press(user: string, { ts }: SlackMessage, actionId: string) {
  return await bench.driver.click({ user, channel: general, ts, actionId });
}

/** The message as it stands once its text says so. */
async function saying(thread: string, words: string): Promise<SlackMessage> {
  return await bench.driver.waitFor(() => {
    const found = checklistIn(thread);
    return found !== undefined && JSON.stringify(found).includes(words) ? found : undefined;
  });
}

describe("a checklist", () => {
  test("is walked through by several people, and ends in a summary in the thread", async () => {
    const checklist = await startChecklist("simple.md");
    expect(checklist.text).toBe("Checklist Ledger lag: 0 of 3 steps done");

    await press(dario, checklist, "checklist-done/0");
    await saying(checklist.thread, "done by Dario Costa");
    await press(nina, checklist, "checklist-skip/1");
    await saying(checklist.thread, "skipped by Nina Kowalski");
    await press(dario, checklist, "checklist-note/2");
    await bench.driver.waitFor(() => bench.driver.currentView(dario));
    await bench.driver.submitView({ user: dario, values: { note: "scaled to <6> & waited" } });
    await saying(checklist.thread, "scaled to &lt;6&gt; &amp; waited");
    await press(nina, checklist, "checklist-done/2");
    await press(nina, checklist, "checklist-finish");

    const summary = await bench.driver.waitFor(() =>
      bench.driver
        .messages(general, { threadTs: checklist.thread })
        .find(({ text }) => text.includes("finished by Nina Kowalski")),
    );
    const shown = JSON.stringify(summary.blocks);
    expect(shown).toContain("2 of 3 steps done, 1 skipped");
    expect(shown).toMatch(/1\. Look — Dario Costa/);
    expect(shown).toContain("scaled to &lt;6&gt; &amp; waited");
    expect(shown).not.toContain("<@");
    const closed = await saying(checklist.thread, "finished by Nina Kowalski");
    expect(JSON.stringify(closed.blocks)).not.toContain("checklist-done");
  });

  test("takes two people's clicks at the same moment, and a double click once", async () => {
    const checklist = await startChecklist("simple.md");

    await Promise.all([
      press(dario, checklist, "checklist-done/0"),
      press(dario, checklist, "checklist-done/0"),
      press(nina, checklist, "checklist-done/1"),
      press(nina, checklist, "checklist-done/2"),
    ]);

    const done = await saying(checklist.thread, "3 of 3 steps done");
    expect(JSON.stringify(done.blocks).match(/done by Dario Costa/g)).toHaveLength(1);
    expect(JSON.stringify(done.blocks).match(/done by Nina Kowalski/g)).toHaveLength(2);

    await Promise.all([
      press(dario, checklist, "checklist-finish"),
      press(nina, checklist, "checklist-finish"),
    ]);
    await saying(checklist.thread, "finished by");
    const summaries = bench.driver
      .messages(general, { threadTs: checklist.thread })
      .filter(({ text }) => /finished by/.test(text));
    expect(summaries).toHaveLength(1);
  });

  test("is posted once when *Start* is pressed twice", async () => {
    const checklist = await startChecklist("simple.md");
    const thread = () => bench.driver.messages(general, { threadTs: checklist.thread });
    const [, answer] = thread();
    if (answer === undefined) throw new Error("no answer");

    await press(dario, answer, "checklist-start");

    expect(thread().filter(({ text }) => text.startsWith("Checklist "))).toHaveLength(1);
  });

  test("opens a step again", async () => {
    const checklist = await startChecklist("simple.md");
    await press(dario, checklist, "checklist-done/0");
    await saying(checklist.thread, "1 of 3");

    await press(nina, checklist, "checklist-undo/0");

    const shown = await saying(checklist.thread, "0 of 3 steps done");
    expect(JSON.stringify(shown.blocks)).toContain("checklist-skip/0");
  });

  test("of more than sixty hostile steps keeps Slack's limits on every page", async () => {
    const checklist = await startChecklist("hostile.md");
    expect(checklist.text).toContain("0 of 65 steps done");

    for (let page = 1; page <= 11; page += 1) {
      const shown = await saying(checklist.thread, `page ${page} of 11`);
      expect(messageProblems({ text: shown.text, blocks: shown.blocks ?? [] })).toEqual([]);
      expect(JSON.stringify(shown)).not.toMatch(/<!(?!date)|<@|javascript:alert\(1\)\|/);
      if (page < 11) await press(dario, shown, "checklist-page/next");
    }
    await press(dario, checklist, "checklist-finish");
    await saying(checklist.thread, "finished by");
    const summary = bench.driver
      .messages(general, { threadTs: checklist.thread })
      .filter(({ text }) => /finished by|goes on/.test(text));
    expect(summary).not.toEqual([]);
    expect(JSON.stringify(summary)).toContain(" 65. step number 65");
    for (const { text, blocks = [] } of summary)
      expect(messageProblems({ text, blocks })).toEqual([]);
  });

  test("goes on after a restart, from what is stored alone", async () => {
    const checklist = await startChecklist("simple.md");
    await press(dario, checklist, "checklist-done/0");
    await saying(checklist.thread, "1 of 3");

    await storage.close();
    storage = await openStorage({ dataDir, logger: silentLogger });
    Object.assign(services.checklists, openChecklists());
    await press(nina, checklist, "checklist-done/1");

    const shown = JSON.stringify(await saying(checklist.thread, "2 of 3 steps done"));
    expect(shown).toContain("done by Dario Costa");
    expect(shown).toContain("done by Nina Kowalski");
  });

  test("is no business of guests, nor of buttons that stand elsewhere", async () => {
    const checklist = await startChecklist("simple.md");
    await press(guest, checklist, "checklist-done/0");
    const told = await bench.driver.waitFor(() => bench.driver.ephemerals(guest).at(-1));

    expect(told.text).toContain("Guests cannot start or change anything here");
    expect(checklistIn(checklist.thread)?.text).toContain("0 of 3 steps done");
  });

  test("comes as a direct message where the bot may not write", async () => {
    const outcome = await bench.driver.slash({
      user: dario,
      channel: ledger,
      command: "/runbook",
      text: "simple.md",
    });
    const shown = outcome.message;
    if (shown === undefined) throw new Error("no answer");

    await bench.driver.click({
      user: dario,
      channel: ledger,
      ts: shown.ts,
      actionId: "checklist-start",
    });

    const direct = await bench.driver.waitFor(() =>
      bench.driver.directMessages(dario).find(({ text }) => text.startsWith("Checklist ")),
    );
    expect(direct.text).toContain("0 of 3");
  });

  test("of a runbook that is gone says so", async () => {
    const outcome = await bench.driver.slash({
      user: nina,
      channel: general,
      command: "/runbook",
      text: "gone.md",
    });

    await bench.driver.click({
      user: nina,
      channel: general,
      ts: outcome.message?.ts ?? "",
      actionId: "checklist-start",
    });
    const told = await bench.driver.waitFor(() =>
      bench.driver.ephemerals(nina).find(({ text }) => text.includes("gone.md")),
    );
    expect(told.text).toContain("is not in the catalog any more");
  });
});
