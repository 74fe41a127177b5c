import { ForbiddenError, UpstreamError } from "../base/errors.ts";
import { isRecord } from "../base/json.ts";
import type {
  GithubAnswer,
  GithubData,
  GithubGet,
  GithubQuery,
  GithubReader,
} from "../catalog/sources/github-reader.ts";
import type { GithubClient } from "../scaffold/publishers/github/client.ts";
import { githubError, isMissing, statusOf } from "../scaffold/publishers/github/errors.ts";

/** A share of GitHub's hourly limit is left for repositories that people create. */
const reservedShare = 0.1;

/** Reads GitHub for the catalog over the connection that runs use as well. */
export function createGithubReader(
  client: GithubClient,
  clock: () => number = Date.now,
): GithubReader {
  const budgets = createBudgets(clock);
  return {
    host: client.host,
    get: (request) => get(client, budgets, request),
    query: (request) => query(client, budgets, request),
  };
}

async function get(
  client: GithubClient,
  budgets: Budgets,
  { owner, route, parameters = {}, etag, doing, signal }: GithubGet,
): Promise<GithubAnswer> {
  // what has not changed costs nothing, but nobody knows before asking
  budgets.check("core", doing);
  try {
    const octokit = await client.forOwner(owner, signal);
    const headers = etag === undefined ? {} : { "if-none-match": etag };
    const { data, headers: answered } = await octokit.request(route, {
      ...parameters,
      headers,
      request: { signal },
    });
    budgets.note(answered);
    const hasNext = /rel="next"/.test(answered.link ?? "");
    return { status: "ok", data, etag: answered.etag, hasNext };
  } catch (thrown) {
    if (statusOf(thrown) === 304) return { status: "unchanged" };
    if (isMissing(thrown)) return { status: "missing" };
    throw githubError(thrown, doing, signal);
  }
}

interface Answered {
  data: unknown;
  headers: Headers;
}

type Headers = Record<string, string | number | undefined>;

async function query(
  client: GithubClient,
  budgets: Budgets,
  { owner, query: text, variables = {}, doing, canBePartial = false, signal }: GithubQuery,
): Promise<GithubData> {
  budgets.check("graphql", doing);
  let answer: Answered;
  try {
    const octokit = await client.forOwner(owner, signal);
    answer = await octokit.request(
      `POST ${graphqlUrl(octokit.request.endpoint.DEFAULTS.baseUrl)}`,
      {
        query: text,
        variables,
        // a query changes nothing, so that a lost answer is asked for again
        request: { signal, isRepeatable: true },
      },
    );
  } catch (thrown) {
    if (isRateLimit(thrown)) throw limitError(doing, 60_000);
    throw githubError(thrown, doing, signal);
  }
  budgets.note(answer.headers);
  return { data: parseAnswer(answer.data, doing, canBePartial) };
}

/** GitHub Enterprise serves GraphQL beside its REST API, `/api/graphql` for `/api/v3`. */
function graphqlUrl(baseUrl: string): string {
  const url = baseUrl.replace(/\/+$/, "");
  return url.endsWith("/api/v3") ? url.replace(/\/v3$/, "/graphql") : `${url}/graphql`;
}

/** The throttling plugin's own error, which says no more than this. */
function isRateLimit(thrown: unknown): boolean {
  return thrown instanceof Error && thrown.message === "GraphQL Rate Limit Exceeded";
}

function limitError(doing: string, retryAfterMs: number): UpstreamError {
  const seconds = Math.ceil(retryAfterMs / 1000);
  return new UpstreamError(
    "github-rate-limited",
    `GitHub's hourly limit is used up while ${doing}; it goes on in ${seconds} s`,
    { isRetryable: true, retryAfterMs },
  );
}

/** Errors of GraphQL come with status 200; what does not exist is an error for a part of the answer. */
function parseAnswer(body: unknown, doing: string, canBePartial: boolean): Record<string, unknown> {
  const { data, errors }: Record<string, unknown> = isRecord(body) ? body : {};
  for (const error of Array.isArray(errors) ? errors : []) {
    const { type, message }: Record<string, unknown> = isRecord(error) ? error : {};
    if (type === "NOT_FOUND" || (canBePartial && isRefusal(type))) continue;
    if (type === "RATE_LIMITED") throw limitError(doing, 60_000);
    const said = typeof message === "string" ? message : "for an unknown reason";
    if (isRefusal(type)) {
      throw new ForbiddenError("github-forbidden", `GitHub refuses ${doing}: ${said}`, {
        hint: "docs/github.md lists the permissions that the catalog needs",
      });
    }
    throw new UpstreamError("github-query-failed", `GitHub failed while ${doing}: ${said}`, {
      isRetryable: true,
    });
  }
  if (isRecord(data)) return data;
  throw new UpstreamError(
    "github-answer-broken",
    `GitHub's answer cannot be understood while ${doing}`,
    { isRetryable: true },
  );
}

function isRefusal(type: unknown): boolean {
  return type === "FORBIDDEN" || type === "INSUFFICIENT_SCOPES";
}

interface Budgets {
  /** @throws UpstreamError `github-rate-limited` when only the reserve is left. */
  check(resource: string, doing: string): void;
  note(headers: Headers): void;
}

/** What is left of the limits, as each answer says it. REST and GraphQL have their own. */
function createBudgets(clock: () => number): Budgets {
  const left = new Map<string, { remaining: number; limit: number; resetMs: number }>();
  return {
    check(resource, doing) {
      const found = left.get(resource);
      if (found === undefined || found.remaining > found.limit * reservedShare) return;
      const waitMs = found.resetMs - clock();
      if (waitMs > 0) throw limitError(doing, waitMs);
    },
    note(headers) {
      const [remaining, limit, reset] = ["remaining", "limit", "reset"].map((name) =>
        Number(headers[`x-ratelimit-${name}`] ?? Number.NaN),
      );
      if (remaining === undefined || limit === undefined || reset === undefined) return;
      if (![remaining, limit, reset].every(Number.isFinite)) return;
      const resource = headers["x-ratelimit-resource"] ?? "core";
      left.set(String(resource), { remaining, limit, resetMs: reset * 1000 });
    },
  };
}
