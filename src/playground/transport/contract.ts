/** Something that goes to the bot. */
export interface Delivery {
  /** The envelope's type in Socket Mode. */
  kind: "events_api" | "slash_commands" | "interactive";
  payload: Record<string, unknown>;
  /** Whether an answer in the acknowledgement means something. */
  acceptsResponse: boolean;
  /** Set when it is sent again. */
  retry?: { attempt: number; reason: string };
}

/** How it went. `body` is what the bot sent with its acknowledgement. */
export type DeliveryResult =
  | { status: "acked"; body?: unknown; elapsedMs: number }
  | { status: "operation_timeout" }
  | { status: "dispatch_failed"; reason: string };

/** The way to the bot: a WebSocket that it opened, or its HTTP endpoint. */
export interface Transport {
  /** Never rejects. */
  deliver(delivery: Delivery): Promise<DeliveryResult>;
  /** Whether a delivery could succeed now. */
  isConnected(): boolean;
  /** Closes a connection as Slack does when it recycles one; without one nothing happens. */
  disconnect(reason: "warning" | "refresh_requested" | "link_disabled"): void;
  close(): Promise<void>;
}
