import type { AnyAction } from "../action.ts";
import { githubActionsDispatch } from "./github-dispatch-action.ts";
import { githubEnvironmentCreate } from "./github-environment-action.ts";
import { githubIssuesCreate, githubIssuesLabel } from "./github-issue-actions.ts";
import {
  githubBranchProtectionCreate,
  githubRepoCreate,
  githubRepoPush,
  githubTeamRepoAdd,
} from "./github-repository-actions.ts";
import {
  githubAutolinksCreate,
  githubDeployKeyCreate,
  githubPagesEnable,
  githubWebhook,
} from "./github-setup-actions.ts";

/** Actions for GitHub beside the two that publish. */
export const githubActions: readonly AnyAction[] = [
  githubActionsDispatch,
  githubIssuesCreate,
  githubIssuesLabel,
  githubWebhook,
  githubRepoCreate,
  githubRepoPush,
  githubBranchProtectionCreate,
  githubEnvironmentCreate,
  githubAutolinksCreate,
  githubPagesEnable,
  githubDeployKeyCreate,
  githubTeamRepoAdd,
];
