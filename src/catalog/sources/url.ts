import { ForbiddenError } from "../../base/errors.ts";
import { parseFilePage, rawUrl } from "../code-host.ts";
import { isScriptUrl } from "../rules-format.ts";
import type { CatalogSource, SourceFile } from "./contract.ts";
import { missingUrl, type WebReader } from "./web-reader.ts";

export interface UrlSourceOptions {
  /** Absolute URLs of catalog files; pages of GitHub and GitLab that show a file are read as the file itself. */
  urls: readonly string[];
  /** Shared with others, so that a URL is fetched once. */
  web: WebReader;
}

/** Creates a source of catalog files on the web. Their Locations may lead to all hosts that the reader may read. */
export function createUrlSource({ urls, web }: UrlSourceOptions): CatalogSource {
  return {
    id: `url:${urls.join(",")}`,
    async read(signal) {
      signal.throwIfAborted();
      const files = await Promise.all(
        urls.map(async (url) => {
          const file = await readWebFile(web, url, signal);
          if (file === undefined) throw missingUrl(url);
          return file;
        }),
      );
      return { files, diagnostics: [] };
    },
    async readRelated(base, target, signal) {
      const url = resolveWebTarget(base, target);
      const file = await readWebFile(web, url, signal);
      return file === undefined ? undefined : [file];
    },
  };
}

/**
 * The URL that `target` names in a file read from `base`.
 * @throws ForbiddenError `path-outside` when a relative path leaves the repository that the file lies in.
 */
export function resolveWebTarget(base: string, target: string): string {
  if (isScriptUrl(target) || !URL.canParse(target, base)) {
    throw new ForbiddenError("url-not-allowed", `${target} may not be read`);
  }
  const url = new URL(target, base).href;
  const root = parseFilePage(base)?.root;
  const isRelative = !URL.canParse(target);
  if (isRelative && root !== undefined && !url.startsWith(root)) {
    throw new ForbiddenError("path-outside", `${target} lies outside the repository of ${base}`);
  }
  return url;
}

/** Reads one file; what a person sees as a page of GitHub or GitLab is fetched as raw text. */
async function readWebFile(
  web: WebReader,
  url: string,
  signal: AbortSignal,
): Promise<SourceFile | undefined> {
  const text = await web.read(rawUrl(url), signal);
  return text === undefined ? undefined : { file: url, base: url, text };
}
