import type { IncomingMessage } from "node:http";

const localNames = new Set(["127.0.0.1", "localhost", "[::1]"]);

/**
 * True for a request that names this machine. A page elsewhere could make a browser talk to the loopback address
 * (DNS rebinding, cross-site requests); its host or origin gives it away.
 */
export function isTrustedRequest(request: IncomingMessage): boolean {
  const { host, origin } = request.headers;
  if (host === undefined || !isLocal(`http://${host}`)) return false;
  return origin === undefined || (isLocal(origin) && new URL(origin).host === host);
}

function isLocal(url: string): boolean {
  return URL.canParse(url) && localNames.has(new URL(url).hostname);
}
