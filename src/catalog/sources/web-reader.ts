import {
  CallboardError,
  ForbiddenError,
  InputError,
  NotFoundError,
  UpstreamError,
} from "../../base/errors.ts";
import { isRecord } from "../../base/json.ts";
import type { Secret } from "../../base/secret.ts";

/** A host that may be read, with what it asks for. */
interface WebHost {
  /** Such as `example.com` or `localhost:8080`. */
  host: string;
  /** Sent as a bearer token, to this host only. */
  token?: Secret;
}

export interface WebReaderOptions {
  /** All hosts that may be read; redirects to others are refused. This is what keeps catalog files from probing the network. */
  hosts: readonly WebHost[];
  /** For a whole answer; default 10,000. */
  timeoutMs?: number;
  /** Of an answer; default 10 MB. */
  maxBytes?: number;
  /** Keeps answers, so that the next request only asks whether they changed; default true. */
  canKeep?: boolean;
}

/** Reads texts over HTTP. */
export interface WebReader {
  /** True when the URL's host may be read. */
  canRead(url: string): boolean;
  /**
   * The text behind a URL; undefined when there is none (404, 410). What has not changed since the last time is not sent again.
   * @throws ForbiddenError `url-not-allowed`; InputError `url-too-large`, `url-not-text`; UpstreamError `url-unreadable`.
   */
  read(url: string, signal: AbortSignal): Promise<string | undefined>;
}

const maxRedirects = 5;

interface Cached {
  text: string;
  etag: string | null;
  lastModified: string | null;
}

/** Creates a reader; it remembers the last answer of each URL. */
export function createWebReader(options: WebReaderOptions): WebReader {
  const { timeoutMs = 10_000, maxBytes = 10 * 1024 * 1024, canKeep = true } = options;
  const tokens = tokensByHost(options.hosts);
  const cache = new Map<string, Cached>();

  async function fetchText(url: URL, signal: AbortSignal): Promise<string | undefined> {
    const known = cache.get(url.href);
    const response = await request(url, known, tokens, signal);
    if (response.status === 304 && known !== undefined) return known.text;
    if (response.status === 404 || response.status === 410) return undefined;
    if (!response.ok) throw refusal(url, response);
    const text = decode(url, await readBody(url, response, maxBytes));
    const etag = response.headers.get("etag");
    const lastModified = response.headers.get("last-modified");
    const canAsk = canKeep && (etag !== null || lastModified !== null);
    if (canAsk) cache.set(url.href, { text, etag, lastModified });
    return text;
  }

  return {
    canRead: (text) => URL.canParse(text) && tokens.has(new URL(text).host),
    async read(text, signal) {
      const url = allowed(text, tokens);
      const limited = AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]);
      try {
        return await fetchText(url, limited);
      } catch (thrown) {
        signal.throwIfAborted();
        if (thrown instanceof CallboardError) throw thrown;
        const why = limited.aborted ? `no answer within ${timeoutMs / 1000} s` : reasonOf(thrown);
        throw failure(url, why, true, thrown);
      }
    },
  };
}

type Tokens = ReadonlyMap<string, Secret | undefined>;

/** Who may read GitHub's pages may read the files behind them, which another host gives out. */
function tokensByHost(hosts: readonly WebHost[]): Tokens {
  const tokens = new Map<string, Secret | undefined>();
  for (const { host, token } of hosts) {
    tokens.set(host.toLowerCase(), token);
    if (host.toLowerCase() === "github.com") tokens.set("raw.githubusercontent.com", token);
  }
  return tokens;
}

function allowed(text: string, tokens: Tokens): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const isWeb = url?.protocol === "https:" || url?.protocol === "http:";
  const hasUser = url !== undefined && (url.username !== "" || url.password !== "");
  if (url === undefined || !isWeb || hasUser || !tokens.has(url.host)) {
    throw new ForbiddenError("url-not-allowed", `${text} may not be read`, {
      hint: `only these hosts are read: ${[...tokens.keys()].join(", ")}; add it as a source of its own`,
    });
  }
  return url;
}

async function request(
  start: URL,
  known: Cached | undefined,
  tokens: Tokens,
  signal: AbortSignal,
): Promise<Response> {
  let url = start;
  for (let hops = 0; hops <= maxRedirects; hops += 1) {
    const headers = headersFor(tokens.get(url.host), known);
    const response = await fetch(url, { headers, redirect: "manual", signal });
    const location = response.headers.get("location");
    const isRedirect = response.status >= 300 && response.status < 400 && response.status !== 304;
    if (!isRedirect || location === null) return response;
    await response.body?.cancel();
    // Each hop is judged anew: a permitted host may point anywhere.
    url = allowed(new URL(location, url).href, tokens);
  }
  throw failure(start, "too many redirects", false);
}

function headersFor(token: Secret | undefined, known: Cached | undefined): Record<string, string> {
  const headers: Record<string, string> = {
    "user-agent": "callboard",
    // GitHub's API gives out the bytes of a file instead of JSON about it.
    accept: "application/vnd.github.raw+json, */*",
  };
  if (token !== undefined) headers["authorization"] = `Bearer ${token.reveal()}`;
  if (known?.etag) headers["if-none-match"] = known.etag;
  if (known?.lastModified) headers["if-modified-since"] = known.lastModified;
  return headers;
}

function refusal(url: URL, response: Response): Error {
  const { status } = response;
  if (status === 401 || status === 403) {
    const hint = "check the token of the source, and what it may read";
    const options = { isRetryable: false, hint };
    return new UpstreamError("url-unreadable", `${url.href} answers ${status}`, options);
  }
  const seconds = Number(response.headers.get("retry-after"));
  return new UpstreamError("url-unreadable", `${url.href} answers ${status}`, {
    isRetryable: status === 429 || status >= 500,
    ...(seconds > 0 ? { retryAfterMs: seconds * 1000 } : {}),
  });
}

function failure(url: URL, why: string, isRetryable: boolean, cause?: unknown): UpstreamError {
  return new UpstreamError("url-unreadable", `${url.href} cannot be read: ${why}`, {
    isRetryable,
    cause,
  });
}

/** `fetch failed` says nothing; the reason is in its cause. */
function reasonOf(thrown: unknown): string {
  const cause = isRecord(thrown) ? thrown["cause"] : undefined;
  for (const each of [cause, thrown]) {
    if (!isRecord(each)) continue;
    if (typeof each["message"] === "string" && each["message"] !== "") return each["message"];
    if (typeof each["code"] === "string") return each["code"];
  }
  return "for an unknown reason";
}

/** Reads at most `maxBytes`, whatever the headers promise. */
async function readBody(url: URL, response: Response, maxBytes: number): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  let size = 0;
  for await (const part of response.body ?? []) {
    size += part.byteLength;
    if (size > maxBytes) {
      const message = `${url.href} is larger than ${Math.floor(maxBytes / 1024)} KB`;
      throw new InputError("url-too-large", message);
    }
    parts.push(part);
  }
  return Buffer.concat(parts);
}

function decode(url: URL, bytes: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch (cause) {
    throw new InputError("url-not-text", `${url.href} is not UTF-8 text`, { cause });
  }
}

/** A source that is one page of the web and does not exist any more. */
export function missingUrl(url: string): NotFoundError {
  return new NotFoundError("source-missing", `${url} does not exist`);
}
