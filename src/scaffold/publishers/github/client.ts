import { createHash, createPrivateKey } from "node:crypto";

import { createAppAuth } from "@octokit/auth-app";
import { retry } from "@octokit/plugin-retry";
import { throttling } from "@octokit/plugin-throttling";
import { Octokit } from "@octokit/rest";

import { ConflictError, InputError, NotFoundError, UpstreamError } from "../../../base/errors.ts";
import type { Logger } from "../../../base/logger.ts";
import type { Secret } from "../../../base/secret.ts";
import { type Breaker, type BreakerOptions, createBreaker } from "./breaker.ts";
import { githubError, isMissing, statusOf } from "./errors.ts";

/** How Callboard proves who it is: a (fine-grained or classic) token, or a GitHub App's id and private key. */
export type GithubAuth =
  | { kind: "token"; token: Secret }
  | { kind: "app"; appId: string; privateKey: Secret };

/** The rarely changed figures have defaults that obey GitHub's rules; tests shorten them. */
export interface GithubClientOptions {
  auth: GithubAuth;
  /** Root of the REST API, such as `https://ghe.acme.com/api/v3`; absent: `https://api.github.com`. */
  baseUrl?: string | undefined;
  logger: Logger;
  /** Keeps writes a second apart and notifying writes three, as GitHub asks. Default true, save on a loopback address. */
  isPaced?: boolean;
  /** A request without an answer is given up after this time. Default 20,000. */
  timeoutMs?: number;
  /** A rate limit that ends sooner than this is waited for in place; a longer one is an error with its time. Default 5,000. */
  patienceMs?: number;
  /** First wait before a repeatable request is sent again; grows with the square. Default 1,000. */
  retryDelayMs?: number;
  /** When a host that does not answer is left alone for a while. */
  breaker?: BreakerOptions;
}

/** A connection to one GitHub. Octokit stays inside `publishers/`, `actions/` and the catalog's source. */
export interface GithubClient {
  /** As in a `repoUrl`: `github.com`, or the name of a GitHub Enterprise server. */
  host: string;
  kind: GithubAuth["kind"];
  /** As the App itself, or with the token: for what belongs to no owner. */
  root: Octokit;
  /**
   * Requests in the name of an owner: with an App, its installation there (a token minted when needed).
   * @throws NotFoundError `github-app-not-installed`.
   */
  forOwner(owner: string, signal: AbortSignal): Promise<Octokit>;
  /** The same host with somebody else's token, as a step's `token` input gives it. */
  withToken(token: string): Octokit;
}

const installationTtlMs = 10 * 60_000;
const defaultBaseUrl = "https://api.github.com";

/**
 * The host of `repoUrl` that belongs to an API root: `https://api.github.com` → `github.com`,
 * `https://api.acme.ghe.com` → `acme.ghe.com`, `https://ghe.acme.com/api/v3` → `ghe.acme.com`.
 * A loopback address stands in for github.com: that is what a local emulation is for.
 * @throws InputError `github-api-url-invalid`.
 */
export function hostOfGithubApi(baseUrl: string): string {
  if (!URL.canParse(baseUrl) || !/^https?:/.test(baseUrl)) {
    throw new InputError(
      "github-api-url-invalid",
      `"${baseUrl}" is not the address of a GitHub API.`,
      {
        hint: "Give GITHUB_API_URL as https://api.github.com or https://<your server>/api/v3.",
      },
    );
  }
  return isLoopback(baseUrl) ? "github.com" : new URL(baseUrl).host.replace(/^api\./, "");
}

function isLoopback(baseUrl: string): boolean {
  return ["127.0.0.1", "localhost", "[::1]"].includes(new URL(baseUrl).hostname);
}

/**
 * A private key as it comes out of an environment variable: PEM, PEM with `\n` written out, or PEM in base64.
 * @throws InputError `github-private-key-invalid`; the key is not in the message.
 */
