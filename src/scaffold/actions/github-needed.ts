import { z } from "zod";

import { ConflictError, ForbiddenError } from "../../base/errors.ts";
import type { ActionContext } from "../action.ts";
import type { GithubAccess, GithubTarget } from "../publishers/contract.ts";
import { targetOf } from "./publish-github.ts";

/** Inputs that every GitHub action has. */
export const githubInput = { repoUrl: z.string(), token: z.string().optional() };

/** The repository and the credentials an action works with. */
export interface GithubWork {
  github: GithubAccess;
  target: GithubTarget;
}

/**
 * GitHub, for an action that nothing else can do.
 * @throws ForbiddenError `github-needed` where Callboard has no GitHub credentials; InputError `repo-url-malformed`, `repo-name-invalid`.
 */
export function githubWork(
  actionId: string,
  input: { repoUrl: string; token?: string | undefined },
  context: ActionContext,
): GithubWork {
  const { github } = context.publisher;
  const target: GithubTarget = targetOf(input.repoUrl);
  if (input.token !== undefined && input.token !== "") target.token = input.token;
  if (github !== undefined) return { github, target };
  throw new ForbiddenError(
    "github-needed",
    `${actionId} works on GitHub only, and Callboard runs without it.`,
    {
      hint: "Set GITHUB_TOKEN, or GITHUB_APP_ID and GITHUB_APP_PRIVATE_KEY; docs/github.md says how.",
    },
  );
}

/** Passes over GitHub's “already exists”; what else goes wrong is thrown on. */
export function passOverExisting(thrown: unknown): void {
  if (thrown instanceof ConflictError && thrown.code === "github-already-exists") return;
  throw thrown;
}

/** `group:default/payments` → `payments`, and whether it is a group: GitHub wants logins and slugs. */
export function accountName(nameOrRef: string): { name: string; isGroup: boolean } {
  const name = nameOrRef.slice(
    Math.max(nameOrRef.lastIndexOf("/"), nameOrRef.lastIndexOf(":")) + 1,
  );
  return { name, isGroup: /^group:/i.test(nameOrRef) };
}
