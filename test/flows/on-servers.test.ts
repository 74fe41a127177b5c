import { randomBytes } from "node:crypto";
import { access, writeFile } from "node:fs/promises";
import { join } from "node:path";

import { afterEach, describe, expect, test } from "@jest/globals";

import {
  type CompanyBench,
  dario,
  nina,
  platform,
  startCompanyBench,
  templateFile,
  theo,
  victor,
} from "../helpers/company-bench.ts";
import { testSwitch } from "../helpers/environment.ts";
import { waitFor } from "../helpers/wait.ts";

// What waits and what is refused, on the storages that processes share; the files beside this one look at each on the embedded one.
let bench: CompanyBench | undefined;

afterEach(async () => {
  await bench?.close();
  bench = undefined;
});

const servers = [
  ["Redis", "REDIS_URL", "TEST_REDIS_URL"],
  ["PostgreSQL", "DATABASE_URL", "TEST_DATABASE_URL"],
] as const;

for (const [name, variable, given] of servers) {
  const url = testSwitch(given);
  (url === undefined ? describe.skip : describe)(`on ${name} (needs ${given})`, () =>
    flows(variable, url),
  );
}

/** The same on each of them. */
function flows(variable: string, url: string | undefined): void {
  async function start(): Promise<CompanyBench> {
    const namespace = `flow_${randomBytes(4).toString("hex")}`;
    bench = await startCompanyBench({
      env: { [variable]: url ?? "", CALLBOARD_NAMESPACE: namespace },
      files: {
        "templates/guarded.yaml": templateFile("guarded", {
          annotations: { "callboard.dev/approval": "security; count=2" },
        }),
        "templates/later.yaml": templateFile("later", {
          steps: `    - { id: wait, name: Wait, action: callboard:wait:until, input: { seconds: 3600 } }
    - { id: after, name: After, action: debug:log, input: { message: hello } }
`,
        }),
      },
      config: {
        policy: {
          rules: [
            { name: "builders", actions: ["start"], groups: ["builders"], templates: ["guarded"] },
            { name: "theo waits", actions: ["start"], users: ["theo.blake"], templates: ["later"] },
          ],
        },
      },
    });
    return bench;
  }

  test("a run waits for two approvals through a restart, is asked again when its template changed, and runs once", async () => {
    const { driver, ...company } = await start();
    const published = join(company.dataDir, "git", "acme", "osprey.git");
    const isPublished = async (): Promise<boolean> =>
      await access(published).then(
        () => true,
        () => false,
      );
    const parent = await company.request(dario, "guarded", "osprey");
    await company.shows(parent, "Waiting for approval by Security");
    const question = await company.question(parent);
    const press = async (user: string, { ts }: { ts: string }) =>
      await driver.click({ user, channel: platform, ts, actionId: "approval-approve" });

    await press(victor, question);
    await bench?.restart();
    await writeFile(join(company.folder, "templates/skeleton/README.md"), "# changed\n");
    await press(nina, question);
    const again = await company.question(parent, 2);
    expect(await isPublished()).toBe(false);
    // twenty clicks at once are two decisions
    await Promise.all(
      Array.from({ length: 20 }, async (_, index) => {
        await press(index % 2 === 0 ? victor : nina, again).catch(() => undefined);
      }),
    );
    await company.shows(parent, "Done.");

    const run = await bench?.runOf(parent);
    expect(run?.approvals?.map(({ status }) => status)).toEqual(["void", "approved"]);
    expect(run?.approvals?.[1]?.decisions).toHaveLength(2);
    expect(await isPublished()).toBe(true);
  }, 180_000);

  test("a run that waits for a time goes on when it has come, and whom no rule allows it is refused", async () => {
    const company = await start();
    await expect(company.request(dario, "later", "x")).rejects.toThrow("Waited");

    const parent = await company.request(theo, "later", "heron");
    await waitFor(
      "the run to wait without a job",
      async () => (await company.runOf(parent)).parked,
    );
    await company.restart();
    expect((await company.runOf(parent)).status).not.toBe("completed");
    company.pass(3_600_000);
    await company.shows(parent, "Done.");
  }, 180_000);
}
