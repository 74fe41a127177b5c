import { ForbiddenError } from "../../base/errors.ts";
import type {
  GithubAccess,
  GithubTarget,
  IssueRequest,
  IssueResult,
  PublishContext,
  Publisher,
} from "./contract.ts";

/**
 * A publisher that writes under the given owners only, whoever asks and whatever a template says; the list comes from the
 * operator. An empty list leaves it to the credentials.
 * @throws ForbiddenError `owner-not-allowed` from each call that writes
 */
export function withAllowedOwners(publisher: Publisher, owners: readonly string[]): Publisher {
  if (owners.length === 0) return publisher;
  const { github } = publisher;
  return {
    ...publisher,
    async createRepository(request, context) {
      assertOwner(request.owner, owners);
      return await publisher.createRepository(request, context);
    },
    async openPullRequest(request, context) {
      assertOwner(request.owner, owners);
      return await publisher.openPullRequest(request, context);
    },
    exists: async (owner, repo, signal) => await publisher.exists(owner, repo, signal),
    branches: async (owner, repo, signal, beginning) =>
      ownerFault(owner, owners) === undefined
        ? await publisher.branches(owner, repo, signal, beginning)
        : [],
    owners: async () => [...owners],
    readFile: async (url, signal) => await publisher.readFile(url, signal),
    ...(publisher.openIssue === undefined
      ? {}
      : {
          async openIssue(request, context) {
            assertOwner(request.owner, owners);
            return await openIssueBy(publisher, request, context);
          },
        }),
    ...(github === undefined ? {} : { github: guarded(github, owners) }),
  };
}

async function openIssueBy(
  publisher: Publisher,
  request: IssueRequest,
  context: PublishContext,
): Promise<IssueResult> {
  if (publisher.openIssue === undefined) throw new Error("this publisher opens no issues");
  return await publisher.openIssue(request, context);
}

/** Why repositories cannot be made under an owner; undefined when they can. */
export function ownerFault(owner: string, owners: readonly string[]): string | undefined {
  const isAllowed =
    owners.length === 0 || owners.some((each) => each.toLowerCase() === owner.toLowerCase());
  return isAllowed
    ? undefined
    : `“${owner.slice(0, 100)}” is no owner that Callboard writes to; use ${owners.join(" or ")}`;
}

function assertOwner(owner: string, owners: readonly string[]): void {
  const fault = ownerFault(owner, owners);
  if (fault === undefined) return;
  throw new ForbiddenError("owner-not-allowed", fault, {
    hint: "whoever runs Callboard lists the owners in scaffolder.owners",
  });
}

function guarded(github: GithubAccess, owners: readonly string[]): GithubAccess {
  const check = ({ owner }: GithubTarget): void => assertOwner(owner, owners);
  return {
    host: github.host,
    async call(target, call, context) {
      check(target);
      return await github.call(target, call, context);
    },
    async find(target, call, context) {
      check(target);
      return await github.find(target, call, context);
    },
    async createEmpty(target, request, context) {
      check(target);
      return await github.createEmpty(target, request, context);
    },
    async push(target, request, context) {
      check(target);
      return await github.push(target, request, context);
    },
    async protect(target, branch, settings, context) {
      check(target);
      await github.protect(target, branch, settings, context);
    },
    async configure(target, values, context) {
      check(target);
      await github.configure(target, values, context);
    },
  };
}
