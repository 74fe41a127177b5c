import {
  CallboardError,
  ConflictError,
  ForbiddenError,
  InputError,
  NotFoundError,
  toError,
  UpstreamError,
} from "../../../base/errors.ts";
import { isRecord } from "../../../base/json.ts";

/** What we rely on of Octokit's RequestError; the class itself is not exported by `@octokit/rest`. */
interface RequestFailure extends Error {
  status: number;
  request: { method: string; url: string };
  response?: { headers: Record<string, string | undefined>; data: unknown };
}

function isRequestFailure(thrown: unknown): thrown is RequestFailure {
  return thrown instanceof Error && "status" in thrown && "request" in thrown;
}

/** The HTTP status of a failed request; undefined when no answer came. */
export function statusOf(thrown: unknown): number | undefined {
  return isRequestFailure(thrown) && thrown.response !== undefined ? thrown.status : undefined;
}

/** True for GitHub's 404, which also hides what we may not see. */
export function isMissing(thrown: unknown): boolean {
  return statusOf(thrown) === 404;
}

/** True for the 409 that the Git data API answers while a repository has no commit. */
export function isEmptyRepository(thrown: unknown): boolean {
  return statusOf(thrown) === 409 && /empty/i.test(answerOf(thrown).message);
}

/** True when a request may or may not have been carried out: no answer, a broken one, or a server error. */
export function isOutcomeUnknown(thrown: unknown): boolean {
  if (thrown instanceof CallboardError) return thrown.code === "github-answer-broken";
  const status = statusOf(thrown);
  return isRequestFailure(thrown) && (status === undefined || status >= 500);
}

// "already exists", "already_exists", "already in use", "already enabled"
const takenPattern = /already[ _](?:exists|in use|enabled)/i;

/** True for an answer that says that the name is taken (`already exists`, `already_exists`, `already in use`). */
export function isAlreadyThere(thrown: unknown): boolean {
  const status = statusOf(thrown);
  if (status !== 422 && status !== 409) return false;
  const { message, errors } = answerOf(thrown);
  return [message, ...errors].some((text) => takenPattern.test(text));
}

interface GithubAnswer {
  message: string;
  errors: string[];
}

/** The readable part of an error's body; empty for HTML and other surprises. */
function answerOf(thrown: unknown): GithubAnswer {
  const data = isRequestFailure(thrown) ? thrown.response?.data : undefined;
  if (!isRecord(data)) return { message: "", errors: [] };
  const message = typeof data["message"] === "string" ? data["message"] : "";
  const errors = Array.isArray(data["errors"]) ? data["errors"] : [];
  return { message, errors: errors.map(describeFault).filter((text) => text !== "") };
}

function describeFault(fault: unknown): string {
  if (typeof fault === "string") return fault;
  if (!isRecord(fault)) return "";
  if (typeof fault["message"] === "string") return fault["message"];
  return [fault["resource"], fault["field"], fault["code"]]
    .filter((part): part is string => typeof part === "string")
    .join(" ");
}

/**
 * What a failed request means for the person, by the classes of `base/errors.ts`. `doing` completes the sentence
 * “GitHub … while …”, such as `creating acme/payments`. Bodies in HTML are neither parsed nor shown.
 * An abort by `signal` comes back as the signal's own reason.
 */
export function githubError(thrown: unknown, doing: string, signal?: AbortSignal): Error {
  if (thrown instanceof CallboardError) return thrown;
  if (signal?.aborted === true) return toError(signal.reason);
  if (!isRequestFailure(thrown)) return toError(thrown);
  const status = statusOf(thrown);
  if (status === undefined) return withoutAnswer(thrown, doing);
  if (status >= 500) {
    return new UpstreamError("github-unavailable", `GitHub failed (${status}) while ${doing}.`, {
      isRetryable: true,
      cause: causeOf(thrown),
      hint: "See https://www.githubstatus.com; nothing more is needed, it is tried again.",
    });
  }
  const limited = status === 403 || status === 429 ? limitOf(thrown, doing) : undefined;
  return limited ?? refusal(thrown, status, doing);
}

/** For the log: what was asked and answered, without the request's body or headers, which may hold secrets. */
function causeOf(failure: RequestFailure): Error {
  const { method, url } = failure.request;
  const path = URL.canParse(url) ? new URL(url).pathname : url;
  const id = failure.response?.headers["x-github-request-id"];
  const outcome = failure.response === undefined ? failure.message : String(failure.status);
  return new Error(`${method} ${path}: ${outcome}${id === undefined ? "" : ` (${id})`}`);
}

function withoutAnswer(thrown: RequestFailure, doing: string): UpstreamError {
  const cause = causeOf(thrown);
  if (isRecord(thrown.cause) && thrown.cause["name"] === "TimeoutError") {
    return new UpstreamError("github-timeout", `GitHub did not answer in time while ${doing}.`, {
      isRetryable: true,
      cause,
    });
  }
  return new UpstreamError("github-unreachable", `GitHub could not be reached while ${doing}.`, {
    isRetryable: true,
    cause,
    hint: "Check GITHUB_API_URL, the network and the proxy of the machine Callboard runs on.",
  });
}

