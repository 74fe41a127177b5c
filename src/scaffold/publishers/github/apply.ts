import { CallboardError, UpstreamError } from "../../../base/errors.ts";
import { fitDescription } from "./create.ts";
import { isOutcomeUnknown } from "./errors.ts";
import { protectBranch } from "./protection.ts";
import { putSecret, putVariable } from "./secrets.ts";
import {
  attempt,
  type GithubSession,
  nameOf,
  repositoryParameters,
  untilVisible,
} from "./session.ts";
import type { GithubSettings } from "./settings.ts";

/** One setting: its name for the warning, and the repeatable requests that make it so. */
interface SettingStep {
  name: string;
  apply(): Promise<unknown>;
}

/**
 * Applies steps in order. The repository exists already, so a refused setting is a warning and the next one is tried;
 * an outage or a rate limit is thrown, for the whole step is repeated then.
 */
export async function applySettings(
  session: GithubSession,
  steps: SettingStep[],
): Promise<string[]> {
  const warnings: string[] = [];
  for (const step of steps) {
    try {
      await attempt(session, `setting ${step.name} of ${nameOf(session)}`, () => step.apply());
    } catch (thrown) {
      if (!isRefusal(thrown)) throw thrown;
      const hint = thrown.hint === undefined ? "" : ` ${thrown.hint}`;
      warnings.push(`${step.name} was not applied: ${thrown.message}${hint}`);
      session.context.log(warnings.at(-1) ?? "");
    }
  }
  return warnings;
}

function isRefusal(thrown: unknown): thrown is CallboardError {
  if (thrown instanceof UpstreamError) return !thrown.isRetryable;
  return thrown instanceof CallboardError;
}

/** Everything about a new repository but its branch protection: people, topics, merge rules, variables, the clean description. */
export function repositorySteps(
  session: GithubSession,
  description: string,
  settings: GithubSettings,
): SettingStep[] {
  const { repos } = session.octokit.rest;
  const parameters = repositoryParameters(session);
  const steps: SettingStep[] = [...accessSteps(session, settings)];
  const topics = settings.topics?.map((topic) => topic.toLowerCase());
  if (topics !== undefined && topics.length > 0) {
    steps.push({
      name: "topics",
      apply: () => repos.replaceAllTopics({ ...parameters, names: topics }),
    });
  }
  steps.push(...variableSteps(session, settings), ...extraSteps(session, settings));
  // Last of all: until here the description carries the run's marker, as a sign that the repository is unfinished.
  steps.push({
    name: "merge rules",
    apply: () => finish(session, mergeRules(settings), fitDescription(description)),
  });
  return steps;
}

/** One request for both; where the rules are refused, the description is set all the same. */
async function finish(
  session: GithubSession,
  rules: MergeRules,
  description: string,
): Promise<void> {
  const { repos } = session.octokit.rest;
  const parameters = repositoryParameters(session);
  try {
    await repos.update({ ...parameters, ...rules, description });
  } catch (thrown) {
    if (isOutcomeUnknown(thrown)) throw thrown;
    await repos.update({ ...parameters, description });
    throw thrown;
  }
}

type MergeRules = {
  allow_merge_commit: boolean;
  allow_squash_merge: boolean;
  allow_rebase_merge: boolean;
  allow_auto_merge: boolean;
  allow_update_branch: boolean;
  delete_branch_on_merge: boolean;
  squash_merge_commit_title?: "PR_TITLE" | "COMMIT_OR_PR_TITLE";
  squash_merge_commit_message?: "PR_BODY" | "COMMIT_MESSAGES" | "BLANK";
};

function mergeRules(settings: GithubSettings): MergeRules {
  const isSquashAllowed = settings.allowSquashMerge ?? true;
  return {
    allow_merge_commit: settings.allowMergeCommit ?? true,
    allow_squash_merge: isSquashAllowed,
    allow_rebase_merge: settings.allowRebaseMerge ?? true,
    allow_auto_merge: settings.allowAutoMerge ?? false,
    allow_update_branch: settings.allowUpdateBranch ?? false,
    delete_branch_on_merge: settings.deleteBranchOnMerge ?? false,
    // GitHub refuses these two while squashing is off.
    ...(isSquashAllowed
      ? {
          squash_merge_commit_title: settings.squashMergeCommitTitle ?? "COMMIT_OR_PR_TITLE",
          squash_merge_commit_message: settings.squashMergeCommitMessage ?? "COMMIT_MESSAGES",
        }
      : {}),
  };
}