export function readPrivateKey(text: string): string {
  const unescaped = text.trim().replaceAll("\\n", "\n");
  const pem = unescaped.startsWith("-----BEGIN")
    ? unescaped
    : Buffer.from(unescaped, "base64").toString("utf8").trim();
  try {
    // Normalised to PKCS #8, which every JWT library takes; GitHub hands out PKCS #1.
    return createPrivateKey(pem).export({ type: "pkcs8", format: "pem" }).toString();
  } catch {
    throw new InputError(
      "github-private-key-invalid",
      "GITHUB_APP_PRIVATE_KEY is not a private key in PEM form.",
      {
        hint: "Paste the whole .pem file that GitHub gave you, from -----BEGIN to -----END, or its base64.",
      },
    );
  }
}

const PluggedOctokit = Octokit.plugin(retry, throttling);

/** Connects to GitHub; nothing is sent before the first request. */
export function createGithubClient(options: GithubClientOptions): GithubClient {
  const baseUrl = (options.baseUrl ?? defaultBaseUrl).replace(/\/+$/, "");
  const host = hostOfGithubApi(baseUrl);
  const breaker = createBreaker(host, Date.now, options.breaker);
  const open = (identity: string, auth: object): Octokit =>
    openOctokit({ ...options, baseUrl, breaker }, identity, auth);
  const withToken = (token: string): Octokit => open(digest(token), { auth: token });
  if (options.auth.kind === "token") {
    const root = withToken(options.auth.token.reveal());
    return { host, kind: "token", root, forOwner: () => Promise.resolve(root), withToken };
  }
  const app = { appId: options.auth.appId, privateKey: options.auth.privateKey };
  return { host, kind: "app", withToken, ...appAccess(app, host, open) };
}

function appAccess(
  app: { appId: string; privateKey: Secret },
  host: string,
  open: (identity: string, auth: object) => Octokit,
): Pick<GithubClient, "root" | "forOwner"> {
  const credentials = { appId: app.appId, privateKey: readPrivateKey(app.privateKey.reveal()) };
  const root = open(`app-${app.appId}`, { authStrategy: createAppAuth, auth: credentials });
  const installations = new Map<string, { octokit: Octokit; untilMs: number }>();
  return {
    root,
    async forOwner(owner, signal) {
      const key = owner.toLowerCase();
      const known = installations.get(key);
      if (known !== undefined && known.untilMs > Date.now()) return known.octokit;
      const installationId = await findInstallation(root, host, owner, signal);
      const octokit = open(`app-${app.appId}-${installationId}`, {
        authStrategy: createAppAuth,
        auth: { ...credentials, installationId },
      });
      renewTokenOnce(octokit);
      installations.set(key, { octokit, untilMs: Date.now() + installationTtlMs });
      return octokit;
    },
  };
}

async function findInstallation(
  root: Octokit,
  host: string,
  owner: string,
  signal: AbortSignal,
): Promise<number> {
  for (const route of [
    "GET /orgs/{owner}/installation",
    "GET /users/{owner}/installation",
  ] as const) {
    try {
      const { data }: { data: { id: number } } = await root.request(route, {
        owner,
        request: { signal },
      });
      return data.id;
    } catch (thrown) {
      if (!isMissing(thrown))
        throw githubError(thrown, `finding the GitHub App's installation on ${owner}`, signal);
    }
  }
  throw new NotFoundError(
    "github-app-not-installed",
    `Callboard's GitHub App is not installed on "${owner}" on ${host}, or no such owner exists.`,
    { hint: `An owner of ${owner} installs it: GitHub → the App's page → Install App → ${owner}.` },
  );
}

/** A token that was revoked before its hour was over is minted anew, once; a 401 was never carried out. */
function renewTokenOnce(octokit: Octokit): void {
  octokit.hook.wrap("request", async (request, options) => {
    try {
      return await request(options);
    } catch (thrown) {
      if (statusOf(thrown) !== 401 || options.url.includes("/app/installations")) throw thrown;
      await octokit.auth({ type: "installation", refresh: true });
      return request(options);
    }
  });
}

