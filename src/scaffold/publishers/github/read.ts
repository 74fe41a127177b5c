import type { Octokit } from "@octokit/rest";

import { InputError } from "../../../base/errors.ts";
import { githubError, isMissing } from "./errors.ts";

/** A file of a repository as its URL names it. Branch names may hold slashes, so there can be several readings. */
export interface GithubFileUrl {
  owner: string;
  repo: string;
  /** From the shortest branch name on. */
  readings: { ref: string; path: string }[];
}

// More slashes in a branch name than this are not tried.
const maxReadings = 4;

/**
 * Reads `https://<host>/<owner>/<repo>/blob/<ref>/<path>`, the same with `tree`, `raw` or `edit`, and
 * `https://raw.githubusercontent.com/<owner>/<repo>/<ref>/<path>`. Undefined for anything else.
 */
export function parseGithubFileUrl(url: string, host: string): GithubFileUrl | undefined {
  if (!URL.canParse(url)) return undefined;
  const parsed = new URL(url);
  const parts = parsed.pathname.split("/").filter((part) => part !== "");
  let names: string[];
  try {
    names = parts.map((part) => decodeURIComponent(part));
  } catch {
    return undefined;
  }
  const [owner, repo, ...rest] = names;
  if (owner === undefined || repo === undefined) return undefined;
  if (host === "github.com" && parsed.hostname === "raw.githubusercontent.com")
    return { owner, repo, readings: readingsOf(rest) };
  const isView = ["blob", "tree", "raw", "edit"].includes(rest[0] ?? "");
  if (parsed.host !== host || !isView) return undefined;
  return { owner, repo, readings: readingsOf(rest.slice(1)) };
}

function readingsOf(parts: string[]): { ref: string; path: string }[] {
  const readings = [];
  for (let length = 1; length < parts.length && length <= maxReadings; length += 1) {
    readings.push({
      ref: parts.slice(0, length).join("/"),
      path: parts.slice(length).join("/"),
    });
  }
  return readings;
}

/** The text of a file at one reading of its URL; undefined when there is no such file. */
export async function readGithubFile(
  octokit: Octokit,
  where: { owner: string; repo: string; ref: string; path: string },
  signal: AbortSignal,
): Promise<string | undefined> {
  const doing = `reading ${where.path} of ${where.owner}/${where.repo}`;
  try {
    const { data } = await octokit.rest.repos.getContent({ ...where, request: { signal } });
    if (Array.isArray(data) || data.type !== "file" || !("content" in data)) return undefined;
    if (data.encoding !== "base64") throw tooLarge(where.path, data.size);
    return Buffer.from(data.content, "base64").toString("utf8");
  } catch (thrown) {
    if (isMissing(thrown)) return undefined;
    throw githubError(thrown, doing, signal);
  }
}

function tooLarge(path: string, sizeBytes: number): InputError {
  return new InputError(
    "github-file-too-large",
    `${path} has ${sizeBytes} bytes; GitHub gives out at most a megabyte this way.`,
    { hint: "Put the catalog entities into a smaller file." },
  );
}

/** Fails where a URL is none of this host's. */
export function foreignUrl(url: string, host: string): InputError {
  return new InputError("github-url-unsupported", `${url} is not a file on ${host}.`, {
    hint: `Give the address of a file as ${host} shows it: https://${host}/<owner>/<repo>/blob/<branch>/<path>.`,
  });
}
