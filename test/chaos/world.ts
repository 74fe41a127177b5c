import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { createPlayground, type Playground } from "../../src/playground/create-playground.ts";
import type { SlackMessage } from "../../src/playground/slack-shapes.ts";
import { type GithubEmulator, startGithubEmulator } from "../emulators/github/emulator.ts";
import { waitFor } from "../helpers/wait.ts";
import { filesOf, writeCompany } from "./company.ts";
import { faultsOf, type Observed } from "./invariants.ts";
import { pick } from "./random.ts";

/** Everything outside the bot: an emulated Slack, an emulated GitHub, and a folder. */
export interface ChaosWorld {
  folder: string;
  config: string;
  playground: Playground;
  github: GithubEmulator;
  /** From now on each request to GitHub and each message to Slack goes wrong with this probability. */
  unsettle(rate: number, random: () => number): void;
  /** Mishaps that happened so far. */
  mishaps(): number;
  /** A person fills in the form and presses Create until the bot has taken it. */
  request(name: string, template?: "chaos" | "guarded"): Promise<void>;
  /** Presses Approve under the question that a run asks, once for each of these people, all at the same moment. */
  approve(name: string, users: readonly string[]): Promise<void>;
  /**
   * Resolves when the run's end was told; false when that took too long. A second message never goes away, so that nobody waits for
   * both of them to show the end.
   */
  ended(name: string, timeoutMs: number): Promise<boolean>;
  /** What may not be said of the run. */
  check(name: string): Promise<string[]>;
  /** Somebody else's repositories that are not as they were. */
  foreignFaults(): Promise<string[]>;
  close(): Promise<void>;
}

/** Somebody else's, whose name a run asks for. */
export const takenName = "taken-by-others";
/** Who asks for runs. */
export const user = "U0DARIOCO1";
/** Who may approve them. */
export const approvers = ["U0VICTORI1", "U0NINAKOW1"] as const;
/** Where that is asked. */
const platform = "C0PLATFOR1";
const channels = ["engineering", "general"];
const slackFaults = ["lost-reply", "dropped", "500", "503", "429"] as const;
const shakenMethods = new Set([
  "chat.postMessage",
  "chat.update",
  "conversations.history",
  "conversations.replies",
]);

