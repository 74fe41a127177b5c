import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { connect, createServer } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";

import { tieToThisProcess } from "./tied-child.ts";
import { waitFor } from "./wait.ts";

/** A port of the loopback that is free at the moment. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === "string") throw new Error("no port");
  return address.port;
}

/** A Redis of a test's own, which may be killed, frozen and started again. */
export interface RedisServer {
  url: string;
  port: number;
  /** Starts it (again), on the same port and data. */
  start(): Promise<void>;
  /** Ends it with SIGKILL, as a crash does. */
  kill(): Promise<void>;
  /** Stops it from running (SIGSTOP); its connections stay open and silent. */
  freeze(): void;
  thaw(): void;
  /** Kills it and removes its data. */
  destroy(): Promise<void>;
}

/** True when a Redis of one's own can be started here. */
export function hasRedisServer(): boolean {
  return redisProgram() !== undefined;
}

/** Where `redis-server` is; undefined when it is not installed. */
export function redisProgram(): string | undefined {
  return ["/usr/bin", "/usr/local/bin", "/opt/homebrew/bin"]
    .map((folder) => path.join(folder, "redis-server"))
    .find((program) => existsSync(program));
}

/** Starts `redis-server` with append-only file and without eviction; `settings` come on top, as `["--requirepass", "x"]`. */
export async function startRedisServer(settings: readonly string[] = []): Promise<RedisServer> {
  const port = await freePort();
  const folder = await mkdtemp(path.join(tmpdir(), "callboard-redis-"));
  const defaults = ["--appendonly", "yes", "--save", "", "--maxmemory-policy", "noeviction"];
  const place = ["--port", String(port), "--bind", "127.0.0.1", "--dir", folder];
  let child: ChildProcess | undefined;

  const server: RedisServer = {
    url: `redis://127.0.0.1:${port}`,
    port,
    async start() {
      child = spawn(redisProgram() ?? "", [...place, ...defaults, ...settings], {
        stdio: "ignore",
      });
      tieToThisProcess(child);
      await waitFor("Redis to answer", () => isAnswering(port));
    },
    async kill() {
      const running = child;
      child = undefined;
      if (running === undefined || running.exitCode !== null) return;
      const gone = once(running, "exit");
      running.kill("SIGKILL");
      await gone;
    },
    freeze: () => void child?.kill("SIGSTOP"),
    thaw: () => void child?.kill("SIGCONT"),
    async destroy() {
      child?.kill("SIGCONT");
      await server.kill();
      await rm(folder, { recursive: true, force: true });
    },
  };
  try {
    await server.start();
  } catch (thrown) {
    await server.destroy();
    throw thrown;
  }
  return server;
}

/** True when something on the port answers PING, if only with the wish for a password. */
async function isAnswering(port: number): Promise<boolean> {
  const socket = connect(port, "127.0.0.1");
  socket.setTimeout(1_000, () => socket.destroy());
  try {
    await once(socket, "connect");
    socket.write("PING\r\n");
    const [answer]: unknown[] = await once(socket, "data");
    return /PONG|NOAUTH/.test(String(answer));
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}
