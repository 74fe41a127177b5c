/**
 * Acknowledges a payload with a response. Bolt types the response by the kind of payload, old dialogs included; who calls
 * this knows the kind. Events have no `ack`: Bolt has acknowledged them already.
 */
export async function acknowledge(args: object, response?: object): Promise<void> {
  const ack: unknown = "ack" in args ? args.ack : undefined;
  if (typeof ack === "function") await ack(response);
}