/** Opens it. */
export async function openWorld(): Promise<ChaosWorld> {
  const folder = await mkdtemp(join(tmpdir(), "callboard-chaos-"));
  const config = await writeCompany(folder);
  const playground = await createPlayground({ hasRateLimits: false });
  const github = await startGithubEmulator({ lagReads: 2 });
  await github.addRepository("acme", takenName, { description: "Not ours" });
  const before = await foreignState(github);
  const { driver } = playground;
  const slackTrouble = troubleSlack(playground);
  let requests = 0;
  /** One form at a time, as one person has but one screen. */
  let turn: Promise<unknown> = Promise.resolve();

  function parents(name: string): { channel: string; message: SlackMessage }[] {
    return channels.flatMap((channel) =>
      driver
        .messages(channel)
        .filter(
          (message) =>
            message.metadata?.event_type === "callboard_run" && message.text.includes(` ${name}:`),
        )
        .map((message) => ({ channel, message })),
    );
  }

  function results(name: string): string[] {
    return parents(name).flatMap(({ channel, message }) =>
      driver
        .messages(channel, { threadTs: message.ts })
        .filter((reply) => reply.metadata?.event_type === "callboard_run_result")
        .map((reply) => reply.text),
    );
  }

  const world: ChaosWorld = {
    folder,
    config,
    playground,
    github,
    unsettle(rate, random) {
      github.unsettle(rate, random);
      slackTrouble.unsettle(rate, random);
    },
    mishaps: () =>
      slackTrouble.count() + github.journal.filter(({ fault }) => fault !== undefined).length,
    async request(name, template = "chaos") {
      const channel = channels[(requests += 1) % channels.length] ?? "general";
      const mine = turn.then(async () => await fillIn(playground, channel, name, template));
      turn = mine.catch(() => undefined);
      await mine;
    },
    async approve(name, users) {
      const runId = await driver.waitFor(
        () => parents(name)[0]?.message.metadata?.event_payload["run_id"],
        { timeoutMs: 60_000 },
      );
      const { ts } = await driver.waitFor(
        () =>
          driver
            .messages(platform)
            .find(({ metadata }) => metadata?.event_payload["run_id"] === runId),
        { timeoutMs: 60_000 },
      );
      await Promise.all(
        users.map(
          async (each) =>
            await driver.click({ user: each, channel: platform, ts, actionId: "approval-approve" }),
        ),
      );
    },
    async ended(name, timeoutMs) {
      try {
        const isOver = (): boolean => {
          const messages = parents(name).map(({ message }) => message.text);
          const told = messages.filter((text) => /^(?:✅|❌)/u.test(text)).length;
          return results(name).length > 0 && (told === messages.length || messages.length > 1);
        };
        await driver.waitFor(isOver, { timeoutMs });
        return true;
      } catch {
        return false;
      }
    },
    async check(name) {
      const outcome = name.toLowerCase() === takenName ? "taken" : "completed";
      const observed = await observe(github, name, {
        messages: parents(name).map(({ message }) => message.text),
        results: results(name).length,
        said: results(name),
      });
      return faultsOf({ name, outcome, files: filesOf(name) }, observed);
    },
    async foreignFaults() {
      return (await foreignState(github)) === before
        ? []
        : ["a repository of somebody else's was changed"];
    },
    async close() {
      await playground.close();
      await github.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
  return world;
}

/** Lets the emulated Slack fail by chance, as the emulated GitHub can. */
function troubleSlack({ driver }: Playground): {
  unsettle(rate: number, random: () => number): void;
  count(): number;
} {
  const { faults } = driver;
  const planned = faults.takeForMethod.bind(faults);
  let trouble: { rate: number; random: () => number } = { rate: 0, random: () => 1 };
  let count = 0;
  faults.takeForMethod = (method) => {
    const plan = planned(method);
    const { rate, random } = trouble;
    if (plan !== undefined || !shakenMethods.has(method) || random() >= rate) return plan;
    count += 1;
    return { method, fault: pick(slackFaults, random), retryAfterS: 1 };
  };
  return {
    unsettle: (rate, random) => void (trouble = { rate, random }),
    count: () => count,
  };
}

/** All bots may be down at once; that they come back is not in Slack's journal. */
async function connected(driver: Playground["driver"]): Promise<void> {
  await waitFor("a bot that is connected", () => driver.isConnected(), 600_000);
}

/** How often a person tries before they give up. */
const patience = 200;

async function fillIn(
  { driver }: Playground,
  channel: string,
  name: string,
  template: string,
): Promise<void> {
  for (let tries = 0; tries < patience; tries += 1) {
    const isOpen = await openReview();
    if (!isOpen) continue;
    // the same form again is the same request, however often it is sent
    for (let sends = 0; sends < patience; sends += 1) {
      const sent = await driver.submitView({ user }).catch(() => ({ error: "no answer" }));
      if (!("error" in sent) && !("errors" in sent)) return;
      await connected(driver);
    }
  }
  throw new Error(`nobody took the request for ${name}`);

  async function openReview(): Promise<boolean> {
    try {
      await connected(driver);
      if (driver.currentView(user) !== undefined) await driver.closeView({ user, isCleared: true });
      await driver.slash({ user, channel, command: "/newservice", text: template });
      const view = await driver.waitFor(() => driver.currentView(user), { timeoutMs: 2_000 });
      const field = view.blocks.find((block) => block.type === "input");
      const page = await driver.submitView({ user, values: { [field?.block_id ?? ""]: name } });
      return page.error === undefined && driver.currentView(user)?.callback_id === "form-review";
    } catch {
      return false;
    }
  }
}

async function observe(
  github: GithubEmulator,
  name: string,
  told: Pick<Observed, "messages" | "results" | "said">,
): Promise<Observed> {
  const creations = github.journal.filter(
    ({ method, template, body, status }) =>
      method === "POST" &&
      template === "/orgs/{org}/repos" &&
      body["name"] === name &&
      status === 201,
  ).length;
  const repository = github.repository("acme", name);
  const files: Record<string, string> = {};
  const head = await repository?.git.resolve("refs/heads/main");
  if (repository === undefined || head === undefined)
    return { ...told, creations, commits: 0, files, issues: 0 };
  for (const [path, { sha }] of (await repository.git.readFiles(head)) ?? [])
    files[path] = (await repository.git.readBlob(sha))?.toString() ?? "";
  const commits = (await repository.git.log(head, 10)).length;
  return { ...told, creations, commits, files, issues: repository.issues.length };
}

async function foreignState(github: GithubEmulator): Promise<string> {
  const repository = github.repository("acme", takenName);
  const { git, description, issues, topics, flags } = repository ?? {};
  const head = await git?.resolve("refs/heads/main");
  return JSON.stringify({ head, description, issues, topics, flags });
}
