import { isRecord } from "../base/json.ts";
import type { Faults } from "./faults.ts";
import type { Journal } from "./journal.ts";
import type { Settings } from "./settings.ts";
import type { Delivery, DeliveryResult, Transport } from "./transport/contract.ts";
import type { Workspace } from "./workspace.ts";

/** Sends payloads to the bot, writes them into the journal, applies faults and repeats events that nobody acknowledged. */
export class Dispatcher {
  readonly #transport: Transport;
  readonly #workspace: Workspace;
  readonly #journal: Journal;
  readonly #faults: Faults;
  readonly #settings: Settings;
  readonly #retries = new Set<NodeJS.Timeout>();
  #isClosed = false;

  constructor(parts: {
    transport: Transport;
    workspace: Workspace;
    journal: Journal;
    faults: Faults;
    settings: Settings;
  }) {
    this.#transport = parts.transport;
    this.#workspace = parts.workspace;
    this.#journal = parts.journal;
    this.#faults = parts.faults;
    this.#settings = parts.settings;
  }

  /** Delivers once, as for commands and interactions: Slack does not repeat those. */
  async deliver(name: string, delivery: Delivery): Promise<DeliveryResult> {
    const entry = this.#journal.open("delivery", name, withoutToken(delivery.payload));
    const fault = this.#faults.takeForDelivery(delivery.kind);
    const sent = this.#transport.deliver(delivery);
    if (fault?.fault === "duplicate") void this.#transport.deliver(delivery);
    if (fault?.fault === "disconnect") this.#transport.disconnect("refresh_requested");
    const arrived = await sent;
    const result: DeliveryResult =
      fault?.fault === "lost-ack" ? { status: "operation_timeout" } : arrived;
    this.#journal.finish(
      entry,
      result.status === "acked" ? "ok" : result.status,
      result.status === "acked" ? result.body : result,
    );
    return result;
  }

  /** Tells the bot what happened, if it has subscribed to it. Resolves with how the first attempt went. */
  async emitEvent(event: Record<string, unknown>): Promise<DeliveryResult | undefined> {
    if (!this.#settings.events.has(subscriptionOf(event)) || !this.#isVisible(event)) {
      return undefined;
    }
    const payload = this.#wrap(event);
    return this.#attempt(String(event["type"]), payload, 0);
  }

  close(): void {
    this.#isClosed = true;
    for (const timer of this.#retries) clearTimeout(timer);
    this.#retries.clear();
  }

  async #attempt(
    name: string,
    payload: Record<string, unknown>,
    attempt: number,
    reason = "",
  ): Promise<DeliveryResult> {
    const result = await this.deliver(name, {
      kind: "events_api",
      payload,
      acceptsResponse: false,
      ...(attempt === 0 ? {} : { retry: { attempt, reason } }),
    });
    const delayMs = this.#settings.retryDelaysMs[attempt];
    if (result.status === "acked" || delayMs === undefined || this.#isClosed) return result;
    const why = result.status === "operation_timeout" ? "timeout" : "http_error";
    const timer = setTimeout(() => {
      this.#retries.delete(timer);
      void this.#attempt(name, payload, attempt + 1, why);
    }, delayMs);
    timer.unref();
    this.#retries.add(timer);
    return result;
  }

  /** Events about a conversation reach only an app that is in it. */
  #isVisible(event: Record<string, unknown>): boolean {
    const { channel } = event;
    if (typeof channel !== "string" || !this.#workspace.channels.has(channel)) return true;
    return this.#workspace.isMember(channel, this.#workspace.identity.botUserId);
  }

  #wrap(event: Record<string, unknown>): Record<string, unknown> {
    const { teamId, appId, botUserId, verificationToken } = this.#workspace.identity;
    const { channel } = event;
    const where = typeof channel === "string" ? this.#workspace.channels.get(channel) : undefined;
    return {
      token: verificationToken,
      team_id: teamId,
      context_team_id: teamId,
      context_enterprise_id: null,
      api_app_id: appId,
      event,
      type: "event_callback",
      event_id: this.#workspace.ids.next("Ev"),
      event_time: Math.floor(this.#workspace.clock() / 1000),
      authorizations: [
        {
          enterprise_id: null,
          team_id: teamId,
          user_id: botUserId,
          is_bot: true,
          is_enterprise_install: false,
        },
      ],
      is_ext_shared_channel: where?.isExternallyShared ?? false,
      event_context: this.#workspace.ids.next("4-"),
    };
  }
}

/** A workflow step's event carries a token, which the journal must not show. */
function withoutToken(payload: Record<string, unknown>): Record<string, unknown> {
  const { event } = payload;
  if (!isRecord(event) || !("bot_access_token" in event)) return payload;
  return { ...payload, event: { ...event, bot_access_token: "***" } };
}

/** The manifest's name for an event: `message.im` for a message in a direct message. */
function subscriptionOf(event: Record<string, unknown>): string {
  const { type, channel_type: channelType } = event;
  if (type !== "message") return String(type);
  const kinds: Record<string, string> = { im: "im", channel: "channels", group: "groups" };
  return `message.${kinds[String(channelType)] ?? "channels"}`;
}
