import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";

import { Redis } from "ioredis";

import { freePort, redisProgram, startRedisServer, type RedisServer } from "./servers.ts";
import { waitFor } from "./wait.ts";

/** Asks one server one thing. */
async function ask(server: RedisServer, ...command: [string, ...string[]]): Promise<string> {
  const redis = new Redis(server.port, "127.0.0.1");
  try {
    const [name, ...args] = command;
    return String(await redis.call(name, ...args));
  } finally {
    redis.disconnect();
  }
}

/** A cluster of two nodes, each with half of the slots. */
export interface RedisCluster {
  url: string;
  destroy(): Promise<void>;
}

/** Starts two servers and makes them a cluster. */
export async function startRedisCluster(): Promise<RedisCluster> {
  const nodes = await Promise.all(
    [0, 1].map(async () => {
      const bus = ["--cluster-port", String(await freePort())];
      return startRedisServer([
        "--cluster-enabled",
        "yes",
        "--cluster-node-timeout",
        "2000",
        ...bus,
      ]);
    }),
  );
  const [first, second] = nodes;
  if (first === undefined || second === undefined) throw new Error("two nodes were started");
  await ask(first, "CLUSTER", "ADDSLOTSRANGE", "0", "8191");
  await ask(second, "CLUSTER", "ADDSLOTSRANGE", "8192", "16383");
  const busPort = await configOf(second, "cluster-port");
  await ask(first, "CLUSTER", "MEET", "127.0.0.1", String(second.port), busPort);
  for (const node of nodes) {
    await waitFor("the cluster to be complete", async () =>
      (await ask(node, "CLUSTER", "INFO")).includes("cluster_state:ok"),
    );
  }
  return {
    url: `redis+cluster://127.0.0.1:${first.port},127.0.0.1:${second.port}`,
    async destroy() {
      for (const node of nodes) await node.destroy();
    },
  };
}

async function configOf(server: RedisServer, name: string): Promise<string> {
  const redis = new Redis(server.port, "127.0.0.1");
  try {
    const answer: unknown = await redis.config("GET", name);
    return String(Array.isArray(answer) ? answer[1] : "");
  } finally {
    redis.disconnect();
  }
}

/** A server with a replica, and a Sentinel that promotes the replica when the server is gone. */
export interface RedisSentinel {
  url: string;
  /** Kills the present primary. */
  killPrimary(): Promise<void>;
  destroy(): Promise<void>;
}

/** Starts primary, replica and Sentinel. */
export async function startRedisSentinel(): Promise<RedisSentinel> {
  const primary = await startRedisServer();
  const replica = await startRedisServer(["--replicaof", "127.0.0.1", String(primary.port)]);
  await waitFor("the replica to follow", async () =>
    (await ask(replica, "INFO", "replication")).includes("master_link_status:up"),
  );
  const port = await freePort();
  const folder = await mkdtemp(path.join(tmpdir(), "callboard-sentinel-"));
  const file = path.join(folder, "sentinel.conf");
  await writeFile(
    file,
    [
      `port ${port}`,
      "bind 127.0.0.1",
      `dir ${folder}`,
      `sentinel monitor callboard 127.0.0.1 ${primary.port} 1`,
      "sentinel down-after-milliseconds callboard 300",
      "sentinel failover-timeout callboard 3000",
      "",
    ].join("\n"),
  );
  const sentinel: ChildProcess = spawn(redisProgram() ?? "", [file, "--sentinel"], {
    stdio: "ignore",
  });
  const watcher = new Redis(port, "127.0.0.1");
  watcher.on("error", () => undefined);
  await waitFor("the Sentinel to know the replica", async () =>
    String(await watcher.call("SENTINEL", "REPLICAS", "callboard")).includes(String(replica.port)),
  );
  watcher.disconnect();
  return {
    url: `redis+sentinel://127.0.0.1:${port}/callboard`,
    killPrimary: () => primary.kill(),
    async destroy() {
      const gone = once(sentinel, "exit");
      sentinel.kill("SIGKILL");
      await gone;
      await Promise.all([primary.destroy(), replica.destroy()]);
      await rm(folder, { recursive: true, force: true });
    },
  };
}
