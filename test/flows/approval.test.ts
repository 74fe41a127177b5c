import { access, writeFile } from "node:fs/promises";
import { join } from "node:path";

import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";

import type { SlackMessage } from "../../src/playground/slack-shapes.ts";
import {
  type CompanyBench,
  dario,
  general,
  guest,
  nina,
  platform,
  startCompanyBench,
  templateFile,
  theo,
  victor,
} from "../helpers/company-bench.ts";
import { waitFor } from "../helpers/wait.ts";

const dayMs = 86_400_000;
/** Of another company, in a channel shared with ours, with an address that their own company lets them have. */
const impostor = "U0IMPOSTO1";
let bench: CompanyBench;
let count = 0;
const newName = (): string => `service-${(count += 1)}`;

/** Writes and publishes, then waits for an hour. */
const patientSteps = `    - { id: fetch, name: Write, action: fetch:template, input: { url: ./skeleton-of-patient, values: {} } }
    - { id: publish, name: Publish, action: publish:github, input: { repoUrl: "github.com?owner=acme&repo=\${{ parameters.name }}" } }
    - { id: wait, name: Wait, action: callboard:wait:until, input: { seconds: 3600 } }
`;

const approval = (text: string) => ({ annotations: { "callboard.dev/approval": text } });

beforeAll(async () => {
  bench = await startCompanyBench({
    config: { operators: ["security"] },
    people: [
      {
        id: impostor,
        name: "victor",
        realName: "Victor Ionescu",
        email: "victor.ionescu@footlight.example",
        teamId: "T0ELSEWHE1",
      },
    ],
    files: {
      "templates/guarded.yaml": templateFile("guarded", approval("security")),
      "templates/two.yaml": templateFile("two", approval("security; count=2; expires=2d")),
      "templates/skeleton-of-patient/README.md": "# patient\n",
      "templates/patient.yaml": templateFile("patient", {
        ...approval("security"),
        steps: patientSteps,
      }),
      "templates/chosen.yaml": templateFile("chosen", {
        ...approval("security"),
        steps: `    - { id: fetch, name: Write, action: fetch:template, input: { url: "./for-\${{ parameters.name }}", values: {} } }\n`,
      }),
      "templates/for-chosen/README.md": "# as approved\n",
      "templates/others.yaml": templateFile("others", {
        ...approval("security"),
        pages: [
          {
            title: "For others",
            when: "${{ user.ref !== 'user:default/dario.costa' }}",
            required: ["reason"],
            properties: { reason: { type: "string" } },
          },
        ],
      }),
      "templates/own.yaml": templateFile("own", approval("builders")),
      "templates/step.yaml": templateFile("step", {
        annotations: { "callboard.dev/approval.publish": "security" },
      }),
    },
  });
}, 60_000);
afterAll(async () => await bench.close());

const press = async (user: string, question: SlackMessage, actionId = "approval-approve") =>
  await bench.driver.click({ user, channel: platform, ts: question.ts, actionId });

const refusal = async (user: string, words: string): Promise<void> => {
  await bench.driver.waitFor(
    () => bench.driver.ephemerals(user).some((each) => each.text.includes(words)),
    { what: `${user} to be told “${words}”` },
  );
};

const isPublished = async (name: string): Promise<boolean> =>
  await access(join(bench.dataDir, "git", "acme", `${name}.git`)).then(
    () => true,
    () => false,
  );

