import { setTimeout as sleep } from "node:timers/promises";

import type { Octokit } from "@octokit/rest";

import { InputError, toError } from "../../../base/errors.ts";
import { assertRepoNames } from "../../repo-url.ts";
import type { GithubTarget, PublishContext } from "../contract.ts";
import type { GithubClient } from "./client.ts";
import { githubError, isEmptyRepository, isMissing } from "./errors.ts";

/** How long GitHub may take until everybody sees what was just written. */
export interface GithubTiming {
  /** A 404 for something that may have been created is believed only after this time. Default 30,000. */
  lagWindowMs: number;
  /** The same for settings, which come later, and where a 404 is most often a misspelt team or person. Default 5,000. */
  settingWindowMs: number;
  /** First wait between two looks; it doubles up to two seconds. Default 250. */
  lagDelayMs: number;
}

/** Fills in GitHub's usual figures. */
export function resolveTiming(given: Partial<GithubTiming> = {}): GithubTiming {
  const lagWindowMs = given.lagWindowMs ?? 30_000;
  return {
    lagWindowMs,
    settingWindowMs: given.settingWindowMs ?? Math.min(5000, lagWindowMs),
    lagDelayMs: given.lagDelayMs ?? 250,
  };
}

/** One repository and one step of a run, while the publisher works on it. */
export interface GithubSession {
  octokit: Octokit;
  /** An App has no user of its own, so it cannot create repositories for one. */
  isApp: boolean;
  owner: string;
  repo: string;
  context: PublishContext;
  timing: GithubTiming;
}

/**
 * Starts work on a repository: checks host and names, finds the credentials.
 * @throws InputError `github-host-unknown`, `repo-name-invalid`; NotFoundError `github-app-not-installed`.
 */
export async function openSession(
  client: GithubClient,
  timing: GithubTiming,
  target: GithubTarget,
  context: PublishContext,
): Promise<GithubSession> {
  const { owner, repo, token } = target;
  if (target.host.toLowerCase() !== client.host.toLowerCase()) {
    throw new InputError(
      "github-host-unknown",
      `The repository is on ${target.host}, and Callboard is connected to ${client.host}.`,
      {
        hint: `Use ${client.host} in repoUrl, or set GITHUB_API_URL to the API of ${target.host}.`,
      },
    );
  }
  assertRepoNames(owner, repo);
  const isOwn = token === undefined || token === "";
  const octokit = isOwn ? await client.forOwner(owner, context.signal) : client.withToken(token);
  return { octokit, isApp: isOwn && client.kind === "app", owner, repo, context, timing };
}

/** The same session once the repository is known to be there: what is missing now is missing for good. */
export function settled(session: GithubSession): GithubSession {
  const lagWindowMs = session.timing.settingWindowMs;
  return { ...session, timing: { ...session.timing, lagWindowMs } };
}

/** `acme/payments`, for messages. */
export function nameOf(session: { owner: string; repo: string }): string {
  return `${session.owner}/${session.repo}`;
}

/** The parameters that every request on the repository needs; `isRepeatable` goes beside the signal. */
export function repositoryParameters(session: GithubSession): {
  owner: string;
  repo: string;
  request: { signal: AbortSignal };
} {
  return {
    owner: session.owner,
    repo: session.repo,
    request: { signal: session.context.signal },
  };
}

/** Runs requests whose failures are reported as “… while `doing`”. */
export async function attempt<T>(
  session: GithubSession,
  doing: string,
  send: () => Promise<T>,
): Promise<T> {
  try {
    session.context.signal.throwIfAborted();
    return await send();
  } catch (thrown) {
    throw githubError(thrown, doing, session.context.signal);
  }
}

/**
 * Sends a repeatable request again while GitHub's replicas may not have caught up: 404, or 409 for an “empty” repository
 * that has its first commit. The last failure is thrown as it came.
 */
export async function untilVisible<T>(session: GithubSession, send: () => Promise<T>): Promise<T> {
  const { lagWindowMs, lagDelayMs } = session.timing;
  const untilMs = Date.now() + lagWindowMs;
  for (let delayMs = lagDelayMs; ; delayMs = Math.min(delayMs * 2, 2000)) {
    try {
      return await send();
    } catch (thrown) {
      const isLag = isMissing(thrown) || isEmptyRepository(thrown);
      if (!isLag || Date.now() + delayMs > untilMs) throw thrown;
    }
    await pause(delayMs, session.context.signal);
  }
}

/** Waits; an abort ends the wait with the signal's own reason. */
export async function pause(delayMs: number, signal: AbortSignal): Promise<void> {
  try {
    await sleep(delayMs, undefined, { signal });
  } catch (thrown) {
    throw signal.aborted ? toError(signal.reason) : toError(thrown);
  }
}
