import { InputError } from "../base/errors.ts";

/** The parts of a `repoUrl` value. */
export interface RepoUrl {
  host: string;
  repo: string;
  owner?: string;
  organization?: string;
  workspace?: string;
  project?: string;
}

const optionalParts = ["owner", "organization", "workspace", "project"] as const;

/**
 * Parses the wire format of RepoUrlPicker, `host?owner=…&repo=…`, as in `github.com?owner=acme&repo=ledger`.
 * @throws InputError `repo-url-malformed` when there is no host or no `repo`.
 * @see https://backstage.io/docs/features/software-templates/ui-options-examples#repourlpicker
 */
export function parseRepoUrl(text: string): RepoUrl {
  const malformed = (why: string): InputError =>
    new InputError("repo-url-malformed", `“${text}” is not a repository address: ${why}`, {
      hint: "write it as github.com?owner=acme&repo=ledger",
    });
  const url = URL.canParse(`https://${text}`) ? new URL(`https://${text}`) : undefined;
  if (url === undefined || url.host === "") throw malformed("it has no host");
  const part = (name: string): string | undefined => {
    const value = trimSlashes(url.searchParams.get(name) ?? "");
    return value === "" ? undefined : value;
  };
  const repo = part("repo");
  if (repo === undefined) throw malformed("write it as github.com?owner=acme&repo=ledger");
  const parsed: RepoUrl = { host: url.host, repo };
  for (const name of optionalParts) {
    const value = part(name);
    if (value !== undefined) parsed[name] = value;
  }
  return parsed;
}

/** The wire format of host, owner and repository. */
export function formatRepoUrl(parts: { host: string; owner: string; repo: string }): string {
  return `${parts.host}?owner=${encodeURIComponent(parts.owner)}&repo=${encodeURIComponent(parts.repo)}`;
}

function trimSlashes(text: string): string {
  let start = 0;
  let end = text.length;
  while (text[start] === "/") start += 1;
  while (end > start && text[end - 1] === "/") end -= 1;
  return text.slice(start, end);
}

/** GitHub's repository names: letters, digits, `.`, `_`, `-`; first a letter, digit, `_` or `.`; at most 100. */
const repoName = /^[A-Za-z0-9._][A-Za-z0-9._-]{0,99}$/;
/** GitHub's owner names: letters, digits and single inner hyphens; at most 39. Underscores occur in managed accounts. */
const ownerName = /^[A-Za-z0-9](?:[A-Za-z0-9_-]{0,37}[A-Za-z0-9])?$/;

/**
 * Why `name` cannot be a repository's name, or undefined when it can.
 * Stricter than Git hosts: names that mean something to file systems or to git itself are refused.
 */
export function repoNameFault(name: string): string | undefined {
  if (name.length > 100) return "a repository name has at most 100 characters";
  if (!repoName.test(name)) {
    return "a repository name has letters, digits, “.”, “_” and “-” only, and does not begin with “-”";
  }
  if (name === "." || name === "..") return `“${name}” is not a name`;
  if (/\.(?:git|wiki|atom)$/i.test(name))
    return "a repository name does not end in .git, .wiki or .atom";
  if (name.endsWith(".")) return "a repository name does not end in a full stop";
  return undefined;
}

/** Why `name` cannot be the owner of a repository, or undefined when it can. */
export function ownerNameFault(name: string): string | undefined {
  if (ownerName.test(name)) return undefined;
  return "an owner has letters, digits and inner hyphens only, at most 39";
}

/** @throws InputError `repo-name-invalid` when owner or name cannot be one. */
export function assertRepoNames(owner: string, repo: string): void {
  const fault = ownerNameFault(owner);
  if (fault !== undefined) {
    throw new InputError(
      "repo-name-invalid",
      `The owner “${owner.slice(0, 120)}” cannot be used: ${fault}.`,
    );
  }
  const nameFault = repoNameFault(repo);
  if (nameFault !== undefined) {
    throw new InputError(
      "repo-name-invalid",
      `The repository name “${repo.slice(0, 120)}” cannot be used: ${nameFault}.`,
    );
  }
}
