import { afterAll, beforeAll, expect, test } from "@jest/globals";

import {
  type CompanyBench,
  dario,
  general,
  guest,
  startCompanyBench,
  templateFile,
  theo,
  victor,
} from "../helpers/company-bench.ts";

let bench: CompanyBench;

const tagged = `apiVersion: scaffolder.backstage.io/v1beta3
kind: Template
metadata: { name: tagged, title: Tagged }
spec:
  type: service
  parameters:
    - title: Name
      required: [name, cost]
      properties:
        name: { title: Name, type: string }
        cost: { title: Cost centre, type: string, backstage:permissions: { tags: [money] } }
    - title: Danger
      backstage:permissions: { tags: [money] }
      properties: { more: { title: More, type: string } }
  steps:
    - { id: log, name: Log, action: debug:log, input: { message: hello } }
    - { id: pay, name: Pay, action: debug:log, input: { message: paid }, backstage:permissions: { tags: [money] } }
`;

beforeAll(async () => {
  bench = await startCompanyBench({
    files: {
      "templates/open.yaml": templateFile("open"),
      "templates/closed.yaml": templateFile("closed"),
      "templates/tagged.yaml": tagged,
      "templates/insider.yaml": templateFile("insider", {
        steps: `    - { id: write, name: Write, action: "catalog:write", input: { entity: { apiVersion: backstage.io/v1alpha1, kind: User, metadata: { name: insider, annotations: { callboard.dev/slack-user: ${theo} } }, spec: { memberOf: [security] } } } }
    - { id: publish, name: Publish, action: publish:github, input: { repoUrl: "github.com?owner=acme&repo=\${{ parameters.name }}" } }
    - { id: register, name: Register, action: "catalog:register", input: { repoContentsUrl: "\${{ steps.publish.output.repoContentsUrl }}", catalogInfoPath: /catalog-info.yaml } }
`,
      }),
      "templates/elsewhere.yaml": templateFile("elsewhere", {
        steps: `    - { id: publish, name: Publish, action: publish:github, input: { repoUrl: "github.com?owner=\${{ parameters.name }}&repo=x" } }\n`,
      }),
    },
    config: {
      operators: ["security"],
      scaffolder: { owners: ["acme"] },
      policy: {
        contact: "#platform-help",
        rules: [
          {
            name: "builders build",
            actions: ["start"],
            groups: ["builders"],
            templates: ["open", "tagged", "elsewhere", "insider"],
          },
          {
            name: "security does all",
            actions: ["start", "cancel", "retry"],
            groups: ["security"],
          },
          {
            name: "no bad names",
            effect: "deny",
            actions: ["start"],
            parameters: { name: "bad*" },
          },
          { name: "money", actions: ["use-part"], partTags: ["money"], groups: ["security"] },
        ],
      },
      approvals: [{ templates: ["open"], parameters: { name: "big*" }, groups: ["security"] }],
    },
  });
}, 60_000);
afterAll(async () => await bench.close());

const command = async (user: string, text: string, name = "/newservice") =>
  await bench.driver.slash({
    user,
    channel: user === guest ? "checkout" : general,
    command: name,
    text,
  });

test("whom no rule allows it is told why and whom to ask, before a form opens, and that is in the log", async () => {
  const refused = await command(dario, "closed");
  const noted = await bench.app.services.audit?.latest(1);
  const outsider = await command(guest, "open");

  expect(refused.message?.text).toContain("You may not start “closed”: no rule allows it");
  expect(refused.message?.text).toContain(
    "people of group:default/security may; ask in #platform-help",
  );
  expect(outsider.message?.text).toContain("Guests cannot start or change anything here");
  expect(bench.driver.currentView(dario)).toBeUndefined();
  expect(noted).toMatchObject([
    {
      type: "refused",
      by: { slackUserId: dario },
      about: { template: "template:default/closed" },
      details: { what: "start", code: "policy-denied" },
    },
  ]);
});

test("is asked again with the values when the form is sent, and the refusal is in the log", async () => {
  await expect(bench.request(dario, "open", "bad-one")).rejects.toThrow("no bad names");
  await bench.driver.closeView({ user: dario, isCleared: true });

  const [entry] = (await bench.app.services.audit?.latest(1)) ?? [];
  expect(entry).toMatchObject({
    type: "refused",
    by: { userRef: "user:default/dario.costa" },
    details: { what: "start", code: "policy-denied" },
  });
});

