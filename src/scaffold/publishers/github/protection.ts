import {
  type GithubSession,
  nameOf,
  attempt,
  repositoryParameters,
  untilVisible,
} from "./session.ts";
import type { GithubSettings } from "./settings.ts";

/**
 * Protects a branch as `publish:github` does, with Backstage's defaults: one review, up-to-date branches, admins included.
 * Doing it again changes nothing.
 * @see https://docs.github.com/en/rest/branches/branch-protection#update-branch-protection
 */
export async function protectBranch(
  session: GithubSession,
  branch: string,
  settings: GithubSettings,
): Promise<void> {
  const parameters = { ...repositoryParameters(session), branch };
  const { repos } = session.octokit.rest;
  await attempt(session, `protecting ${branch} of ${nameOf(session)}`, async () => {
    await untilVisible(session, () =>
      repos.updateBranchProtection({
        ...parameters,
        required_status_checks: {
          strict: settings.requireBranchesToBeUpToDate ?? true,
          contexts: settings.requiredStatusCheckContexts ?? [],
        },
        enforce_admins: settings.enforceAdmins ?? settings.protectEnforceAdmins ?? true,
        required_pull_request_reviews: reviewRules(settings),
        restrictions: settings.restrictions === undefined ? null : actorsOf(settings.restrictions),
        required_conversation_resolution: settings.requiredConversationResolution ?? false,
        required_linear_history: settings.requiredLinearHistory ?? false,
        block_creations: settings.blockCreations ?? false,
      }),
    );
    if (settings.requiredCommitSigning !== true) return;
    await repos.createCommitSignatureProtection({
      ...parameters,
      request: { signal: session.context.signal, isRepeatable: true },
    });
  });
}

type ReviewRules = {
  required_approving_review_count: number;
  require_code_owner_reviews: boolean;
  dismiss_stale_reviews: boolean;
  require_last_push_approval: boolean;
  bypass_pull_request_allowances?: Actors;
};

function reviewRules(settings: GithubSettings): ReviewRules {
  const bypass = settings.bypassPullRequestAllowances;
  return {
    required_approving_review_count: settings.requiredApprovingReviewCount ?? 1,
    require_code_owner_reviews: settings.requireCodeOwnerReviews ?? false,
    dismiss_stale_reviews: settings.dismissStaleReviews ?? false,
    require_last_push_approval: settings.requireLastPushApproval ?? false,
    ...(bypass === undefined ? {} : { bypass_pull_request_allowances: actorsOf(bypass) }),
  };
}

interface Actors {
  users: string[];
  teams: string[];
  apps: string[];
}

function actorsOf(given: { [K in keyof Actors]?: string[] | undefined }): Actors {
  return { users: given.users ?? [], teams: given.teams ?? [], apps: given.apps ?? [] };
}
