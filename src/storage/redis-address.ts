import { InputError } from "../base/errors.ts";
import { checkServerUrl } from "./server-url.ts";

/** A host and the port on which a Redis or a Sentinel listens. */
export interface RedisNode {
  host: string;
  port: number;
}

/** Where a Redis is found, and how to log in. */
export interface RedisAddress {
  kind: "single" | "sentinel" | "cluster";
  /** The server, the Sentinels that know it, or some nodes of the cluster. */
  nodes: RedisNode[];
  hasTls: boolean;
  username?: string;
  password?: string;
  /** The number of the database; a cluster has only 0. */
  db: number;
  /** What the Sentinels call the server. */
  masterName?: string;
  sentinelUsername?: string;
  sentinelPassword?: string;
}

// rediss+sentinel://user:password@a:26379,b:26379/name/0?…: TLS, kind, login, nodes, path, query
const pattern = /^redis(s?)(?:\+(sentinel|cluster))?:\/\/(?:([^@/]*)@)?([^/?@]+)(\/[^?]*)?(\?.*)?$/;

const rule = {
  key: "REDIS_URL",
  protocols: [
    "redis:",
    "rediss:",
    "redis+sentinel:",
    "rediss+sentinel:",
    "redis+cluster:",
    "rediss+cluster:",
  ],
  example: "redis://user:password@redis.example.com:6379",
};

/**
 * Parses the address of a Redis:
 * - `redis://[user:password@]host[:port][/database]`
 * - `redis+sentinel://[user:password@]sentinel[:port],…/master-name[/database][?sentinelUsername=…&sentinelPassword=…]`
 * - `redis+cluster://[user:password@]node[:port],…`
 *
 * and `rediss` in place of `redis` for TLS. Special characters in a login are percent-encoded.
 * @throws InputError `storage-url-invalid`, which never quotes the address
 */
export function parseRedisAddress(text: string): RedisAddress {
  const [, tls, kind, login, hosts = "", path = "", query = ""] = pattern.exec(text) ?? [];
  // with the first of its hosts, the address has to be one that everybody understands
  checkServerUrl(text.replace(hosts, hosts.split(",", 1)[0] ?? ""), rule);
  const [first = "", second = ""] = path.split("/").slice(1).map(decode);
  const params = new URLSearchParams(query);
  const address = {
    nodes: hosts.split(",").map((host) => parseNode(host, kind === "sentinel" ? 26_379 : 6_379)),
    hasTls: tls === "s",
    ...parseLogin(login),
  };
  if (kind === "sentinel") {
    if (first === "") throw invalid("the name of the master is missing");
    return {
      ...address,
      kind,
      masterName: first,
      db: parseDatabase(second),
      ...sentinelLogin(params),
    };
  }
  if (kind === "cluster") return { ...address, kind, db: 0 };
  if (address.nodes.length > 1) throw invalid("several hosts need redis+sentinel or redis+cluster");
  return { ...address, kind: "single", db: parseDatabase(first) };
}

function parseLogin(login: string | undefined): { username?: string; password?: string } {
  if (login === undefined || login === "") return {};
  const colon = login.indexOf(":");
  const username = decode(colon < 0 ? login : login.slice(0, colon));
  return {
    ...(username === "" ? {} : { username }),
    ...(colon < 0 ? {} : { password: decode(login.slice(colon + 1)) }),
  };
}

function sentinelLogin(params: URLSearchParams): {
  sentinelUsername?: string;
  sentinelPassword?: string;
} {
  const sentinelUsername = params.get("sentinelUsername");
  const sentinelPassword = params.get("sentinelPassword");
  return {
    ...(sentinelUsername === null ? {} : { sentinelUsername }),
    ...(sentinelPassword === null ? {} : { sentinelPassword }),
  };
}

function parseNode(text: string, defaultPort: number): RedisNode {
  // an IPv6 address stands in brackets, as [::1]:6379
  const [, host = "", port] = /^(\[[0-9a-fA-F:.]+\]|[^:[\]]+)(?::(\d{1,5}))?$/.exec(text) ?? [];
  const number = port === undefined ? defaultPort : Number(port);
  if (host === "" || number < 1 || number > 65_535) throw invalid("a host or a port is malformed");
  return { host: host.replaceAll(/[[\]]/g, ""), port: number };
}

function parseDatabase(text: string): number {
  if (text === "") return 0;
  if (!/^\d{1,4}$/.test(text)) throw invalid("the database is not a number");
  return Number(text);
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw invalid("a percent sign is not followed by two hexadecimal digits");
  }
}

function invalid(why: string): InputError {
  return new InputError("storage-url-invalid", `REDIS_URL cannot be used: ${why}`, {
    hint: `write it as in ${rule.example}; special characters in a password are percent-encoded`,
  });
}