test("the list holds what somebody may start, and says that there is more", async () => {
  const builders = JSON.stringify((await command(dario, "")).message);
  const security = JSON.stringify((await command(victor, "")).message);

  expect(builders).toContain("template:default/open");
  expect(builders).not.toContain("template:default/closed");
  expect(builders).toContain("1 more you may not start");
  expect(security).toContain("template:default/closed");
  expect(security).not.toContain("You may not start");
});

function person(name: string, slackUserId: string) {
  return { name, slackUserId, userRef: `user:default/${name}` };
}

test("taking a run back asks the policy, whoever's it is", async () => {
  const parent = await bench.request(dario, "open", "heron");
  await bench.shows(parent, "Done.");
  const { id } = await bench.runOf(parent);
  const { runs } = bench.app.services;

  const own = runs.undoPlan?.(id, person("dario.costa", dario));
  await expect(own).resolves.toEqual([expect.stringContaining("acme/heron")]);
  await expect(runs.undoPlan?.(id, person("theo.blake", theo))).rejects.toMatchObject({
    code: "policy-denied",
  });
  await expect(runs.undo?.(id, person("theo.blake", theo))).rejects.toMatchObject({
    code: "policy-denied",
  });
  expect(await bench.app.services.audit?.latest(1)).toMatchObject([
    { type: "refused", by: { slackUserId: theo }, about: { run: id }, details: { what: "undo" } },
  ]);
});

test("people who lost the right between form and start are refused at the use case", async () => {
  const requester = { slackUserId: dario, name: "dario", userRef: "user:default/dario.costa" };
  const request = {
    requestKey: "direct",
    templateRef: "template:default/closed",
    values: { name: "x" },
  };

  await expect(bench.app.services.runs.start({ ...request, requester })).rejects.toMatchObject({
    code: "policy-denied",
  });
});

test("a rule of the configuration asks for approval by value", async () => {
  const small = await bench.request(dario, "open", "small");
  const big = await bench.request(dario, "open", "big-one");

  await bench.shows(small, "Done.");
  await bench.shows(big, "Waiting for approval by Security");
  // a rule allows Victor to cancel the runs of others; Theo none
  const press = { channel: general, ts: big.ts, actionId: "run-cancel" };
  await bench.driver.click({ user: theo, ...press });
  await bench.driver.waitFor(() =>
    bench.driver.ephemerals(theo).some((each) => each.text.includes("Only Dario Costa")),
  );
  expect((await bench.runOf(big)).isCancelRequested).toBeUndefined();
  expect(await bench.app.services.audit?.latest(1)).toMatchObject([
    { type: "refused", by: { slackUserId: theo }, details: { what: "cancel" } },
  ]);
  await bench.driver.click({ user: victor, ...press });
  await bench.shows(big, "Cancelled");
});

test("parts with tags are left out for people who may not use them", async () => {
  const parent = await bench.request(dario, "tagged", "lean");
  await bench.shows(parent, "Done.");
  const run = await bench.runOf(parent);

  expect(run.steps.map((step) => step.id)).toEqual(["log"]);
  expect(run.template.pages).toHaveLength(1);
  await command(victor, "tagged");
  const form = await bench.driver.waitFor(() => bench.driver.currentView(victor));
  expect(JSON.stringify(form.blocks)).toContain("Cost centre");
  await bench.driver.closeView({ user: victor, isCleared: true });
});

test("nobody makes themselves a member of a group by what a run registers", async () => {
  const parent = await bench.request(theo, "insider", "insider");
  await bench.shows(parent, "Failed");

  const run = await bench.runOf(parent);
  expect(run.error).toMatchObject({ code: "catalog-kind-refused" });
  expect(bench.app.services.entities.userOf({ slackUserId: theo })).not.toBe(
    "user:default/insider",
  );
  const log = await command(theo, "audit", "/callboard");
  expect(log.message?.text).toContain("may not see the audit log");
});

test("repositories are made under listed owners only, whatever a template says", async () => {
  const parent = await bench.request(dario, "elsewhere", "evil");

  await bench.shows(parent, "Failed");

  const run = await bench.runOf(parent);
  expect(run.error).toMatchObject({ code: "owner-not-allowed" });
  expect(run.error?.message).toContain("“evil” is no owner that Callboard writes to; use acme");
});

test("operators see the audit log, others do not", async () => {
  const mine = await command(dario, "audit", "/callboard");
  const theirs = await command(victor, "audit", "/callboard");

  expect(mine.message?.text).toContain("You may not see the audit log");
  expect(theirs.message?.text).toContain("run-accepted");
});
