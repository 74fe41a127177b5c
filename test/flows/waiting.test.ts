import { afterAll, beforeAll, expect, test } from "@jest/globals";

import { type GithubEmulator, startGithubEmulator } from "../emulators/github/emulator.ts";
import { deliver, repositoryPayload } from "../emulators/github/webhooks.ts";
import type { Pull, Repository } from "../emulators/github/world.ts";
import {
  type CompanyBench,
  dario,
  startCompanyBench,
  templateFile,
} from "../helpers/company-bench.ts";

const secret = "a-long-enough-secret";
let github: GithubEmulator;
let repository: Repository;
let bench: CompanyBench;

beforeAll(async () => {
  github = await startGithubEmulator();
  repository = await github.addRepository("acme", "pay", { files: { "README.md": "# pay" } });
  const log =
    '    - { id: after, name: After, action: debug:log, input: { message: "now ${{ steps.wait.output.merged }}" } }\n';
  bench = await startCompanyBench({
    files: {
      "templates/merge.yaml": templateFile("merge", {
        steps: `    - { id: fetch, name: Write, action: fetch:template, input: { url: ./skeleton, values: { name: "\${{ parameters.name }}" } } }
    - { id: wait, name: Wait for the merge, action: callboard:wait:pull-request, input: { pullRequestUrl: "https://github.com/acme/pay/pull/\${{ parameters.name }}" } }
    - { id: list, name: List, action: debug:log, input: { listWorkspace: with-contents } }
${log}`,
      }),
      "templates/later.yaml": templateFile("later", {
        steps: `    - { id: wait, name: Wait, action: callboard:wait:until, input: { seconds: 2 } }
${log}`,
      }),
    },
    env: {
      GITHUB_API_URL: github.url,
      GITHUB_TOKEN: github.token,
      GITHUB_WEBHOOK_SECRET: secret,
    },
    config: { scaffolder: { concurrency: 1 } },
  });
}, 60_000);
afterAll(async () => {
  await bench.close();
  await github.close();
});

let count = 0;

function openPull(): Pull {
  count += 1;
  const [author] = github.world.accounts.values();
  if (author === undefined) throw new Error("nobody is on this GitHub");
  const pull: Pull = {
    id: 9000 + count,
    number: count,
    title: "Change",
    body: null,
    head: "main",
    base: "main",
    isDraft: false,
    state: "open",
    author,
    reviewers: [],
    teamReviewers: [],
    assignees: [],
    labels: [],
    createdAt: "2026-01-01T00:00:00Z",
  };
  repository.pulls.push(pull);
  return pull;
}

async function tell(pull: Pull): Promise<void> {
  const payload = {
    action: "closed",
    number: pull.number,
    repository: repositoryPayload(github.world, repository),
  };
  const url = `http://127.0.0.1:${bench.app.port}/github/webhook`;
  const answer = await deliver(url, secret, { event: "pull_request", payload });
  expect(answer.status).toBe(202);
}

test("a step waits for a merge over a restart, holds no worker, and goes on when GitHub tells", async () => {
  const pull = openPull();
  const parent = await bench.request(dario, "merge", String(pull.number));
  await bench.shows(parent, `Waiting: for acme/pay#${pull.number} to be merged`);
  const other = await bench.request(dario, "later", "x");
  await bench.shows(other, "Done.");
  await bench.restart();
  expect((await bench.runOf(parent)).parked).toBeDefined();

  Object.assign(pull, { state: "closed", mergedAt: "2026-01-02T00:00:00Z" });
  await tell(pull);
  await bench.shows(parent, "Done.");

  const run = await bench.runOf(parent);
  expect(run.steps.map((step) => step.status)).toEqual(Array(4).fill("completed"));
  expect(run.steps[1]?.output).toMatchObject({ merged: true, mergedAt: "2026-01-02T00:00:00Z" });
  // the workspace is made anew by the steps that only change it
  expect(run.log.map((entry) => entry.line)).toContain(`# ${pull.number}\n`);
  expect(run.log.at(-1)?.line).toBe("now true");
});

test("a pull request that is closed without a merge fails the step, and says so", async () => {
  const pull = openPull();
  const parent = await bench.request(dario, "merge", String(pull.number));
  await bench.shows(parent, "Waiting: for");

  pull.state = "closed";
  await tell(pull);
  await bench.shows(parent, "Failed at “Wait for the merge”");

  expect((await bench.runOf(parent)).error?.message).toContain(
    `acme/pay#${pull.number} was closed without being merged`,
  );
});

test("without a webhook GitHub is asked again after a while", async () => {
  const pull = openPull();
  const parent = await bench.request(dario, "merge", String(pull.number));
  await bench.shows(parent, "Waiting: for");
  Object.assign(pull, { state: "closed", mergedAt: "2026-01-02T00:00:00Z" });

  bench.pass(5 * 60_000 + 1000);
  await bench.shows(parent, "Done.");
  bench.pass(-5 * 60_000 - 1000);

  expect((await bench.runOf(parent)).steps[1]?.output).toMatchObject({ merged: true });
});

test("a run that waits can be cancelled", async () => {
  const parent = await bench.request(dario, "merge", String(openPull().number));
  await bench.shows(parent, "Waiting: for");

  await bench.driver.click({
    user: dario,
    channel: "general",
    ts: parent.ts,
    actionId: "run-cancel",
  });

  await bench.shows(parent, "Cancelled after 1 of 4 steps");
  expect((await bench.runOf(parent)).parked).toBeUndefined();
});
