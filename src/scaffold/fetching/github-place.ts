import { ForbiddenError, InputError } from "../../base/errors.ts";

/** A folder or file of a repository. A branch's name may hold slashes, so an address can be read in several ways. */
export interface GithubPlace {
  owner: string;
  repo: string;
  /** From the shortest branch name on; `HEAD` for the default branch. */
  readings: { ref: string; path: string }[];
}

/** More slashes in the name of a branch than this are not tried. */
const maxReadings = 4;

/**
 * Where a fetch address leads: absolute, or relative to the page of the template's file, whose repository it then may not leave.
 * @throws InputError `fetch-url-unsupported` for any host but GitHub's; ForbiddenError `fetch-not-allowed`.
 */
export function githubPlaceOf(url: string, base: string, host: string): GithubPlace {
  const isAbsolute = /^[a-z][a-z0-9+.-]*:/i.test(url);
  if (!isAbsolute) return relativePlace(url, base, host);
  const place = parsePlace(url, host);
  if (place !== undefined) return place;
  throw new InputError("fetch-url-unsupported", `“${url.slice(0, 300)}” is not on ${host}.`, {
    hint: `templates copy from their own repository and from ${host}; bring other files into one of these`,
  });
}

function relativePlace(url: string, base: string, host: string): GithubPlace {
  const place = parsePlace(base, host);
  const [own] = place?.readings ?? [];
  if (place === undefined || own === undefined) {
    throw new InputError("fetch-url-unsupported", `“${url}” has no repository to start from.`);
  }
  const readings = place.readings.flatMap(({ ref, path }) => {
    const target = joined(path.split("/").slice(0, -1), url);
    return target === undefined ? [] : [{ ref, path: target }];
  });
  if (readings.length > 0) return { owner: place.owner, repo: place.repo, readings };
  throw new ForbiddenError(
    "fetch-not-allowed",
    `“${url}” lies outside of the template's repository.`,
    { hint: "keep skeletons in the repository of the template, or write a whole address" },
  );
}

/** A leading slash means the repository's top; undefined when it leads out of it. */
function joined(folder: string[], url: string): string | undefined {
  const parts = url.startsWith("/") ? [] : [...folder];
  for (const part of url.split(/[?#]/, 1).join("").split("/")) {
    if (part === "" || part === ".") continue;
    if (part !== "..") parts.push(part);
    else if (parts.pop() === undefined) return undefined;
  }
  return parts.join("/");
}

function parsePlace(url: string, host: string): GithubPlace | undefined {
  if (!URL.canParse(url)) return undefined;
  const parsed = new URL(url);
  if (parsed.protocol !== "https:" || parsed.username !== "" || parsed.password !== "")
    return undefined;
  const [owner, name, ...rest] = partsOf(parsed.pathname);
  if (owner === undefined || name === undefined) return undefined;
  const repo = name.replace(/\.git$/, "");
  if (host === "github.com" && parsed.host === "raw.githubusercontent.com")
    return { owner, repo, readings: readingsOf(rest) };
  if (parsed.host !== host) return undefined;
  const [view, ...place] = rest;
  if (view === undefined) return { owner, repo, readings: [{ ref: "HEAD", path: "" }] };
  if (!["blob", "tree", "raw", "edit"].includes(view)) return undefined;
  return { owner, repo, readings: readingsOf(place) };
}

function partsOf(pathname: string): string[] {
  try {
    return pathname
      .split("/")
      .filter((part) => part !== "")
      .map((part) => decodeURIComponent(part));
  } catch {
    return [];
  }
}

function readingsOf(parts: string[]): GithubPlace["readings"] {
  return parts.slice(0, maxReadings).map((_part, index) => ({
    ref: parts.slice(0, index + 1).join("/"),
    path: parts.slice(index + 1).join("/"),
  }));
}
