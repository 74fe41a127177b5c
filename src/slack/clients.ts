import { type FetchFunction, WebClient, type WebClientOptions } from "@slack/web-api";

import type { Logger } from "../base/logger.ts";
import { Secret } from "../base/secret.ts";
import { createSdkLogger } from "./sdk-logger.ts";

/** Two ways of calling Slack, because a lost reply means different things. */
export interface SlackClients {
  /** For reads, updates and modals: repeating them does no harm, so it repeats twice. */
  safe: WebClient;
  /** For messages: never repeats by itself, since the message may have arrived; a rate limit is an error that says how long to wait. */
  once: WebClient;
  /**
   * What Bolt gets for its own clients: a fresh object each time, since Socket Mode changes the one it gets, and with
   * `retryConfig` set, since Bolt else repeats every call a hundred times in Socket Mode.
   */
  boltOptions(): WebClientOptions;
}

export interface SlackClientOptions {
  /** The token, or where there are several workspaces, what tells that of the one that is worked for at the moment. */
  botToken: Secret | (() => Secret);
  /** Another address of the Web API than Slack's own. */
  apiUrl?: string;
  logger: Logger;
}

/** Longest wait for one answer of Slack; its libraries would wait for ever. */
const timeoutMs = 8000;

/** Creates both clients; nothing is sent yet. */
export function createSlackClients(options: SlackClientOptions): SlackClients {
  const logger = createSdkLogger(options.logger);
  const shared = (): WebClientOptions => ({
    logger,
    timeout: timeoutMs,
    ...(options.apiUrl === undefined ? {} : { slackApiUrl: options.apiUrl }),
    fetch: fetchWithTimeout,
  });
  const repeating = { retries: 2, factor: 2, minTimeout: 200, maxTimeout: 2000 };
  const { botToken } = options;
  const token = botToken instanceof Secret ? botToken.reveal() : undefined;
  const signed = (): WebClientOptions =>
    botToken instanceof Secret
      ? shared()
      : {
          ...shared(),
          fetch: async (url, init) => await fetchWithTimeout(url, as(botToken(), init)),
        };
  return {
    safe: new WebClient(token, { ...signed(), retryConfig: repeating }),
    once: new WebClient(token, {
      ...signed(),
      retryConfig: { retries: 0 },
      rejectRateLimitedCalls: true,
    }),
    boltOptions: () => ({ ...shared(), retryConfig: repeating }),
  };
}

/** The one place that chooses whose token a call is made with. */
function as(token: Secret, init: Parameters<FetchFunction>[1]): Parameters<FetchFunction>[1] {
  const headers = new Headers(init?.headers);
  headers.set("authorization", `Bearer ${token.reveal()}`);
  return { ...init, headers: Object.fromEntries(headers) };
}

/** Bolt's `respond` has no time limit of its own: this is what it calls. */
const fetchWithTimeout: FetchFunction = async (url, init) => {
  const limit = AbortSignal.timeout(timeoutMs);
  const signal = init?.signal === undefined ? limit : AbortSignal.any([init.signal, limit]);
  return await fetch(url, { ...init, signal });
};
