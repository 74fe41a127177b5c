import { createHmac } from "node:crypto";

import { toError } from "../../base/errors.ts";
import type { Clock } from "../ids.ts";
import type { Delivery, DeliveryResult, Transport } from "./contract.ts";

/** What the transport needs to know. */
export interface HttpTransportOptions {
  /** Where the bot listens, `http://127.0.0.1:3000/slack/events`; may be set later. */
  eventsUrl: string | undefined;
  signingSecret: string;
  ackTimeoutMs: number;
  clock: Clock;
}

/**
 * Slack's signature of a request: `v0=` and the HMAC-SHA256 of `v0:<timestamp>:<body>`.
 * @see https://docs.slack.dev/authentication/verifying-requests-from-slack
 */
function signRequest(secret: string, timestampS: number, body: string): string {
  const digest = createHmac("sha256", secret).update(`v0:${timestampS}:${body}`).digest("hex");
  return `v0=${digest}`;
}

/** Delivers by signed HTTP requests to the bot's one endpoint. */
export class HttpTransport implements Transport {
  readonly #options: HttpTransportOptions;
  #eventsUrl: string | undefined;

  constructor(options: HttpTransportOptions) {
    this.#options = options;
    this.#eventsUrl = options.eventsUrl;
  }

  setEventsUrl(url: string): void {
    this.#eventsUrl = url;
  }

  isConnected(): boolean {
    return this.#eventsUrl !== undefined;
  }

  async deliver(delivery: Delivery): Promise<DeliveryResult> {
    if (this.#eventsUrl === undefined) {
      return { status: "dispatch_failed", reason: "no request URL is set" };
    }
    const startedAt = performance.now();
    const signal = AbortSignal.timeout(this.#options.ackTimeoutMs);
    try {
      const response = await fetch(this.#eventsUrl, {
        ...renderRequest(delivery, this.#options),
        signal,
      });
      const text = await response.text();
      if (!response.ok) {
        return { status: "dispatch_failed", reason: `the bot answered ${response.status}` };
      }
      const body = parseBody(text);
      const elapsedMs = performance.now() - startedAt;
      return { status: "acked", elapsedMs, ...(body === undefined ? {} : { body }) };
    } catch (thrown) {
      if (signal.aborted) return { status: "operation_timeout" };
      const reason = `the bot cannot be reached: ${toError(thrown).message}`;
      return { status: "dispatch_failed", reason };
    }
  }

  disconnect(): void {
    // HTTP has no connection to close.
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}

function renderRequest(
  delivery: Delivery,
  { clock, signingSecret }: HttpTransportOptions,
): { method: string; headers: Record<string, string>; body: Buffer } {
  const { body, contentType } = renderBody(delivery);
  const timestampS = Math.floor(clock() / 1000);
  const retry = delivery.retry;
  return {
    method: "POST",
    headers: {
      // Exactly this: Slack names no charset, and Bolt compares the whole value.
      "content-type": contentType,
      "x-slack-request-timestamp": String(timestampS),
      "x-slack-signature": signRequest(signingSecret, timestampS, body),
      ...(retry === undefined
        ? {}
        : {
            "x-slack-retry-num": String(retry.attempt),
            "x-slack-retry-reason": retry.reason,
          }),
    },
    // A string body would make fetch add a charset to the content type.
    body: Buffer.from(body),
  };
}

function renderBody({ kind, payload }: Delivery): { body: string; contentType: string } {
  if (kind === "events_api") {
    return { body: JSON.stringify(payload), contentType: "application/json" };
  }
  const fields =
    kind === "interactive"
      ? { payload: JSON.stringify(payload) }
      : Object.fromEntries(Object.entries(payload).map(([name, value]) => [name, String(value)]));
  return {
    body: new URLSearchParams(fields).toString(),
    contentType: "application/x-www-form-urlencoded",
  };
}

/** The answer's body: JSON, or a text; nothing when empty. */
function parseBody(text: string): unknown {
  if (text === "") return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