/** `group:default/payments` → `payments`: where GitHub wants a login or slug, templates often give an entity ref. */
export function loginOf(nameOrRef: string): string {
  return nameOrRef.slice(Math.max(nameOrRef.lastIndexOf("/"), nameOrRef.lastIndexOf(":")) + 1);
}

function accessSteps(session: GithubSession, settings: GithubSettings): SettingStep[] {
  const steps: SettingStep[] = [];
  const { access } = settings;
  if (
    access !== undefined &&
    access !== "" &&
    access.toLowerCase() !== session.owner.toLowerCase()
  ) {
    const [org, team] = access.split("/");
    const isTeam = org?.toLowerCase() === session.owner.toLowerCase() && team !== undefined;
    steps.push({
      name: `access for ${access}`,
      apply: () =>
        isTeam ? grantTeam(session, team, "admin") : grantUser(session, access, "admin"),
    });
  }
  for (const { access: permission, user, team } of settings.collaborators ?? []) {
    const name = loginOf(team ?? user ?? "");
    steps.push({
      name: `${permission} access for ${name}`,
      apply: () =>
        team === undefined
          ? grantUser(session, name, permission)
          : grantTeam(session, name, permission),
    });
  }
  return steps;
}

/** Gives a team a right on the repository: `pull`, `triage`, `push`, `maintain`, `admin` or a custom role. */
function grantTeam(session: GithubSession, team: string, permission: string): Promise<unknown> {
  return untilVisible(session, () =>
    session.octokit.rest.teams.addOrUpdateRepoPermissionsInOrg({
      ...repositoryParameters(session),
      org: session.owner,
      team_slug: team,
      permission,
    }),
  );
}

function grantUser(session: GithubSession, user: string, permission: string): Promise<unknown> {
  return untilVisible(session, () =>
    session.octokit.rest.repos.addCollaborator({
      ...repositoryParameters(session),
      username: user,
      permission,
    }),
  );
}

function variableSteps(session: GithubSession, settings: GithubSettings): SettingStep[] {
  const variables = Object.entries(settings.repoVariables ?? {}).map(([name, value]) => ({
    name: `variable ${name}`,
    apply: () => putVariable(session, name, value),
  }));
  const secrets = Object.entries(settings.secrets ?? {}).map(([name, value]) => ({
    name: `secret ${name}`,
    apply: () => putSecret(session, name, value),
  }));
  return [...variables, ...secrets];
}

function extraSteps(session: GithubSession, settings: GithubSettings): SettingStep[] {
  const parameters = repositoryParameters(session);
  const steps: SettingStep[] = [];
  const send = (name: string, route: string, body: object): void => {
    steps.push({ name, apply: () => session.octokit.request(route, { ...parameters, ...body }) });
  };
  const { oidcCustomization: oidc, subscribe, workflowAccess } = settings;
  if (oidc !== undefined) {
    send("OIDC claims", "PUT /repos/{owner}/{repo}/actions/oidc/customization/sub", {
      use_default: oidc.useDefault ?? true,
      ...(oidc.includeClaimKeys === undefined ? {} : { include_claim_keys: oidc.includeClaimKeys }),
    });
  }
  if (subscribe === true)
    send("subscription", "PUT /repos/{owner}/{repo}/subscription", { subscribed: true });
  if (workflowAccess !== undefined) {
    send("workflow access", "PUT /repos/{owner}/{repo}/actions/permissions/access", {
      access_level: workflowAccess,
    });
  }
  return steps;
}

/** Protects the default branch unless the template says no; a plan without protection makes it a warning. */
export function protectionSteps(
  session: GithubSession,
  branch: string,
  settings: GithubSettings,
): SettingStep[] {
  if (settings.protectDefaultBranch === false) return [];
  return [{ name: "branch protection", apply: () => protectBranch(session, branch, settings) }];
}
