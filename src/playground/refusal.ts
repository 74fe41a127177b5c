/**
 * How Slack says no: HTTP 200 with `{"ok": false, "error": …}`. `messages` go to `response_metadata.messages`,
 * `extra` beside the error.
 */
export class SlackRefusal extends Error {
  readonly error: string;
  readonly messages: string[];
  readonly extra: Record<string, unknown>;

  constructor(error: string, messages: string[] = [], extra: Record<string, unknown> = {}) {
    super(messages.length === 0 ? error : `${error}: ${messages.join("; ")}`);
    this.name = "SlackRefusal";
    this.error = error;
    this.messages = messages;
    this.extra = extra;
  }

  /** The answer's body. */
  toBody(): Record<string, unknown> {
    const metadata =
      this.messages.length === 0 ? {} : { response_metadata: { messages: this.messages } };
    return { ok: false, error: this.error, ...this.extra, ...metadata };
  }
}