describe("a template that needs approval", () => {
  test("waits, asks the group's channel, and runs once somebody of a team below it approves", async () => {
    const name = newName();
    const parent = await bench.request(dario, "guarded", name);
    await bench.shows(parent, "Waiting for approval by Security");
    const question = await bench.question(parent);

    expect(JSON.stringify(question.blocks)).toContain(name);
    expect(JSON.stringify(question.blocks)).toContain("template version");
    expect(await isPublished(name)).toBe(false);
    await press(victor, question);
    await bench.shows(parent, "Done.");

    expect(await isPublished(name)).toBe(true);
    const [decided] = bench.driver.messages(platform, { threadTs: question.ts });
    expect(decided?.text).toContain("Approved (Victor Ionescu)");
    expect(JSON.stringify(decided?.blocks)).not.toContain("approval-approve");
  });

  test("is not approved by whoever asked, by others, or by a guest", async () => {
    const parent = await bench.request(dario, "guarded", newName());
    await bench.shows(parent, "Waiting for approval");
    const question = await bench.question(parent);

    await press(dario, question);
    await press(theo, question);
    await press(guest, question);
    await press(impostor, question);
    await refusal(dario, "Nobody can approve what they asked for themselves");
    await refusal(theo, "Only members of Security can decide this");
    await refusal(guest, "Guests cannot start or change anything here");
    await refusal(impostor, "People from another workspace cannot start or change anything here");
    const log = (await bench.app.services.audit?.latest(20)) ?? [];
    const refused = log.filter(({ type }) => type === "refused").map(({ by }) => by?.slackUserId);
    expect(new Set(refused)).toEqual(new Set([dario, guest, impostor, theo]));

    expect((await bench.runOf(parent)).approvals).toMatchObject([
      { status: "pending", decisions: [] },
    ]);
  });

  test("cannot be approved by oneself even as a member of the group", async () => {
    const parent = await bench.request(theo, "own", newName());
    await bench.shows(parent, "Waiting for approval by builders");
    // where it was asked is noted after it was asked
    const asked = await waitFor("the question in the thread", async () => {
      const message = (await bench.runOf(parent)).approvals?.[0]?.message;
      return message?.ts === undefined ? undefined : message;
    });

    await bench.driver.click({
      user: theo,
      channel: asked.channel ?? "",
      ts: asked.ts ?? "",
      actionId: "approval-approve",
    });
    await refusal(theo, "Nobody can approve what they asked for themselves");

    expect((await bench.runOf(parent)).approvals).toMatchObject([{ status: "pending" }]);
  });

  test("can be approved as soon as the question is seen, before its sender knows that it was sent", async () => {
    bench.driver.faults.next({
      method: "chat.postMessage",
      fault: "slow",
      delayMs: 1_500,
      times: 2,
    });
    const parent = await bench.request(dario, "guarded", newName());
    const question = await bench.question(parent);

    expect((await bench.runOf(parent)).approvals?.[0]?.message?.ts).toBeUndefined();
    await press(victor, question);
    await bench.shows(parent, "Done.");

    const [decided] = bench.driver.messages(platform, { threadTs: question.ts });
    expect(JSON.stringify(decided?.blocks)).not.toContain("approval-approve");
  });

  test("runs once, however many click at once", async () => {
    const name = newName();
    const parent = await bench.request(dario, "guarded", name);
    await bench.shows(parent, "Waiting for approval");
    const question = await bench.question(parent);

    await Promise.all(
      Array.from(
        { length: 20 },
        async (_, n) => await press(n % 2 === 0 ? victor : nina, question),
      ),
    );
    await bench.shows(parent, "Done.");

    const run = await bench.runOf(parent);
    expect(run.approvals?.[0]?.decisions).toHaveLength(1);
    expect(run.wakes).toBe(1);
    await bench.driver.waitFor(
      () => bench.driver.messages(general, { threadTs: parent.ts }).length === 2,
    );
  });

  test("needs as many different people as it says", async () => {
    const parent = await bench.request(dario, "two", newName());
    await bench.shows(parent, "(0 of 2)");
    const question = await bench.question(parent);

    await press(victor, question);
    await bench.driver.waitFor(
      async () => (await bench.runOf(parent)).approvals?.[0]?.decisions[0],
    );
    await press(victor, question);
    await refusal(victor, "You have approved this already");
    expect((await bench.runOf(parent)).status).toBe("waiting-for-approval");
    await press(nina, question);

    await bench.shows(parent, "Done.");
  });

  test("is rejected with a reason that whoever asked can read, and then cannot be approved", async () => {
    const parent = await bench.request(dario, "guarded", newName());
    await bench.shows(parent, "Waiting for approval");
    const question = await bench.question(parent);

    await press(nina, question, "approval-reject");
    const empty = await bench.driver.submitView({ user: nina, values: { reason: "  " } });
    const sent = await bench.driver.submitView({
      user: nina,
      values: { reason: "use <!channel> two" },
    });
    await bench.shows(parent, "Rejected");
    const thread = bench.driver.messages(general, { threadTs: parent.ts });

    expect(empty.errors).toBeDefined();
    expect(sent.errors).toBeUndefined();
    expect(JSON.stringify(thread)).toContain("Nina Kowalski rejected it: use &lt;!channel&gt; two");
    const run = await bench.runOf(parent);
    expect([run.status, run.steps.map((step) => step.status)]).toEqual([
      "rejected",
      ["waiting", "waiting"],
    ]);
  });

  test("outlives a restart, is reminded of once, and expires after its time; asking again works", async () => {
    const parent = await bench.request(dario, "two", newName());
    await bench.shows(parent, "Waiting for approval");
    const question = await bench.question(parent);
    await bench.restart();

    bench.pass(dayMs + 60_000);
    await bench.driver.waitFor(
      () =>
        bench.driver
          .messages(platform, { threadTs: question.ts })[1]
          ?.text.includes("Still waiting"),
      { what: "the reminder" },
    );
    expect((await bench.runOf(parent)).status).toBe("waiting-for-approval");
    bench.pass(dayMs);
    await bench.shows(parent, "Expired");
    bench.pass(-2 * dayMs - 60_000);
    expect(bench.driver.messages(platform, { threadTs: question.ts })).toHaveLength(2);
    await bench.driver.click({
      user: dario,
      channel: general,
      ts: parent.ts,
      actionId: "run-retry",
    });
    await bench.shows(parent, "Waiting for approval");

    const run = await bench.runOf(parent);
    expect(run.approvals?.map((each) => each.status)).toEqual(["expired", "pending"]);
  });

  test("is asked again when the template changed after the question", async () => {
    const name = newName();
    const parent = await bench.request(dario, "guarded", name);
    await bench.shows(parent, "Waiting for approval");
    const question = await bench.question(parent);
    await writeFile(join(bench.folder, "templates/skeleton/README.md"), "# changed\n");

    await press(victor, question);
    const again = await bench.question(parent, 2);
    expect(await isPublished(name)).toBe(false);
    const [old] = bench.driver.messages(platform, { threadTs: question.ts });
    expect(old?.text).toContain("The template changed");
    await press(nina, again);
    await bench.shows(parent, "Done.");

    expect((await bench.runOf(parent)).approvals?.map((each) => each.status)).toEqual([
      "void",
      "approved",
    ]);
  });

  test("is asked again when files changed that the values choose", async () => {
    const parent = await bench.request(dario, "chosen", "chosen");
    await bench.shows(parent, "Waiting for approval");
    const question = await bench.question(parent);
    await writeFile(join(bench.folder, "templates/for-chosen/README.md"), "# another\n");

    await press(victor, question);
    await press(nina, await bench.question(parent, 2));
    await bench.shows(parent, "Done.");

    const { approvals } = await bench.runOf(parent);
    expect(approvals?.map(({ status }) => status)).toEqual(["void", "approved"]);
  });

  test("goes on with the template that was approved when that changes after it has begun", async () => {
    const parent = await bench.request(dario, "patient", newName());
    await bench.shows(parent, "Waiting for approval");
    await press(victor, await bench.question(parent));
    await waitFor("the run to wait in its third step", async () => {
      const { parked, steps } = await bench.runOf(parent);
      return parked !== undefined && steps[1]?.status === "completed" ? true : undefined;
    });
    // what it said before it was approved is not what is looked for below
    await bench.shows(parent, /^(?!.*Waiting for approval)/s);
    const more = `${patientSteps}    - { id: more, name: More, action: debug:log, input: { message: more } }\n`;
    await writeFile(
      join(bench.folder, "templates/patient.yaml"),
      templateFile("patient", { ...approval("security"), steps: more }),
    );
    await bench.restart();

    bench.pass(3_700_000);
    const run = await waitFor("the run to end, or to ask again", async () => {
      const present = await bench.runOf(parent);
      const isOver = present.status === "completed" || (present.approvals ?? []).length > 1;
      return isOver ? present : undefined;
    });
    bench.pass(-3_700_000);

    expect(run.approvals?.map(({ status }) => status)).toEqual(["approved"]);
    expect(run.steps.map(({ id, status }) => [id, status])).toEqual([
      ["fetch", "completed"],
      ["publish", "completed"],
      ["wait", "completed"],
    ]);
  });

  test("is judged by the form that the person had who asked, not by somebody else's", async () => {
    const parent = await bench.request(dario, "others", newName());
    await bench.shows(parent, "Waiting for approval");
    await press(victor, await bench.question(parent));

    expect((await bench.shows(parent, /Done\.|no longer fit/)).text).toContain("Done.");
  });

  test("is approved from the Home tab of whoever may, and stands on nobody else's", async () => {
    const parent = await bench.request(dario, "guarded", newName());
    await bench.shows(parent, "Waiting for approval");
    const run = await bench.runOf(parent);
    const value = JSON.stringify({ run: run.id, number: 1 });

    await bench.driver.openHome(dario);
    await bench.driver.openHome(victor);
    const home = await bench.driver.waitFor(() => bench.driver.homeView(victor));
    expect(JSON.stringify(home.blocks)).toContain("Waiting for your approval");
    await bench.driver.waitFor(() => bench.driver.homeView(dario));
    expect(JSON.stringify(bench.driver.homeView(dario)?.blocks)).not.toContain(run.id);
    await bench.driver.click({
      user: victor,
      isHome: true,
      actionId: "approval-approve",
      buttonValue: value,
    });

    await bench.shows(parent, "Done.");
  });

  test("is cancelled by whoever asked while it waits", async () => {
    const parent = await bench.request(dario, "guarded", newName());
    await bench.shows(parent, "Waiting for approval");
    const question = await bench.question(parent);

    await bench.driver.click({
      user: dario,
      channel: general,
      ts: parent.ts,
      actionId: "run-cancel",
    });
    await bench.shows(parent, "Cancelled");

    const [closed] = bench.driver.messages(platform, { threadTs: question.ts });
    expect(closed?.text).toContain("Not needed any more");
    // it was a mistake: the same again, with a question of its own
    await waitFor("the end to be told", async () => {
      return (await bench.runOf(parent)).message?.isResultPosted;
    });
    const again = { user: dario, channel: general, ts: parent.ts, actionId: "run-retry" };
    await bench.driver.click(again);
    await press(victor, await bench.question(parent, 2));
    await bench.shows(parent, "Done.");
  });
});

