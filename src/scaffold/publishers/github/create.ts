import {
  ConflictError,
  ForbiddenError,
  InputError,
  NotFoundError,
  UpstreamError,
} from "../../../base/errors.ts";
import type { PublishRequest } from "../contract.ts";
import { githubError, isAlreadyThere, isMissing, isOutcomeUnknown, statusOf } from "./errors.ts";
import {
  attempt,
  type GithubSession,
  nameOf,
  repositoryParameters,
  untilVisible,
} from "./session.ts";
import type { GithubSettings } from "./settings.ts";

/** What we keep of GitHub's answer about a repository. */
export interface GithubRepository {
  id: number;
  fullName: string;
  description: string;
  htmlUrl: string;
  cloneUrl: string;
  defaultBranch: string;
  createdAtMs: number;
}

/** What a repository is created with; everything else is set afterwards, where a refusal is only a warning. */
export type RepositoryPlan = Pick<PublishRequest, "runId" | "description" | "visibility"> & {
  settings: GithubSettings;
  /** With GitHub's own first commit, so that the Git data API can be used at once. */
  hasFirstCommit: boolean;
};

// GitHub refuses longer descriptions.
const maxDescriptionLength = 350;
const maxAttempts = 3;

const noteKeys = { create: "github.create", id: "github.repositoryId" } as const;

/** The text in the description that marks a repository as this run's, until its content is in place. */
function creationMarker(runId: string): string {
  return `[run:${runId}]`;
}

/** A description as GitHub takes it: one line, at most 350 characters, `suffix` kept whole. */
export function fitDescription(description: string, suffix = ""): string {
  // Control characters are refused by GitHub.
  const line = description.replaceAll(/\p{Cc}+/gu, " ").trim();
  const room = maxDescriptionLength - (suffix === "" ? 0 : suffix.length + 1);
  const kept = line.length > room ? `${line.slice(0, room - 1).trimEnd()}…` : line;
  return suffix === "" ? kept : `${kept} ${suffix}`.trim();
}

/**
 * Makes sure that the run's repository exists, exactly once whatever happens in between: the intent is noted, the
 * creating request carries a marker and is sent once, and an unknown outcome is looked up instead of repeated.
 * @throws ConflictError `repo-exists` when the name belongs to a repository that this run did not create.
 */
export async function ensureRepository(
  session: GithubSession,
  plan: RepositoryPlan,
): Promise<GithubRepository> {
  const { notes } = session.context;
  const notedId = await notes.get(noteKeys.id);
  if (notedId !== undefined) return confirmOurs(session, Number(notedId));
  let mayExist = (await notes.get(noteKeys.create)) === "intended";
  let isNameTaken = false;
  for (let round = 0; round < maxAttempts; round += 1) {
    const found = mayExist ? await lookForOurs(session, plan.runId) : undefined;
    // Refused as taken, and still not to be seen: it belongs to people who do not let us see it.
    if (found === undefined && isNameTaken) throw taken(session);
    const outcome = found ?? (await createOnce(session, plan, mayExist));
    if (typeof outcome === "object") {
      await notes.set(noteKeys.id, String(outcome.id));
      return outcome;
    }
    mayExist = true;
    isNameTaken = outcome === "name-taken";
  }
  throw new UpstreamError(
    "github-create-uncertain",
    `GitHub did not say whether ${nameOf(session)} was created, and it cannot be found.`,
    {
      isRetryable: true,
      hint: "Press Retry: it looks for the repository first and creates no second.",
    },
  );
}

/** One POST. What is not a repository has to be looked up: the answer was lost, or the taken name may be our own. */
async function createOnce(
  session: GithubSession,
  plan: RepositoryPlan,
  mayExist: boolean,
): Promise<GithubRepository | "answer-lost" | "name-taken"> {
  const { notes, signal } = session.context;
  const send = await planCreation(session, plan);
  await notes.set(noteKeys.create, "intended");
  await session.context.assertCurrent();
  try {
    signal.throwIfAborted();
    return readRepository((await send()).data);
  } catch (thrown) {
    if (isOutcomeUnknown(thrown) && !signal.aborted) {
      session.context.log(
        `GitHub's answer to creating ${nameOf(session)} was lost; looking for it`,
      );
      return "answer-lost";
    }
    const isTaken = isAlreadyThere(thrown);
    if (isTaken && mayExist) return "name-taken";
    // A first attempt that was refused made nothing, so a Retry need not look for it. An abort is no answer.
    if (!mayExist && statusOf(thrown) !== undefined) await notes.set(noteKeys.create, "refused");
    throw isTaken ? taken(session) : githubError(thrown, `creating ${nameOf(session)}`, signal);
  }
}

/** Chooses between an organisation's and the token owner's repositories, before anything is noted or written. */
async function planCreation(
  session: GithubSession,
  plan: RepositoryPlan,
): Promise<() => Promise<{ data: RepositoryAnswer }>> {
  const { octokit, owner, repo } = session;
  const { settings } = plan;
  const request = { signal: session.context.signal, isRepeatable: false };
  const common = {
    name: repo,
    description: fitDescription(plan.description, creationMarker(plan.runId)),
    private: plan.visibility !== "public",
    auto_init: plan.hasFirstCommit,
    ...(settings.homepage === undefined ? {} : { homepage: settings.homepage }),
    has_issues: settings.hasIssues ?? true,
    has_wiki: settings.hasWiki ?? true,
    ...(settings.hasProjects === undefined ? {} : { has_projects: settings.hasProjects }),
    request,
  };
  if (await isOrganisation(session)) {
    const properties = settings.customProperties;
    // Octokit's types know no "internal", which GitHub Enterprise takes; a plain route takes any value.
    const route: string = "POST /orgs/{org}/repos";
    return () =>
      octokit.request(route, {
        ...common,
        org: owner,
        visibility: plan.visibility,
        ...(properties === undefined ? {} : { custom_properties: properties }),
      });
  }
  await refuseForeignUser(session, plan);
  return () => octokit.rest.repos.createForAuthenticatedUser(common);
}

