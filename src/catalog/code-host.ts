/** A page of GitHub or GitLab that shows a file, taken apart. Branches with a slash in their name cannot be told from folders. */
export interface FilePage {
  /** The repository's own page, `https://github.com/acme/pay`. */
  repository: string;
  /** Branch, tag or commit. */
  ref: string;
  /** Path inside the repository. */
  path: string;
  isGitLab: boolean;
  /** Which page it is: `blob` shows the file, `raw` is the file. */
  view: string;
  /** What all files of the same ref share, ending with a slash. */
  root: string;
}

// https://github.com/<owner>/<repo>/blob/<ref>/<path>; also tree, edit and raw
const gitHubFile = /^(https?:\/\/[^/]+\/[^/]+\/[^/]+)\/(blob|tree|edit|raw)\/([^/]+)\/(.*)$/;
// https://gitlab.com/<group>/…/<repo>/-/blob/<ref>/<path>; no group is called "-"
const gitLabFile = /^(https?:\/\/[^/]+\/[^?#]+?)\/-\/(blob|tree|edit|raw)\/([^/]+)\/(.*)$/;

/** Takes the URL of a file on a code host apart; undefined for all other URLs. */
export function parseFilePage(url: string): FilePage | undefined {
  const inGitLab = gitLabFile.exec(url);
  const [, repository, view, ref, path] = inGitLab ?? gitHubFile.exec(url) ?? [];
  if (repository === undefined || view === undefined || ref === undefined) return undefined;
  const root = url.slice(0, url.length - (path ?? "").length);
  return { repository, view, ref, path: path ?? "", isGitLab: inGitLab !== null, root };
}

/** Where a code host gives out the bytes that a page shows: GitHub, GitHub Enterprise (by its API) and GitLab. Other URLs stay as they are. */
export function rawUrl(url: string): string {
  const page = parseFilePage(url);
  if (page?.view !== "blob") return url;
  const { repository, ref, path } = page;
  if (page.isGitLab) return `${repository}/-/raw/${ref}/${path}`;
  const { host, origin, pathname } = new URL(repository);
  return host === "github.com"
    ? `https://raw.githubusercontent.com${pathname}/${ref}/${path}`
    : `${origin}/api/v3/repos${pathname}/contents/${path}?ref=${ref}`;
}

/** True when both are files on code hosts, but of different repositories. */
export function isOtherRepository(base: string, target: string): boolean {
  const from = parseFilePage(base);
  const to = URL.canParse(target) ? parseFilePage(target) : from;
  return from !== undefined && to !== undefined && from.repository !== to.repository;
}
