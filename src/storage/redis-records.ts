import type { JsonValue } from "../base/json.ts";
import type { RecordStore, StoredRecord } from "./contract.ts";
import { checkId, toStorageError, type BackendName } from "./failure.ts";
import { encodeValue, expectTtl, toRecord } from "./record-value.ts";
import type { RedisClient } from "./redis-client.ts";

/** Lists return this many records when nobody says otherwise. */
const defaultLimit = 100;

/**
 * Writes when the version is as wanted. KEYS: the record, the collection's ids, its ids by time of expiry.
 * ARGV: id, JSON, wanted version or '', time to live in ms or '', the prefix of the collection's record keys.
 * Expired records vanish by themselves; each write removes the ids of up to 20 of them.
 */
const putScript = `
local version = tonumber(redis.call('HGET', KEYS[1], 'v') or '0')
if ARGV[3] ~= '' and tonumber(ARGV[3]) ~= version then return 0 end
redis.call('HSET', KEYS[1], 'v', version + 1, 'j', ARGV[2])
redis.call('ZADD', KEYS[2], 0, ARGV[1])
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
if ARGV[4] == '' then
  redis.call('PERSIST', KEYS[1])
  redis.call('ZREM', KEYS[3], ARGV[1])
else
  redis.call('PEXPIRE', KEYS[1], ARGV[4])
  redis.call('ZADD', KEYS[3], now + ARGV[4], ARGV[1])
end
for _, id in ipairs(redis.call('ZRANGEBYSCORE', KEYS[3], '-inf', now, 'LIMIT', 0, 20)) do
  if redis.call('EXISTS', ARGV[5] .. id) == 0 then
    redis.call('ZREM', KEYS[2], id)
    redis.call('ZREM', KEYS[3], id)
  end
end
return version + 1`;

/** Deletes when the version is as wanted. KEYS as above; ARGV: id, wanted version or ''. */
const deleteScript = `
local version = redis.call('HGET', KEYS[1], 'v')
if not version then return 0 end
if ARGV[2] ~= '' and ARGV[2] ~= version then return 0 end
redis.call('DEL', KEYS[1])
redis.call('ZREM', KEYS[2], ARGV[1])
redis.call('ZREM', KEYS[3], ARGV[1])
return 1`;

/** Forgets the ids of records that are gone. KEYS: ids, ids by expiry; ARGV: the prefix of record keys, then the ids. */
const pruneScript = `
for i = 2, #ARGV do
  if redis.call('EXISTS', ARGV[1] .. ARGV[i]) == 0 then
    redis.call('ZREM', KEYS[1], ARGV[i])
    redis.call('ZREM', KEYS[2], ARGV[i])
  end
end`;

interface Scripts {
  put(...args: string[]): Promise<number>;
  delete(...args: string[]): Promise<number>;
  prune(...args: string[]): Promise<unknown>;
}

/**
 * Records as hashes `<prefix>:r:<collection>:<id>` with version `v` and JSON `j`, and one sorted set of ids a collection.
 * With a hash tag as prefix, as in `{callboard}`, all keys lie in one slot of a cluster.
 */
export function createRedisRecords(
  redis: RedisClient,
  prefix: string,
  backend: BackendName,
): RecordStore {
  const scripts = defineScripts(redis);

  async function ask<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (thrown) {
      throw toStorageError(thrown, backend);
    }
  }

  return {
    async get<T extends JsonValue>(collection: string, id: string) {
      const { record } = keysOf(prefix, collection, id);
      const [version, text] = await ask(() => redis.hmget(record, "v", "j"));
      return typeof text === "string" ? toRecord<T>(id, text, Number(version)) : undefined;
    },
    async put(collection, id, value, { ifVersion, ttlMs } = {}) {
      const { record, ids, expiry, records } = keysOf(prefix, collection, id);
      const [wanted, ttl] = [String(ifVersion ?? ""), String(expectTtl(ttlMs) ?? "")];
      const text = encodeValue(value);
      const version = await ask(() =>
        scripts.put(record, ids, expiry, id, text, wanted, ttl, records),
      );
      return version === 0 ? undefined : version;
    },
    async delete(collection, id, { ifVersion } = {}) {
      const { record, ids, expiry } = keysOf(prefix, collection, id);
      const wanted = String(ifVersion ?? "");
      return (await ask(() => scripts.delete(record, ids, expiry, id, wanted))) === 1;
    },
    async list<T extends JsonValue>(
      collection: string,
      { afterId = "", limit = defaultLimit }: { afterId?: string; limit?: number } = {},
    ) {
      checkId("collection", collection);
      return ask(() => listRecords<T>(redis, scripts, { prefix, collection, afterId, limit }));
    },
  };
}

/** Ids come in pages; those of records that expired are left out and forgotten on the way. */
async function listRecords<T extends JsonValue>(
  redis: RedisClient,
  scripts: Scripts,
  page: { prefix: string; collection: string; afterId: string; limit: number },
): Promise<StoredRecord<T>[]> {
  const { ids: idsKey, expiry, records } = collectionKeys(page.prefix, page.collection);
  const found: StoredRecord<T>[] = [];
  let from = page.afterId === "" ? "-" : `(${page.afterId}`;
  while (found.length < page.limit) {
    const ids = await redis.zrangebylex(idsKey, from, "+", "LIMIT", 0, page.limit - found.length);
    const last = ids.at(-1);
    if (last === undefined) break;
    const gone: string[] = [];
    const rows = await Promise.all(ids.map((id) => redis.hmget(records + id, "v", "j")));
    for (const [index, id] of ids.entries()) {
      const [version, text] = rows[index] ?? [];
      if (typeof text === "string") found.push(toRecord<T>(id, text, Number(version)));
      else gone.push(id);
    }
    if (gone.length > 0) await scripts.prune(idsKey, expiry, records, ...gone);
    from = `(${last}`;
  }
  return found;
}

function collectionKeys(prefix: string, collection: string) {
  // encoded, so that its end is certain
  const name = encodeURIComponent(collection);
  return {
    ids: `${prefix}:i:${name}`,
    expiry: `${prefix}:e:${name}`,
    records: `${prefix}:r:${name}:`,
  };
}

function keysOf(prefix: string, collection: string, id: string) {
  checkId("collection", collection);
  checkId("record", id);
  const keys = collectionKeys(prefix, collection);
  return { ...keys, record: keys.records + id };
}

function defineScripts(redis: RedisClient): Scripts {
  redis.defineCommand("callboardPut", { numberOfKeys: 3, lua: putScript });
  redis.defineCommand("callboardDelete", { numberOfKeys: 3, lua: deleteScript });
  redis.defineCommand("callboardPrune", { numberOfKeys: 2, lua: pruneScript });
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- defineCommand adds the methods at run time
  const client = redis as unknown as Record<
    "callboardPut" | "callboardDelete" | "callboardPrune",
    (...args: string[]) => Promise<number>
  >;
  return {
    put: (...args) => client.callboardPut(...args),
    delete: (...args) => client.callboardDelete(...args),
    prune: (...args) => client.callboardPrune(...args),
  };
}
