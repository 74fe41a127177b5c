import { App } from "@slack/bolt";

import { createReleaser } from "../base/releaser.ts";
import type { EventInbox } from "../usecases/event-inbox.ts";
import type { Services } from "../usecases/services.ts";
import type { SlackContext } from "./context.ts";
import { redrawWhenEntered } from "./handlers/form-secrets.ts";
import { registerHandlers } from "./handlers/register.ts";
import type { HttpHandler } from "./http-receiver.ts";
import { installIntake, type Intake, type PayloadKind } from "./intake.ts";
import type { Outbox } from "./outbox.ts";
import { createPeople } from "./people.ts";
import { createReplays } from "./replays.ts";
import { createSdkLogger } from "./sdk-logger.ts";
import { installSurface } from "./surface.ts";
import { createTransport, type Transport, type TransportOptions } from "./transport.ts";
import type { Workspaces } from "./workspaces.ts";

export interface SlackAppOptions extends TransportOptions {
  services: Services;
  outbox: Outbox;
  workspaces: Workspaces;
  /** A new id that nobody can guess. */
  newId: () => string;
  /** True the first time a key is seen; remembered for at least an hour, across processes. */
  dedupe: (key: string) => Promise<boolean>;
  /** Keeps events until they are handled, so that a crash loses none that Slack was told we have. */
  inbox?: EventInbox;
  /** True when no other process shares the storage: then what a crash left behind is taken up at once. */
  isAlone?: boolean;
  /** Between two looks at an open Home tab; for tests. */
  homeEveryMs?: number;
  /** Told how long each payload waited for its acknowledgement. */
  onAck?: (kind: PayloadKind, durationMs: number) => void;
}

/** The bot as Slack sees it. */
export interface SlackApp {
  app: App;
  /** In HTTP mode: stands before all else in our server; it answers `POST /slack/events`. */
  handler: HttpHandler | undefined;
  /**
   * Asks Slack who we are and opens the sockets.
   * @throws InputError `slack-token-refused`, UpstreamError `slack-unreachable`.
   */
  start(): Promise<void>;
  /** Takes nothing in any more, lets running handlers finish for five seconds, closes the sockets. */
  stop(): Promise<void>;
  /** True when Slack can reach us as far as we know. */
  isConnected(): boolean;
}

const drainMs = 5000;

/** Builds the bot on real Bolt; nothing is sent or opened before `start`. */
export function createSlackApp(options: SlackAppOptions): SlackApp {
  const { clients, logger, workspaces } = options;
  const transport = createTransport(options);
  const app = new App({
    receiver: transport.receiver,
    clientOptions: clients.boltOptions(),
    logger: createSdkLogger(logger),
    convoStore: false,
    // Bolt alone would ask auth.test in its constructor, where nobody can catch the refusal
    authorize: async () => {
      const { botToken, identity } = workspaces.current();
      const { botId, botUserId, teamId } = identity;
      return { botToken: botToken.reveal(), botId, botUserId, teamId };
    },
  });
  transport.attach(app);
  const intake = installIntake(app, {
    logger,
    workspaces,
    dedupe: options.dedupe,
    ...(options.inbox === undefined ? {} : { inbox: options.inbox }),
    ...(options.onAck === undefined ? {} : { onAck: options.onAck }),
  });
  const stopping = new AbortController();
  const context = buildContext(options, stopping.signal);
  installSurface(app, context);
  registerHandlers(app, context);
  redrawWhenEntered(context, workspaces);
  const replays = createReplays(intake, logger);
  return {
    app,
    handler: transport.handler,
    async start() {
      await workspaces.start();
      await transport.start();
      if (options.inbox !== undefined) replays.start(options.isAlone === true);
      logger.info({ transport: options.transport.kind }, "slack connected");
    },
    async stop() {
      stopping.abort();
      replays.stop();
      await stopAll(transport, intake);
    },
    isConnected: () => workspaces.isReady() && transport.isConnected(),
  };
}

/** What handlers may use; who we are is known once `start` has asked. */
function buildContext(options: SlackAppOptions, stopping: AbortSignal): SlackContext {
  const { services, clients, logger, outbox, dedupe, now, newId, workspaces } = options;
  const identity = () => workspaces.current().identity;
  return {
    services,
    logger,
    web: clients.safe,
    outbox,
    people: createPeople({
      web: clients.safe,
      entities: services.entities,
      logger,
      now,
      identity,
    }),
    dedupe,
    now,
    newId,
    identity,
    stopping,
    ...(options.homeEveryMs === undefined ? {} : { homeEveryMs: options.homeEveryMs }),
    onRevoked: async () => await workspaces.forget(workspaces.current()),
  };
}

/** The sockets close last: a handler that is still at work answers through them. */
async function stopAll(transport: Transport, intake: Intake): Promise<void> {
  const releaser = createReleaser();
  releaser.add("slack transport", async () => await transport.stop());
  releaser.add("slack handlers", async () => await intake.drain(drainMs));
  await releaser.releaseAll();
}
