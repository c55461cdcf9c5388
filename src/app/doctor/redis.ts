/** Examines Redis: it must evict nothing, hold what is bounded, and be the one that writes. */
import type { RedisConnection } from "../../redis/client.ts";
import type { RedisNeeds } from "../redis-bounds.ts";
import { type Finding, ok, warning, wrong } from "./finding.ts";

/** What `INFO` tells, by name. */
export type RedisInfo = ReadonlyMap<string, string>;

const MAJOR_MIN = 7;
const MEGABYTE = 1 << 20;

export async function readInfo(redis: RedisConnection): Promise<RedisInfo> {
  const text = (await redis.command<Buffer>(["INFO", "everything"])).toString();
  const info = new Map<string, string>();
  for (const line of text.split("\r\n")) {
    const colon = line.indexOf(":");
    if (colon > 0) info.set(line.slice(0, colon), line.slice(colon + 1));
  }
  return info;
}

export function judgeRedis(info: RedisInfo, needs: RedisNeeds): Finding[] {
  const version = info.get("redis_version") ?? "unknown";
  const isNew = Number.parseInt(version, 10) >= MAJOR_MIN;
  return [
    isNew
      ? ok("Redis version", version)
      : wrong("Redis version", `${version} is too old`, "upgrade to Redis 7 or newer"),
    info.get("role") === "slave"
      ? wrong("Redis role", "a replica: nothing can be written", "name the primary in REDIS_URL")
      : ok("Redis role", "primary"),
    judgeEviction(info),
    judgeMemory(info, needs),
    judgePersistence(info),
    judgeCluster(info),
  ];
}

function judgeEviction(info: RedisInfo): Finding {
  const policy = info.get("maxmemory_policy") ?? "unknown";
  if (policy === "noeviction") return ok("Redis eviction", policy);
  return wrong(
    "Redis eviction",
    `${policy}: what was taken can vanish from the stream`,
    'redis-cli -u "$REDIS_URL" CONFIG SET maxmemory-policy noeviction (and CONFIG REWRITE)',
  );
}

function judgeMemory(info: RedisInfo, { streamBytes, neededBytes: needed }: RedisNeeds): Finding {
  const check = "Redis memory";
  const limit = Number(info.get("maxmemory") ?? 0);
  const machine = Number(info.get("total_system_memory") ?? 0);
  const what = `may need ${megabytes(needed)} (a full stream ${megabytes(streamBytes)}), `;
  const mend =
    `redis-cli -u "$REDIS_URL" CONFIG SET maxmemory ${Math.ceil(needed)}, ` +
    "or lower LINNET_STREAM_BYTES";
  if (limit === 0 && machine > 0 && machine < needed) {
    return warning(check, `${what}the machine has ${megabytes(machine)}`, mend);
  }
  if (limit === 0) return ok(check, `${what}no maxmemory is set`);
  if (limit >= needed) return ok(check, `${what}maxmemory is ${megabytes(limit)}`);
  const short = `${what}maxmemory is only ${megabytes(limit)}`;
  return limit < streamBytes ? wrong(check, short, mend) : warning(check, short, mend);
}

function judgePersistence(info: RedisInfo): Finding {
  const check = "Redis persistence";
  const aofFailed = info.get("aof_last_write_status") === "err";
  const rdbFailed = info.get("rdb_last_bgsave_status") === "err";
  if (aofFailed || rdbFailed) {
    const which = aofFailed ? "the append-only file" : "a snapshot";
    return wrong(check, `writing ${which} failed`, "look at the disk and at Redis' own log");
  }
  if (info.get("aof_enabled") === "1") return ok(check, "append-only file");
  return warning(
    check,
    "no append-only file: after a restart what was taken and not yet stored is answered 504",
    'redis-cli -u "$REDIS_URL" CONFIG SET appendonly yes (and CONFIG REWRITE)',
  );
}

function judgeCluster(info: RedisInfo): Finding {
  if (info.get("cluster_enabled") !== "1") return ok("Redis cluster", "off");
  return warning(
    "Redis cluster",
    "on: keys that one script touches share a slot, but one REDIS_URL reaches one node",
    "see docs/redis.md for what is supported, or use a single Redis with a replica",
  );
}

function megabytes(bytes: number): string {
  return `${Math.round(bytes / MEGABYTE)} MiB`;
}