async function isOrganisation(session: GithubSession): Promise<boolean> {
  const { octokit, owner, context } = session;
  try {
    const { data } = await octokit.rest.users.getByUsername({
      username: owner,
      request: { signal: context.signal },
    });
    return data.type === "Organization";
  } catch (thrown) {
    if (!isMissing(thrown))
      throw githubError(thrown, `looking up the owner ${owner}`, context.signal);
    throw new NotFoundError(
      "github-owner-unknown",
      `GitHub knows no organisation or user "${owner}".`,
      { hint: "Check the owner in the form." },
    );
  }
}

async function refuseForeignUser(session: GithubSession, plan: RepositoryPlan): Promise<void> {
  const { octokit, owner, context } = session;
  if (plan.visibility === "internal") {
    throw new InputError(
      "github-internal-needs-organisation",
      `"${owner}" is a user: only an organisation can have internal repositories.`,
      { hint: "Choose private or public, or an organisation as owner." },
    );
  }
  const login = session.isApp
    ? undefined
    : await attempt(session, "asking whose token Callboard has", async () => {
        const answer = await octokit.rest.users.getAuthenticated({
          request: { signal: context.signal },
        });
        return answer.data.login;
      });
  if (login?.toLowerCase() === owner.toLowerCase()) return;
  const whose = login === undefined ? "works as a GitHub App" : `has the token of "${login}"`;
  throw new ForbiddenError(
    "github-owner-not-ours",
    `"${owner}" is a user, for whom Callboard cannot create repositories: it ${whose}.`,
    { hint: "Choose an organisation as owner." },
  );
}

/**
 * Looks for a repository that a lost request may have made. A 404 is believed only when the lag window has passed.
 * @throws ConflictError `repo-exists` when what is found is somebody else's.
 */
async function lookForOurs(
  session: GithubSession,
  runId: string,
): Promise<GithubRepository | undefined> {
  const found = await findRepository(session, true);
  if (found === undefined) return undefined;
  if (!found.description.endsWith(creationMarker(runId))) throw taken(session);
  session.context.log(`Found ${found.fullName}, which this run created before it was interrupted`);
  return found;
}

/** True when the step of this session made the repository: by the id it noted, or else by the mark it left. */
export async function isCreatedBy(
  session: GithubSession,
  repository: GithubRepository,
  runId: string,
): Promise<boolean> {
  const notedId = await session.context.notes.get(noteKeys.id);
  if (notedId !== undefined) return notedId === String(repository.id);
  return repository.description.endsWith(creationMarker(runId));
}

/** Undefined when there is none of exactly this name; a renamed repository answers under its old name too. */
export async function findRepository(
  session: GithubSession,
  isPatient: boolean,
): Promise<GithubRepository | undefined> {
  const read = (): Promise<{ data: RepositoryAnswer }> =>
    session.octokit.rest.repos.get(repositoryParameters(session));
  try {
    const { data } = await (isPatient ? untilVisible(session, read) : read());
    const repository = readRepository(data);
    return isSameName(repository.fullName, session) ? repository : undefined;
  } catch (thrown) {
    if (isMissing(thrown)) return undefined;
    throw githubError(thrown, `looking for ${nameOf(session)}`, session.context.signal);
  }
}

/** The repository was ours before; it must still be the same one under the same name. */
async function confirmOurs(session: GithubSession, id: number): Promise<GithubRepository> {
  const repository = await attempt(session, `reading ${nameOf(session)}`, async () => {
    const { data } = await untilVisible(session, () =>
      session.octokit.rest.repos.get(repositoryParameters(session)),
    );
    return readRepository(data);
  });
  if (repository.id === id && isSameName(repository.fullName, session)) return repository;
  throw new ConflictError(
    "repo-moved",
    `${nameOf(session)}, which this run created, was renamed, moved or replaced in the meantime (now ${repository.fullName}).`,
    {
      hint: "Look at both repositories; Callboard touches neither. Start a new run when it is settled.",
    },
  );
}

function isSameName(fullName: string, session: GithubSession): boolean {
  return fullName.toLowerCase() === nameOf(session).toLowerCase();
}

function taken(session: GithubSession): ConflictError {
  return new ConflictError(
    "repo-exists",
    `A repository named ${nameOf(session)} exists already; it was left untouched.`,
    { hint: "Choose another name, or ask its owner." },
  );
}

/** The fields that Octokit's several repository types share. */
interface RepositoryAnswer {
  id: number;
  full_name: string;
  description: string | null;
  html_url: string;
  clone_url: string;
  default_branch: string;
  created_at?: string | null;
}

function readRepository(data: RepositoryAnswer): GithubRepository {
  return {
    id: data.id,
    fullName: data.full_name,
    description: data.description ?? "",
    htmlUrl: data.html_url,
    cloneUrl: data.clone_url,
    defaultBranch: data.default_branch,
    createdAtMs: Date.parse(data.created_at ?? ""),
  };
}
