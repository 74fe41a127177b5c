import type {
  PublishContext,
  Publisher,
  PublisherUndo,
  PublishRequest,
  PublishResult,
} from "../contract.ts";
import { createGithubAccess } from "./access.ts";
import { applySettings, protectionSteps, repositorySteps } from "./apply.ts";
import { listBranches } from "./branches.ts";
import type { GithubClient } from "./client.ts";
import { commitContent } from "./commit.ts";
import { ensureRepository, findRepository } from "./create.ts";
import { openGithubIssue } from "./issue.ts";
import { listOwners } from "./owners.ts";
import { openGithubPullRequest } from "./pull-request.ts";
import { foreignUrl, parseGithubFileUrl, readGithubFile } from "./read.ts";
import { type GithubTiming, openSession, pause, resolveTiming, settled } from "./session.ts";
import { parseGithubSettings } from "./settings.ts";
import { refuseNoFiles } from "./tree.ts";
import { closeOwnIssue, closeOwnPullRequest, deleteOwnRepository } from "./undo.ts";

export interface GithubPublisherOptions {
  client: GithubClient;
  /** How long GitHub's replicas may lag; tests shorten it. */
  timing?: Partial<GithubTiming>;
}

/**
 * Publishes to GitHub: one repository, one commit, then its settings. Every request can be lost or the process killed
 * between any two of them; doing the step again finds what is there and goes on.
 */
export function githubPublisher(options: GithubPublisherOptions): Publisher {
  const { client } = options;
  const timing = resolveTiming(options.timing);
  const created = new Map<string, number>();
  return {
    id: "github",
    async createRepository(request, context) {
      const result = await create(client, timing, request, context);
      created.set(`${request.owner}/${request.repo}`.toLowerCase(), Date.now());
      return result;
    },
    async openPullRequest(request, context) {
      const settings = parseGithubSettings(request.settings).settings;
      const session = await openSession(client, timing, { ...request, ...settings }, context);
      return openGithubPullRequest(session, request);
    },
    async exists(owner, repo, signal) {
      const context = lookOnly(signal);
      const session = await openSession(
        client,
        timing,
        { host: client.host, owner, repo },
        context,
      );
      return (await findRepository(session, false)) !== undefined;
    },
    async branches(owner, repo, signal, beginning) {
      const where = { host: client.host, owner, repo };
      return listBranches(await openSession(client, timing, where, lookOnly(signal)), beginning);
    },
    async openIssue(request, context) {
      const session = await openSession(client, timing, request, context);
      return openGithubIssue(session, request);
    },
    undo: createUndo(client, timing),
    github: createGithubAccess(client, timing),
    owners: (signal) => listOwners(client, signal),
    async readFile(url, signal) {
      const file = parseGithubFileUrl(url, client.host);
      if (file === undefined) throw foreignUrl(url, client.host);
      const octokit = await client.forOwner(file.owner, signal);
      const createdAtMs = created.get(`${file.owner}/${file.repo}`.toLowerCase()) ?? 0;
      const untilMs = createdAtMs + timing.lagWindowMs;
      for (let delayMs = timing.lagDelayMs; ; delayMs = Math.min(delayMs * 2, 2000)) {
        for (const reading of file.readings) {
          const text = await readGithubFile(
            octokit,
            { owner: file.owner, repo: file.repo, ...reading },
            signal,
          );
          if (text !== undefined) return text;
        }
        if (Date.now() + delayMs > untilMs) return undefined;
        await pause(delayMs, signal);
      }
    },
  };
}

function createUndo(client: GithubClient, timing: GithubTiming): PublisherUndo {
  return {
    deleteRepository: async (target, context) =>
      deleteOwnRepository(await openSession(client, timing, target, context), target),
    closePullRequest: async (target, context) =>
      closeOwnPullRequest(await openSession(client, timing, target, context), target),
    closeIssue: async (target, context) =>
      closeOwnIssue(await openSession(client, timing, target, context), target.number),
  };
}

async function create(
  client: GithubClient,
  timing: GithubTiming,
  request: PublishRequest,
  context: PublishContext,
): Promise<PublishResult> {
  const { settings, warnings } = parseGithubSettings(request.settings);
  const session = await openSession(client, timing, { ...request, ...settings }, context);
  refuseNoFiles(session, request.files);
  const repository = await ensureRepository(session, {
    ...request,
    settings,
    hasFirstCommit: true,
  });
  const commitHash = await commitContent(
    session,
    repository,
    request.defaultBranch,
    {
      ...request,
      message: request.commitMessage,
    },
    true,
  );
  const later = settled(session);
  const steps = [
    ...protectionSteps(later, request.defaultBranch, settings),
    ...repositorySteps(later, request.description, settings),
  ];
  warnings.push(...(await applySettings(later, steps)));
  return {
    remoteUrl: repository.cloneUrl,
    repoContentsUrl: `${repository.htmlUrl}/blob/${request.defaultBranch}`,
    commitHash,
    warnings,
  };
}

/** For reading outside a run: nothing is noted, nothing is written. */
function lookOnly(signal: AbortSignal): PublishContext {
  return {
    signal,
    log: () => undefined,
    assertCurrent: () => Promise.resolve(),
    notes: { get: () => Promise.resolve(undefined), set: () => Promise.resolve() },
  };
}
