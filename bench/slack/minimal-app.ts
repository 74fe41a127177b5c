import { once } from "node:events";
import { createServer } from "node:http";

import { App, ExpressReceiver, LogLevel } from "@slack/bolt";

/** A Bolt app as its documentation begins, answering `/callboard`. */
export interface MinimalApp {
  url: string;
  close(): Promise<void>;
}

/** Starts it over signed HTTP; it acknowledges with what `answer` gives. */
export async function startMinimalApp(
  secret: string,
  answer: (text: string) => Promise<string | undefined>,
): Promise<MinimalApp> {
  const receiver = new ExpressReceiver({
    signingSecret: secret,
    endpoints: "/slack/events",
    logLevel: LogLevel.ERROR,
  });
  const app = new App({
    receiver,
    logLevel: LogLevel.ERROR,
    authorize: async () => ({ botToken: "xoxb-bench", botId: "B0", botUserId: "U0" }),
  });
  app.command("/callboard", async ({ ack, command }) => await ack(await answer(command.text)));
  const server = createServer(receiver.app).listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  return {
    url: `http://127.0.0.1:${port}/slack/events`,
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}