/** @see https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api */
function limitOf(thrown: RequestFailure, doing: string): UpstreamError | undefined {
  const headers = thrown.response?.headers ?? {};
  const retryAfter = Number(headers["retry-after"]);
  const isPrimary = headers["x-ratelimit-remaining"] === "0";
  const isSecondary = retryAfter > 0 || /secondary rate|abuse/i.test(answerOf(thrown).message);
  if (!isPrimary && !isSecondary && thrown.status !== 429) return undefined;
  const resetMs = Number(headers["x-ratelimit-reset"]) * 1000 - Date.now() + 1000;
  const retryAfterMs =
    retryAfter > 0 ? retryAfter * 1000 : isPrimary && resetMs > 0 ? resetMs : 60_000;
  const wait = `it goes on in ${Math.ceil(retryAfterMs / 1000)} s`;
  const options = { isRetryable: true, retryAfterMs, cause: causeOf(thrown) };
  return isPrimary && !isSecondary
    ? new UpstreamError(
        "github-rate-limited",
        `GitHub's hourly limit is used up; ${wait}.`,
        options,
      )
    : new UpstreamError(
        "github-secondary-limit",
        `GitHub asked us to slow down while ${doing}; ${wait}.`,
        options,
      );
}

type Refusal = (failure: {
  doing: string;
  detail: string;
  headers: Record<string, string | undefined>;
  cause: unknown;
  /** What was to be created exists already. */
  isThere: boolean;
}) => CallboardError;

const refusals: Readonly<Record<number, Refusal>> = {
  401: ({ doing, detail, cause }) =>
    new UpstreamError(
      "github-unauthorized",
      `GitHub did not accept Callboard's credentials while ${doing}${detail}.`,
      {
        isRetryable: false,
        cause,
        hint: "Ask the operator to renew GITHUB_TOKEN, or GITHUB_APP_ID and GITHUB_APP_PRIVATE_KEY, and to run callboard doctor.",
      },
    ),
  403: ({ doing, detail, headers, cause }) => forbidden(doing, detail, headers, cause),
  404: ({ doing, cause }) =>
    new NotFoundError(
      "github-not-found",
      `GitHub answered "not found" while ${doing}: it does not exist, or Callboard may not see it.`,
      {
        cause,
        hint: "Check owner and repository name; a GitHub App must be installed there and have access to the repository.",
      },
    ),
  409: ({ doing, detail, cause, isThere }) =>
    isThere
      ? alreadyThere(doing, detail, cause)
      : new ConflictError(
          "github-conflict",
          `GitHub reported a conflict while ${doing}${detail}.`,
          {
            cause,
            hint: "Something changed at the same moment; look at the repository, then press Retry.",
          },
        ),
  422: ({ doing, detail, cause, isThere }) =>
    isThere
      ? alreadyThere(doing, detail, cause)
      : new InputError("github-refused", `GitHub refused the values while ${doing}${detail}.`, {
          cause,
          hint: "Correct the named value in the form or in the template's step.",
        }),
  451: ({ doing, cause }) =>
    new ForbiddenError(
      "github-legal-block",
      `GitHub has blocked this repository for legal reasons (451); stopped while ${doing}.`,
      { cause, hint: "The repository's owner finds the notice on its GitHub page." },
    ),
};

function alreadyThere(doing: string, detail: string, cause: unknown): ConflictError {
  return new ConflictError(
    "github-already-exists",
    `GitHub has this already; stopped while ${doing}${detail}.`,
    { cause },
  );
}

function refusal(thrown: RequestFailure, status: number, doing: string): CallboardError {
  const { message, errors } = answerOf(thrown);
  const said = [message, ...errors].filter((text) => text !== "").join("; ");
  const known = refusals[status];
  const headers = thrown.response?.headers ?? {};
  const cause = causeOf(thrown);
  if (known !== undefined) {
    const detail = said === "" ? "" : `: ${said}`;
    return known({ doing, detail, headers, cause, isThere: isAlreadyThere(thrown) });
  }
  return new UpstreamError(
    "github-unexpected-status",
    `GitHub answered ${status} while ${doing}.`,
    {
      isRetryable: false,
      cause,
    },
  );
}

function forbidden(
  doing: string,
  detail: string,
  headers: Record<string, string | undefined>,
  cause: unknown,
): ForbiddenError {
  const sso = /url=(https:\/\/[^;,\s]+)/.exec(headers["x-github-sso"] ?? "");
  if (headers["x-github-sso"] !== undefined) {
    return new ForbiddenError(
      "github-sso-required",
      `The organisation wants single sign-on for Callboard's token; stopped while ${doing}.`,
      { cause, hint: `Authorise the token for SSO${sso === null ? "" : `: ${sso[1] ?? ""}`}.` },
    );
  }
  return new ForbiddenError(
    "github-forbidden",
    `GitHub does not allow Callboard to do this while ${doing}${detail}.`,
    { cause, hint: permissionHint(headers) },
  );
}

/** GitHub names the missing right in its headers, differently for Apps and for classic tokens. */
function permissionHint(headers: Record<string, string | undefined>): string {
  const permissions = headers["x-accepted-github-permissions"];
  if (permissions !== undefined && permissions !== "") {
    const wanted = permissions.replaceAll("=", ": ").replaceAll(/;\s*/g, ", or ");
    return `Grant the GitHub App or token this permission: ${wanted}. A changed App must be accepted again by the organisation.`;
  }
  const scopes = headers["x-accepted-oauth-scopes"];
  if (scopes !== undefined && scopes !== "")
    return `Give the token one of these scopes: ${scopes}.`;
  return "Check the permissions of Callboard's GitHub App or token; docs/github.md lists each with its reason.";
}
