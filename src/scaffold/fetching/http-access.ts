import { codeOf, ForbiddenError, InputError, toError, UpstreamError } from "../../base/errors.ts";
import { toJsonValue, type JsonValue } from "../../base/json.ts";
import type { HttpAccess, HttpReply, HttpRequest } from "../action.ts";

export interface HttpAccessOptions {
  /** What a path without host belongs to, such as `https://backstage.example.com/api`. */
  baseUrl?: string;
  /** Hosts with port where it is not the usual one, such as `api.example.com` or `localhost:7007`. */
  allowedHosts: string[];
  /** Headers for requests to `baseUrl`, such as its token. */
  headers?: Record<string, string>;
}

const maxBodyBytes = 10 * 1024 * 1024;

/**
 * Requests to hosts that the operator has named; everything else is refused, also by redirect, so a template cannot use
 * Callboard's place in the network. Bodies end at 10 MB.
 */
export function createHttpAccess(options: HttpAccessOptions): HttpAccess {
  const base = options.baseUrl === undefined ? undefined : new URL(options.baseUrl);
  const allowed = new Set(options.allowedHosts.map((host) => host.toLowerCase()));
  if (base !== undefined) allowed.add(base.host);
  return {
    async request(request, signal) {
      const url = urlOf(request, base);
      if (!allowed.has(url.host) || url.username !== "") throw notAllowed(url, allowed);
      const isBase = base !== undefined && url.host === base.host;
      return send(url, request, isBase ? (options.headers ?? {}) : {}, signal);
    },
  };
}

function urlOf(request: HttpRequest, base: URL | undefined): URL {
  // no ":" before the first slash: a path
  const isPath = !/^[a-z][a-z0-9+.-]*:/i.test(request.path);
  const text =
    isPath && base !== undefined
      ? `${base.href.replace(/\/+$/, "")}/${request.path.replace(/^\/+/, "")}`
      : request.path;
  if (!URL.canParse(text)) {
    throw new InputError(
      "http-url-invalid",
      `“${request.path}” is not an address that can be asked.`,
      {
        hint: "write a whole URL, or let the operator set scaffolder.http.baseUrl",
      },
    );
  }
  const url = new URL(text);
  if (url.protocol !== "https:" && url.protocol !== "http:") {
    throw new InputError("http-url-invalid", `“${request.path}” is neither http nor https.`);
  }
  for (const [name, value] of Object.entries(request.params)) url.searchParams.set(name, value);
  return url;
}

async function send(
  url: URL,
  request: HttpRequest,
  headers: Record<string, string>,
  signal: AbortSignal,
): Promise<HttpReply> {
  const bounded = AbortSignal.any([signal, AbortSignal.timeout(request.timeoutMs)]);
  try {
    const response = await fetch(url, {
      method: request.method,
      headers: { ...request.headers, ...headers },
      redirect: "manual",
      signal: bounded,
      ...(request.body === undefined ? {} : { body: request.body }),
    });
    const text = await readBody(response);
    return {
      status: response.status,
      headers: Object.fromEntries(response.headers),
      body: bodyOf(text, response.headers.get("content-type") ?? ""),
    };
  } catch (thrown) {
    signal.throwIfAborted();
    if (thrown instanceof UpstreamError) throw thrown;
    const cause = toError(thrown).cause;
    const why = codeOf(cause) ?? codeOf(thrown) ?? toError(thrown).message;
    throw new UpstreamError("http-failed", `${url.host} did not answer: ${why}.`, {
      isRetryable: request.method === "GET",
      hint: "look whether the host is up and reachable from Callboard, then retry",
      cause: thrown,
    });
  }
}

async function readBody(response: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let sizeBytes = 0;
  for await (const chunk of response.body ?? []) {
    sizeBytes += chunk.length;
    if (sizeBytes > maxBodyBytes) {
      throw new UpstreamError(
        "http-too-large",
        `${new URL(response.url).host} answered more than 10 MB.`,
        {
          isRetryable: false,
        },
      );
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}

function bodyOf(text: string, contentType: string): JsonValue {
  if (!contentType.includes("json")) return text;
  try {
    return toJsonValue(JSON.parse(text)) ?? null;
  } catch {
    return text;
  }
}

function notAllowed(url: URL, allowed: ReadonlySet<string>): ForbiddenError {
  const hosts = [...allowed].join(", ");
  return new ForbiddenError(
    "http-host-not-allowed",
    `Templates may not send requests to ${url.host}.`,
    {
      hint: `whoever runs Callboard can allow it under scaffolder.http.allowedHosts${hosts === "" ? "" : `; allowed now: ${hosts}`}`,
    },
  );
}
