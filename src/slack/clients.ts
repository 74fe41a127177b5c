import { type FetchFunction, WebClient, type WebClientOptions } from "@slack/web-api";

import type { Logger } from "../base/logger.ts";
import type { Secret } from "../base/secret.ts";
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
  botToken: Secret;
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
  const token = options.botToken.reveal();
  return {
    safe: new WebClient(token, { ...shared(), retryConfig: repeating }),
    once: new WebClient(token, {
      ...shared(),
      retryConfig: { retries: 0 },
      rejectRateLimitedCalls: true,
    }),
    boltOptions: () => ({ ...shared(), retryConfig: repeating }),
  };
}

/** Bolt's `respond` has no time limit of its own: this is what it calls. */
const fetchWithTimeout: FetchFunction = async (url, init) => {
  const limit = AbortSignal.timeout(timeoutMs);
  const signal = init?.signal === undefined ? limit : AbortSignal.any([init.signal, limit]);
  return await fetch(url, { ...init, signal });
};
