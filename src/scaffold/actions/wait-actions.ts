import { z } from "zod";

import { ConflictError, InputError, NotFoundError } from "../../base/errors.ts";
import { isRecord, type JsonObject } from "../../base/json.ts";
import { type ActionContext, defineAction } from "../action.ts";
import { StepWait } from "../step-wait.ts";
import { githubInput, githubWork } from "./github-needed.ts";
import { publishContext } from "./publish-context.ts";

const dayMs = 86_400_000;
const longestDays = 90;
/** Where no webhook tells, GitHub is asked this often. */
const pollMs = 5 * 60_000;
const untilKey = "wait.until";

/**
 * Waits until a moment without holding a worker: the first call notes it, later ones see whether it has come.
 * @throws StepWait until then; InputError `wait-not-here` where a run cannot wait
 */
export async function waitUntil(untilMs: number, context: ActionContext): Promise<number> {
  const noted = await context.notes.get(untilKey);
  if (noted === undefined) await context.notes.set(untilKey, String(untilMs));
  const endMs = noted === undefined ? untilMs : Number(noted);
  if (nowOf(context) >= endMs) return endMs;
  const shown = new Date(endMs).toISOString().slice(0, 16).replace("T", " ");
  throw new StepWait({ untilMs: endMs, reason: `until ${shown} UTC` });
}

function nowOf(context: ActionContext): number {
  if (context.nowMs !== undefined) return context.nowMs();
  throw new InputError("wait-not-here", "a run in a terminal does not wait for days", {
    hint: "start it in Slack, or look at it with --dry-run",
  });
}

/** Waits for a time, up to months. */
export const waitUntilAction = defineAction({
  id: "callboard:wait:until",
  description: "Waits until a date, or for days, hours and minutes, without holding a worker.",
  input: z.object({
    at: z.string().optional(),
    days: z.number().nonnegative().optional(),
    hours: z.number().nonnegative().optional(),
    minutes: z.number().nonnegative().optional(),
    seconds: z.number().nonnegative().optional(),
  }),
  supportsDryRun: true,
  async run({ at, days = 0, hours = 0, minutes = 0, seconds = 0 }, context) {
    const forMs = days * dayMs + hours * 3_600_000 + minutes * 60_000 + seconds * 1000;
    if (context.isDryRun) {
      context.log(at === undefined ? `would wait for ${forMs / 1000} s` : `would wait until ${at}`);
      return {};
    }
    const nowMs = nowOf(context);
    const untilMs = at === undefined ? nowMs + forMs : Date.parse(at);
    if (Number.isNaN(untilMs) || untilMs - nowMs > longestDays * dayMs) {
      throw new InputError(
        "step-input-invalid",
        `a step waits until a date at most ${longestDays} days away, not “${String(at ?? forMs)}”`,
        { hint: "write at: 2026-12-24T08:00:00Z" },
      );
    }
    return { at: new Date(await waitUntil(untilMs, context)).toISOString() };
  },
});

/** Waits for a pull request to be merged. */
export const waitForPullRequest = defineAction({
  id: "callboard:wait:pull-request",
  description:
    "Waits until a pull request is merged, without holding a worker; fails when it is closed without.",
  input: z.object({
    ...githubInput,
    repoUrl: z.string().optional(),
    pullRequestNumber: z.coerce.number().int().positive().optional(),
    pullRequestUrl: z.string().optional(),
    timeoutDays: z.number().positive().max(longestDays).default(30),
  }),
  supportsDryRun: false,
  exampleOutput: () => ({ merged: true, mergedAt: "2026-01-01T00:00:00Z", sha: "0".repeat(40) }),
  async run(input, context) {
    const { number, repoUrl } = pullRequestOf(input);
    const { github, target } = githubWork(
      "callboard:wait:pull-request",
      { repoUrl, token: input.token },
      context,
    );
    const name = `${target.owner}/${target.repo}#${number}`;
    const found = await github.find(
      target,
      {
        route: "GET /repos/{owner}/{repo}/pulls/{pull_number}",
        parameters: { pull_number: number },
        doing: `looking at the pull request ${name}`,
      },
      publishContext(context),
    );
    if (!isRecord(found)) {
      throw new NotFoundError("pull-request-unknown", `there is no pull request ${name}`);
    }
    if (found["merged"] === true) return outcome(found);
    if (found["state"] === "closed") {
      throw new ConflictError("pull-request-closed", `${name} was closed without being merged`, {
        hint: "open it again and press Retry, or start anew",
      });
    }
    await holdOn(context, name, input.timeoutDays, `${target.host}/${name}`);
    return {};
  },
});

function outcome({ merged_at: mergedAt, merge_commit_sha: sha }: JsonObject): JsonObject {
  return {
    merged: true,
    ...(typeof mergedAt === "string" ? { mergedAt } : {}),
    ...(typeof sha === "string" ? { sha } : {}),
  };
}

/** @throws StepWait; ConflictError `wait-over` after the longest time */
async function holdOn(
  context: ActionContext,
  name: string,
  timeoutDays: number,
  place: string,
): Promise<void> {
  const nowMs = nowOf(context);
  const noted = await context.notes.get(untilKey);
  const endMs = noted === undefined ? nowMs + timeoutDays * dayMs : Number(noted);
  if (noted === undefined) await context.notes.set(untilKey, String(endMs));
  if (nowMs >= endMs) {
    throw new ConflictError("wait-over", `${name} was not merged within ${timeoutDays} days`);
  }
  throw new StepWait({
    untilMs: Math.min(endMs, nowMs + pollMs),
    reason: `for ${name} to be merged`,
    topic: pullRequestTopic(place),
  });
}

/** What a webhook names to wake who waits for a pull request: `pull-request:github.com/acme/pay#4`. */
export function pullRequestTopic(place: string): string {
  return `pull-request:${place.toLowerCase()}`;
}

function pullRequestOf(input: {
  repoUrl?: string | undefined;
  pullRequestNumber?: number | undefined;
  pullRequestUrl?: string | undefined;
}): { number: number; repoUrl: string } {
  const { repoUrl, pullRequestNumber: number, pullRequestUrl: url = "" } = input;
  if (repoUrl !== undefined && number !== undefined) return { repoUrl, number };
  // https://host/owner/repo/pull/4
  const parts = /^https:\/\/([^/]+)\/([^/]+)\/([^/]+)\/pull\/(\d{1,9})(?:[/?#]|$)/.exec(url);
  const [, host = "", owner = "", repo = "", digits = ""] = parts ?? [];
  if (parts !== null) {
    const query = new URLSearchParams({ owner, repo });
    return { repoUrl: `${host}?${query.toString()}`, number: Number(digits) };
  }
  throw new InputError("step-input-invalid", "the step does not say which pull request", {
    hint: "give repoUrl and pullRequestNumber, or pullRequestUrl such as https://github.com/acme/pay/pull/4",
  });
}
