import { problem, type Reply } from "./replies.ts";

/**
 * What can go wrong with a request:
 * `lost-reply` carried out, connection dropped · `drop` dropped before anything happened · `bad-gateway` carried out, 502 in HTML ·
 * `unavailable` not carried out, 503 in HTML · `html` a proxy's page with status 200 · `half` an answer that breaks off ·
 * `slow` answered after `delayMs` · `hang` carried out, never answered · the rest: refused in GitHub's words.
 */
export type FaultKind =
  | "lost-reply"
  | "drop"
  | "bad-gateway"
  | "unavailable"
  | "html"
  | "half"
  | "slow"
  | "hang"
  | "secondary-limit"
  | "rate-limit"
  | "unauthorized"
  | "forbidden"
  | "sso"
  | "not-found"
  | "legal-block"
  | "plan";

export interface FaultOrder {
  /** Absent: any method. */
  method?: string | RegExp;
  /** A route as in GitHub's documentation, or a pattern for the path; absent: any. */
  path?: string | RegExp;
  fault: FaultKind | Reply;
  /** How many requests it hits. Default 1. */
  times?: number;
  /** Lets that many fitting requests pass first. Default 0. */
  after?: number;
  delayMs?: number;
  /** Seconds in `retry-after` of `secondary-limit`. Default 60. */
  retryAfterSeconds?: number;
}

/** A request, as faults are ordered for it. */
interface Target {
  method: string;
  path: string;
  template: string;
}

/** Takes the order that hits this request, if any, and counts it down. */
export function takeFault(orders: FaultOrder[], request: Target): FaultOrder | undefined {
  for (const order of orders) {
    if (!fits(order, request)) continue;
    const waiting = order.after ?? 0;
    if (waiting > 0) {
      order.after = waiting - 1;
      continue;
    }
    order.times = (order.times ?? 1) - 1;
    if (order.times <= 0) orders.splice(orders.indexOf(order), 1);
    return order;
  }
  return undefined;
}

const transient = ["lost-reply", "drop", "bad-gateway", "unavailable", "half"] as const;

/** One of the faults that pass by themselves, with the given probability. */
export function randomFault(trouble: {
  rate: number;
  random: () => number;
}): FaultOrder | undefined {
  if (trouble.random() >= trouble.rate) return undefined;
  return { fault: transient[Math.floor(trouble.random() * transient.length)] ?? "drop" };
}

function fits({ method, path }: FaultOrder, request: Target): boolean {
  if (typeof method === "string" && method !== request.method) return false;
  if (method instanceof RegExp && !method.test(request.method)) return false;
  if (typeof path === "string" && path !== request.template) return false;
  return !(path instanceof RegExp) || path.test(request.path);
}

/** The answer of a fault that refuses a request without carrying it out; undefined for the others. */
export function refusalOf(order: FaultOrder): Reply | undefined {
  if (typeof order.fault === "object") return order.fault;
  return refusals[order.fault]?.(order);
}

const refusals: Partial<Record<FaultKind, (order: FaultOrder) => Reply>> = {
  unavailable: () => ({ status: 503, body: htmlPage("Unicorn! We can't serve this request") }),
  html: () => ({ status: 200, body: htmlPage("Please sign in to the corporate network") }),
  "secondary-limit": ({ retryAfterSeconds = 60 }) =>
    problem(
      403,
      "You have exceeded a secondary rate limit. Please wait a few minutes before you try again.",
      { "retry-after": String(retryAfterSeconds) },
    ),
  "rate-limit": () =>
    problem(403, "API rate limit exceeded for installation ID 1.", {
      "x-ratelimit-remaining": "0",
      "x-ratelimit-reset": String(Math.floor(Date.now() / 1000) + 1800),
    }),
  unauthorized: () => problem(401, "Bad credentials"),
  forbidden: () =>
    problem(403, "Resource not accessible by integration", {
      "x-accepted-github-permissions": "administration=write",
    }),
  sso: () =>
    problem(403, "Resource protected by organization SAML enforcement.", {
      "x-github-sso": "required; url=https://github.com/orgs/acme/sso?authorization_request=abc",
    }),
  "not-found": () => problem(404, "Not Found"),
  "legal-block": () => ({
    status: 451,
    body: { message: "Repository access blocked", block: { reason: "dmca", html_url: null } },
  }),
  plan: () =>
    problem(403, "Upgrade to GitHub Pro or make this repository public to enable this feature."),
};

/** What a gateway shows instead of JSON. */
export function htmlPage(title: string): string {
  return `<!DOCTYPE html><html><head><title>${title}</title></head><body><h1>${title}</h1><p>secret-gateway-detail</p></body></html>`;
}