test.each([
  ["two", "✋ Before it starts: 2 people of Security"],
  ["step", "✋ Before “Publish”: Security"],
])("the last page of the form of “%s” says who must approve", async (text, wanted) => {
  const user = dario;
  await bench.driver.slash({ user, channel: general, command: "/newservice", text });
  await bench.driver.submitView({ user, values: { "0::name": "never-sent" } });

  expect(JSON.stringify(bench.driver.currentView(user)?.blocks)).toContain(wanted);
});

test("a step that needs approval waits before it, and a rejection fails it there", async () => {
  const name = newName();
  const parent = await bench.request(dario, "step", name);
  await bench.shows(parent, "Waiting for approval of “Publish” by Security");
  const question = await bench.question(parent);
  expect((await bench.runOf(parent)).steps.map((step) => step.status)).toEqual([
    "completed",
    "waiting",
  ]);

  await press(nina, question, "approval-reject");
  await bench.driver.submitView({ user: nina, values: { reason: "not today" } });
  await bench.shows(parent, "Failed at “Publish”");
  expect(await isPublished(name)).toBe(false);
  await bench.driver.click({ user: dario, channel: general, ts: parent.ts, actionId: "run-retry" });
  await bench.shows(parent, "Waiting for approval");
  await press(victor, await bench.question(parent, 2));
  await bench.shows(parent, "Done.");

  expect(await isPublished(name)).toBe(true);
});

