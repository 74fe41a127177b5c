import { Cluster, Redis, type ClusterOptions } from "ioredis";

import type { RedisAddress } from "./redis-address.ts";

/** A connection to one server, through Sentinels or not, or to a cluster. */
export type RedisClient = Redis | Cluster;

/** The first connection must stand by then. */
export const connectTimeoutMs = 2_500;
/** A request that has no answer by then fails; whether it was carried out is unknown. */
const commandTimeoutMs = 2_000;

/** Milliseconds before the nth attempt to connect again: soon, as the default of up to 20 s delays every job after an outage. */
function retryStrategy(attempt: number): number {
  return Math.min(200 * 2 ** attempt, 2_000);
}

/** After a failover the old primary answers READONLY: look for the new one. */
function reconnectOnError(error: Error): boolean {
  return error.message.startsWith("READONLY");
}

/**
 * A client for requests that somebody waits for; `connect()` opens it. Requests fail at once when Redis is down and soon when it
 * is frozen. Nothing is sent again by itself, because a repeated compare-and-set would report a loss that was a win.
 */
export function createRequestClient(address: RedisAddress): RedisClient {
  return createClient(address, {
    lazyConnect: true,
    enableOfflineQueue: false,
    maxRetriesPerRequest: 1,
    autoResendUnfulfilledCommands: false,
    commandTimeout: commandTimeoutMs,
    connectionName: "callboard",
  });
}

/** A client for a worker, which waits out an outage. */
export function createWorkerClient(address: RedisAddress): RedisClient {
  return createClient(address, { maxRetriesPerRequest: null, connectionName: "callboard-worker" });
}

/** The options in which the two kinds of clients differ. */
interface Purpose {
  connectionName: string;
  maxRetriesPerRequest: number | null;
  lazyConnect?: boolean;
  enableOfflineQueue?: boolean;
  autoResendUnfulfilledCommands?: boolean;
  commandTimeout?: number;
}

function createClient(address: RedisAddress, purpose: Purpose): RedisClient {
  const { nodes, username, password, db, hasTls } = address;
  const { lazyConnect = false, enableOfflineQueue = true, ...perNode } = purpose;
  const options = {
    ...perNode,
    db,
    connectTimeout: connectTimeoutMs,
    reconnectOnError,
    ...(username === undefined ? {} : { username }),
    ...(password === undefined ? {} : { password }),
    ...(hasTls ? { tls: {} } : {}),
  };
  if (address.kind === "cluster") {
    return new Cluster(nodes, {
      ...clusterOptions(hasTls),
      lazyConnect,
      enableOfflineQueue,
      redisOptions: options,
    });
  }
  const single = { ...options, lazyConnect, enableOfflineQueue, retryStrategy };
  const [node] = nodes;
  if (address.kind === "sentinel") return new Redis({ ...single, ...sentinelOptions(address) });
  return new Redis({ ...single, ...node });
}

function clusterOptions(hasTls: boolean): ClusterOptions {
  return {
    clusterRetryStrategy: retryStrategy,
    slotsRefreshTimeout: commandTimeoutMs,
    // certificates name hosts, not the addresses that they resolve to
    ...(hasTls ? { dnsLookup: (host, found) => found(null, host) } : {}),
  };
}

function sentinelOptions(address: RedisAddress) {
  const { nodes, hasTls, masterName, sentinelUsername, sentinelPassword } = address;
  return {
    sentinels: nodes,
    ...(masterName === undefined ? {} : { name: masterName }),
    sentinelRetryStrategy: retryStrategy,
    enableTLSForSentinelMode: hasTls,
    ...(hasTls ? { sentinelTLS: {} } : {}),
    ...(sentinelUsername === undefined ? {} : { sentinelUsername }),
    ...(sentinelPassword === undefined ? {} : { sentinelPassword }),
  };
}