function openOctokit(
  options: Omit<GithubClientOptions, "breaker"> & { baseUrl: string; breaker: Breaker },
  identity: string,
  auth: object,
): Octokit {
  const patienceMs = options.patienceMs ?? 5000;
  const isShort = (
    retryAfterSeconds: number,
    _options: object,
    _octokit: object,
    attempt: number,
  ): boolean => attempt < 1 && retryAfterSeconds * 1000 <= patienceMs;
  const log = (detail: string): void => options.logger.warn({ detail }, "octokit warning");
  const octokit = new PluggedOctokit({
    ...auth,
    baseUrl: options.baseUrl,
    userAgent: "callboard",
    // Octokit's debug lines carry whole requests with their headers: they are dropped, not filtered.
    log: { debug: () => undefined, info: () => undefined, warn: log, error: log },
    request: { fetch: fetchWithin(options.timeoutMs ?? 20_000, options.breaker) },
    retry: { retries: 2, retryAfterBaseValue: options.retryDelayMs ?? 1000 },
    throttle: {
      enabled: options.isPaced ?? !isLoopback(options.baseUrl),
      id: `${options.baseUrl} ${identity}`,
      onRateLimit: isShort,
      onSecondaryRateLimit: isShort,
    },
  });
  octokit.hook.before("request", (given) => {
    // A lost answer may hide a success: such a request is looked up, never sent again. Requests say so by `isRepeatable`;
    // without it, a POST is taken to be one of them. (A number in `retries` would repeat refusals too.)
    const isRepeatable = given.request["isRepeatable"] ?? given.method !== "POST";
    if (isRepeatable !== true) given.request["retries"] = 0;
  });
  octokit.hook.wrap("request", async (request, given) => {
    options.breaker.assertClosed();
    const response = await request(given);
    refuseMoved(response.status);
    refuseBrokenAnswer(response, `${given.method} ${given.url}`);
    return response;
  });
  return octokit;
}

/**
 * What stood here is elsewhere now, perhaps with an owner of whom nobody has said that we may write there; and a POST that follows becomes a GET.
 * @throws ConflictError `repo-moved`
 */
function refuseMoved(status: number): void {
  // 303: what was to be made is there already
  if (![301, 302, 307, 308].includes(status)) return;
  throw new ConflictError(
    "repo-moved",
    "GitHub says that the repository was renamed or moved; nothing was written.",
    { hint: "Look where it is now, and use its present owner and name." },
  );
}

/** A proxy's HTML page or half an answer with status 200 is not a success. */
function refuseBrokenAnswer(
  response: { status: number; headers: { "content-type"?: string | undefined }; data: unknown },
  what: string,
): void {
  if (response.status === 204 || response.status === 205 || typeof response.data !== "string")
    return;
  const type = response.headers["content-type"] ?? "";
  if (!type.includes("json") && !type.includes("html")) return;
  throw new UpstreamError("github-answer-broken", `GitHub's answer to ${what} cannot be read.`, {
    isRetryable: true,
    hint: "If it happens again, look for a proxy between Callboard and GitHub.",
  });
}

function fetchWithin(timeoutMs: number, breaker: Breaker): typeof fetch {
  return async (url, init) => {
    const timeout = AbortSignal.timeout(timeoutMs);
    const given = init?.signal ?? undefined;
    const signal = given === undefined ? timeout : AbortSignal.any([given, timeout]);
    try {
      // reading may follow where a repository has gone, writing may not
      const isRead = ["GET", "HEAD"].includes(init?.method ?? "GET");
      const redirect = isRead ? "follow" : "manual";
      const response = await fetch(url, { ...init, signal, redirect });
      breaker.note(response.status >= 500 ? "failed" : "answered");
      return response;
    } catch (thrown) {
      // Octokit lets an AbortError through as it is; anything else the retry plugin would send again.
      if (given?.aborted === true)
        throw new DOMException("the request was cancelled", "AbortError");
      breaker.note("failed");
      throw thrown;
    }
  };
}

/** Tells tokens apart in a pacing key without carrying one. */
function digest(token: string): string {
  return createHash("sha256").update(token).digest("hex").slice(0, 16);
}