test("everything that was done stands in the audit log, which only operators may see", async () => {
  const name = newName();
  const parent = await bench.request(dario, "guarded", name);
  await bench.shows(parent, "Waiting for approval");
  await press(victor, await bench.question(parent));
  await bench.shows(parent, "Done.");
  const { id } = await bench.runOf(parent);

  const entries = await waitFor("the end in the log", async () => {
    const all = (await bench.app.services.audit?.latest(40)) ?? [];
    const mine = all.filter((entry) => entry.about?.["run"] === id).toReversed();
    return mine.some((entry) => entry.type === "run-completed") ? mine : undefined;
  });
  const asked = { user: dario, channel: general, command: "/callboard", text: "audit" };
  const refused = await bench.driver.slash(asked);
  const shown = await bench.driver.slash({ ...asked, user: victor });

  expect(entries.map((entry) => [entry.type, entry.by?.userRef])).toEqual([
    ["run-accepted", "user:default/dario.costa"],
    ["approval-asked", undefined],
    ["approval-given", "user:default/victor.ionescu"],
    ["run-started", undefined],
    ["step-completed", undefined],
    ["step-completed", undefined],
    ["run-completed", undefined],
  ]);
  expect(entries[0]?.details).toMatchObject({ inputs: { name } });
  expect(refused.message?.text).toContain("Only people of group:default/security");
  expect(shown.message?.text).toContain(`run-completed run=${id}`);
});

test("forged buttons decide nothing", async () => {
  const parent = await bench.request(dario, "guarded", newName());
  await bench.shows(parent, "Waiting for approval");
  const { id } = await bench.runOf(parent);
  const values = [
    "{}",
    '{"__proto__":{"run":1}}',
    `{"run":"${id}","number":1,"more":1}`,
    `{"run":"${id}","number":99}`,
    `{"run":"${"x".repeat(2000)}","number":1}`,
    "x".repeat(3001),
    // the right run, from a message that stands elsewhere
    JSON.stringify({ run: id, number: 1 }),
  ];

  const replies = await Promise.all(
    values.map(
      async (value, index) =>
        await bench.send({
          type: "block_actions",
          team: { id: "T0FOOTLIT1" },
          user: { id: victor, team_id: "T0FOOTLIT1" },
          api_app_id: "A0CALLBRD1",
          trigger_id: `forged.${index}`,
          channel: { id: general },
          message: { ts: parent.ts },
          actions: [{ type: "button", action_id: "approval-approve", block_id: "b", value }],
        }),
    ),
  );

  expect(replies.map((reply) => reply.status)).toEqual(values.map(() => 200));
  expect((await bench.runOf(parent)).approvals).toMatchObject([
    { status: "pending", decisions: [] },
  ]);
});
