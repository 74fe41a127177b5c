import { InputError } from "../base/errors.ts";
import type { RepoFieldOptions } from "./form-model.ts";
import { formatRepoUrl, ownerNameFault, parseRepoUrl, repoNameFault } from "./repo-url.ts";

interface RepoParts {
  host: string;
  owner: string;
  repo: string;
}

/**
 * Reads a repository as people give it: owner and name, or host, owner and name, as a list; or one text: `owner/name`,
 * a bare name where only one owner is allowed, or the wire format. Undefined when nothing was given.
 */
export function readRepoField(
  options: RepoFieldOptions | undefined,
  given: string[],
): { value: string } | { fault: string } | undefined {
  const parts = partsOf(
    options,
    given.map((part) => part.trim()),
  );
  if (parts === undefined) return undefined;
  const fault = repoPartsFault(options, parts);
  return fault === undefined ? { value: formatRepoUrl(parts) } : { fault };
}

/** True where nobody chose anything: an owner or a name that stands there as the only one allowed says nothing without the other. */
export function isRepoUntouched(
  options: RepoFieldOptions | undefined,
  given: readonly string[],
): boolean {
  const [name = "", owner = "", host = ""] = given.toReversed().map((part) => part.trim());
  return (
    host === "" &&
    (owner === "" || name === "") &&
    isPreset(owner, options?.allowedOwners) &&
    isPreset(name, options?.allowedRepos)
  );
}

function isPreset(part: string, allowed: string[] = []): boolean {
  return part === "" || (allowed.length === 1 && part === allowed[0]);
}

/** Why a value in wire format does not fit the field, or undefined. */
export function repoValueFault(
  options: RepoFieldOptions | undefined,
  value: string,
): string | undefined {
  try {
    const { owner, repo, host } = parseRepoUrl(value);
    // Other hosts than GitHub have no owner but an organisation or a project.
    return owner === undefined
      ? repoNameFault(repo)
      : repoPartsFault(options, { host, owner, repo });
  } catch (thrown) {
    if (thrown instanceof InputError) return thrown.message;
    throw thrown;
  }
}

function repoPartsFault(
  options: RepoFieldOptions | undefined,
  parts: RepoParts,
): string | undefined {
  const { host, owner, repo } = parts;
  if (owner === "") return "Give an owner for the repository.";
  if (repo === "") return "Give a name for the repository.";
  const fault = ownerNameFault(owner) ?? repoNameFault(repo);
  if (fault !== undefined) return `“${owner}/${repo}”`.slice(0, 120) + ` cannot be used: ${fault}.`;
  return (
    outside(options?.allowedHosts, host) ??
    outside(options?.allowedOwners, owner) ??
    outside(options?.allowedRepos, repo)
  );
}

function outside(allowed: string[] = [], value: string): string | undefined {
  if (allowed.length === 0) return undefined;
  if (allowed.some((one) => one.toLowerCase() === value.toLowerCase())) return undefined;
  return `“${value}” is not allowed here; use ${allowed.join(" or ")}.`;
}

function partsOf(options: RepoFieldOptions | undefined, texts: string[]): RepoParts | undefined {
  if (texts.every((part) => part === "")) return undefined;
  const host = options?.allowedHosts[0] ?? "github.com";
  const [first = "", second = "", third = ""] = texts;
  if (texts.length >= 3) return { host: first === "" ? host : first, owner: second, repo: third };
  if (texts.length === 2) return { host, owner: first, repo: second };
  return partsOfText(options, host, first);
}

function partsOfText(options: RepoFieldOptions | undefined, host: string, text: string): RepoParts {
  if (text.includes("?")) return wireParts(text);
  const slash = text.indexOf("/");
  if (slash >= 0) return { host, owner: text.slice(0, slash), repo: text.slice(slash + 1) };
  const [owner = "", ...others] = options?.allowedOwners ?? [];
  return { host, owner: others.length === 0 ? owner : "", repo: text };
}

function wireParts(text: string): RepoParts {
  try {
    const { host, owner, organization, repo } = parseRepoUrl(text);
    return { host, owner: owner ?? organization ?? "", repo };
  } catch (thrown) {
    if (!(thrown instanceof InputError)) throw thrown;
    return { host: "", owner: "", repo: "" };
  }
}
