import { NotFoundError } from "../../../base/errors.ts";
import type { JsonValue } from "../../../base/json.ts";
import type {
  GithubAccess,
  GithubCall,
  GithubTarget,
  PublishContext,
  PushRequest,
} from "../contract.ts";
import { applySettings, protectionSteps, repositorySteps } from "./apply.ts";
import type { GithubClient } from "./client.ts";
import { commitContent, startEmptyRepository } from "./commit.ts";
import { ensureRepository, findRepository, type GithubRepository } from "./create.ts";
import { githubError, isEmptyRepository, isMissing } from "./errors.ts";
import { protectBranch } from "./protection.ts";
import { putSecret, putVariable } from "./secrets.ts";
import {
  attempt,
  type GithubSession,
  type GithubTiming,
  nameOf,
  openSession,
  repositoryParameters,
  resolveTiming,
  settled,
} from "./session.ts";
import { parseGithubSettings } from "./settings.ts";
import { refuseNoFiles } from "./tree.ts";

/** The handle that GitHub-only actions get, over the same connection as the publisher. */
export function createGithubAccess(
  client: GithubClient,
  givenTiming: Partial<GithubTiming> = {},
): GithubAccess {
  const timing = resolveTiming(givenTiming);
  const open = (target: GithubTarget, context: PublishContext): Promise<GithubSession> =>
    openSession(client, timing, target, context);
  return {
    host: client.host,
    async call(target, call, context) {
      const session = await open(target, context);
      return attempt(session, `${call.doing} (${nameOf(session)})`, () => send(session, call));
    },
    async find(target, call, context) {
      const session = await open(target, context);
      try {
        return await send(session, call);
      } catch (thrown) {
        if (isMissing(thrown)) return undefined;
        throw githubError(thrown, `${call.doing} (${nameOf(session)})`, context.signal);
      }
    },
    async createEmpty(target, request, context) {
      const { settings, warnings } = parseGithubSettings(request.settings);
      const session = await open(target, context);
      const hasFirstCommit = settings.autoInit ?? false;
      const plan = { ...request, settings, hasFirstCommit };
      const repository = await ensureRepository(session, plan);
      const later = settled(session);
      const steps = repositorySteps(later, request.description, settings);
      warnings.push(...(await applySettings(later, steps)));
      return { ...addressesOf(repository, repository.defaultBranch), warnings };
    },
    async push(target, request, context) {
      return pushFiles(await open(target, context), request);
    },
    async protect(target, branch, settings, context) {
      const session = await open(target, context);
      const parsed = parseGithubSettings(settings);
      for (const warning of parsed.warnings) context.log(warning);
      const name = branch ?? (await existing(session)).defaultBranch;
      await protectBranch(session, name, parsed.settings);
    },
    async configure(target, values, context) {
      const session = await open(target, context);
      const doing = `setting variables and secrets of ${nameOf(session)}`;
      await attempt(session, doing, async () => {
        for (const [name, value] of Object.entries(values.variables ?? {}))
          await putVariable(session, name, value, values.environment);
        for (const [name, value] of Object.entries(values.secrets ?? {}))
          await putSecret(session, name, value, values.environment);
      });
    },
  };
}

async function send(session: GithubSession, call: GithubCall): Promise<JsonValue> {
  const isRepeatable = call.isRepeatable ?? !call.route.startsWith("POST ");
  if (!isRepeatable) await session.context.assertCurrent();
  // What a route has no place for would travel as a query.
  const isOfRepository = call.route.includes("{owner}");
  const response: { data: JsonValue } = await session.octokit.request(call.route, {
    ...(isOfRepository ? { owner: session.owner, repo: session.repo } : {}),
    ...call.parameters,
    request: { signal: session.context.signal, isRepeatable },
  });
  // Octokit gives an empty text where there is no body.
  return response.data === "" ? null : response.data;
}

async function existing(session: GithubSession): Promise<GithubRepository> {
  const repository = await findRepository(session, true);
  if (repository !== undefined) return repository;
  throw new NotFoundError(
    "github-repository-unknown",
    `There is no repository ${nameOf(session)} that Callboard may see.`,
    { hint: "Check the name; a GitHub App must have access to the repository." },
  );
}

async function pushFiles(
  session: GithubSession,
  request: PushRequest,
): ReturnType<GithubAccess["push"]> {
  const { settings, warnings } = parseGithubSettings(request.settings);
  refuseNoFiles(session, request.files);
  const repository = await existing(session);
  if (await isEmpty(session, repository)) await startEmptyRepository(session, request.runId);
  const plan = { ...request, message: request.commitMessage };
  const branch = request.defaultBranch;
  const commitHash = await commitContent(session, repository, branch, plan, false);
  const steps = protectionSteps(settled(session), branch, settings);
  warnings.push(...(await applySettings(settled(session), steps)));
  return { ...addressesOf(repository, branch), commitHash, warnings };
}

async function isEmpty(session: GithubSession, repository: GithubRepository): Promise<boolean> {
  try {
    await session.octokit.rest.git.getRef({
      ...repositoryParameters(session),
      ref: `heads/${repository.defaultBranch}`,
    });
    return false;
  } catch (thrown) {
    if (isEmptyRepository(thrown)) return true;
    if (isMissing(thrown)) return false;
    throw githubError(thrown, `reading ${nameOf(session)}`, session.context.signal);
  }
}

function addressesOf(
  repository: GithubRepository,
  branch: string,
): { remoteUrl: string; repoContentsUrl: string } {
  return {
    remoteUrl: repository.cloneUrl,
    repoContentsUrl: `${repository.htmlUrl}/blob/${branch}`,
  };
}
