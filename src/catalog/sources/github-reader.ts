/** A GET of GitHub's REST API. */
export interface GithubGet {
  /** The organisation in whose name it is sent. */
  owner: string;
  /** As GitHub's documentation writes it, such as `GET /orgs/{org}/repos`. */
  route: string;
  parameters?: Record<string, unknown>;
  /** Of the last answer: what has not changed since is not sent again, and does not count. */
  etag?: string | undefined;
  /** Completes “GitHub … while …”. */
  doing: string;
  signal: AbortSignal;
}

export type GithubAnswer =
  | { status: "ok"; data: unknown; etag?: string | undefined; hasNext: boolean }
  | { status: "unchanged" }
  | { status: "missing" };

/** A query of GitHub's GraphQL API. */
export interface GithubQuery {
  owner: string;
  query: string;
  variables?: Record<string, unknown>;
  doing: string;
  /** Set when parts that may not be seen may be null; otherwise they are an error. */
  canBePartial?: boolean;
  signal: AbortSignal;
}

export interface GithubData {
  /** What does not exist is null in it. */
  data: Record<string, unknown>;
}

/**
 * What the catalog asks of GitHub, over whatever connection the process has.
 * Both throw what `base/errors.ts` knows; rate limits are `UpstreamError` with `retryAfterMs`.
 */
export interface GithubReader {
  /** As people write it: `github.com`, or the name of a GitHub Enterprise server. */
  host: string;
  get(request: GithubGet): Promise<GithubAnswer>;
  query(request: GithubQuery): Promise<GithubData>;
}
