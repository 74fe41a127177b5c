/** A folder or file on this machine that an action may read, for as long as the step runs. */
export interface Fetched {
  /** Absolute; symbolic links are resolved. */
  path: string;
  isFolder: boolean;
}

/**
 * Where fetch actions get their sources from. `url` is as the template has it: relative to `base` (the template's file,
 * path or URL) or absolute.
 */
export interface FetchSource {
  /**
   * Makes the folder or file available.
   * @throws NotFoundError `fetch-not-found`, ForbiddenError `fetch-not-allowed`, InputError `fetch-url-unsupported`,
   * UpstreamError as the host answered.
   */
  fetch(url: string, base: string, signal: AbortSignal): Promise<Fetched>;
}
