import { once } from "node:events";
import http from "node:http";

/** A request that arrived. */
interface WebRequest {
  path: string;
  headers: http.IncomingHttpHeaders;
}

export interface WebServer {
  /** Such as `http://127.0.0.1:40123`. */
  url: string;
  host: string;
  requests: WebRequest[];
  close(): Promise<void>;
}

/** Starts a server on a free port of the loopback that answers as told. */
export async function startWebServer(
  answer: (request: http.IncomingMessage, response: http.ServerResponse) => void,
): Promise<WebServer> {
  const requests: WebRequest[] = [];
  const server = http.createServer((request, response) => {
    requests.push({ path: request.url ?? "", headers: request.headers });
    answer(request, response);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  const host = `127.0.0.1:${address.port}`;
  return {
    url: `http://${host}`,
    host,
    requests,
    async close() {
      const closed = once(server, "close");
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}
