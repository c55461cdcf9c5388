/** Examines Redis: it must evict nothing, hold what is bounded, and be the one that writes. */
import type { RedisConnection } from "../../redis/client.ts";
import type { RedisNeeds } from "../redis-bounds.ts";
import { type Finding, ok, warning, wrong } from "./finding.ts";

/** What `INFO` tells, by name. */
export type RedisInfo = ReadonlyMap<string, string>;

const MAJOR_MIN = 7;
const MEGABYTE = 1 << 20;

/** Of each node that holds keys: one server, or the primaries of a cluster. */
export async function readInfos(redis: RedisConnection): Promise<RedisInfo[]> {
  const texts = await redis.everyNode<Buffer>(["INFO", "everything"]);
  return texts.map((text) => readInfo(text.toString()));
}

function readInfo(text: string): RedisInfo {
  const info = new Map<string, string>();
  for (const line of text.split("\r\n")) {
    const colon = line.indexOf(":");
    if (colon > 0) info.set(line.slice(0, colon), line.slice(colon + 1));
  }
  return info;
}

/** Each check once, as it is where it is worst. `isCluster`: REDIS_URL names one. */
export function judgeRedis(
  infos: readonly RedisInfo[],
  needs: RedisNeeds,
  isCluster: boolean,
): Finding[] {
  const [first = [], ...others] = infos.map((info) => judgeNode(info, needs, isCluster));
  return first.map((finding, at) =>
    others.reduce((worst, node) => worseOf(worst, node[at] ?? worst), finding),
  );
}

function worseOf(one: Finding, other: Finding): Finding {
  return SEVERITY.indexOf(other.state) > SEVERITY.indexOf(one.state) ? other : one;
}

const SEVERITY = ["ok", "warning", "wrong"];

function judgeNode(info: RedisInfo, needs: RedisNeeds, isCluster: boolean): Finding[] {
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
    judgeCluster(info, isCluster),
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

function judgeCluster(info: RedisInfo, isCluster: boolean): Finding {
  if (info.get("cluster_enabled") !== "1") return ok("Redis cluster", "off");
  if (isCluster) return ok("Redis cluster", "on, and all nodes are known");
  return wrong(
    "Redis cluster",
    "on, but REDIS_URL names one server: keys of other nodes are refused",
    "REDIS_URL=redis+cluster://host:port,host:port with some of its nodes",
  );
}

function megabytes(bytes: number): string {
  return `${Math.round(bytes / MEGABYTE)} MiB`;
}
