/**
 * What Linnet may keep in Redis, added up and held against what Redis may hold. Redis must not
 * evict: a stream that loses entries loses what was taken.
 */
import { DELIVERY_BYTES_MAX } from "../delivery/bus.ts";
import { ANSWERS_MAX } from "../delivery/call-answers.ts";
import { livingGateways } from "../delivery/presence.ts";
import type { Log } from "../base/log.ts";
import type { RedisConnection } from "../redis/client.ts";
import { type Config, ConfigError } from "./config.ts";

/**
 * What Redis itself takes for an entry of a presence hash with one in the set of those who left,
 * for an answered call, and for a seq counter.
 */
const PRESENCE_BYTES = 300;
const ANSWER_BYTES = 180;
const COUNTER_BYTES = 120;
/** Of the calls that were answered, and of those that were hung up. */
const CALLS_BYTES = 2 * ANSWERS_MAX * ANSWER_BYTES;
const CONNECTION_BYTES = PRESENCE_BYTES + CALLS_BYTES;
/** A stream's own overhead over the bytes of its payloads. */
const STREAM_OVERHEAD = 1.1;

export interface RedisNeeds {
  /** A full stream: what must never be evicted. */
  streamBytes: number;
  neededBytes: number;
}

/** What all bounds come to, for so many gateways. */
export function redisNeeds(values: Config["values"], gateways: number): RedisNeeds {
  const streamBytes = values.LINNET_STREAM_BYTES * STREAM_OVERHEAD;
  const neededBytes =
    streamBytes +
    gateways * (DELIVERY_BYTES_MAX + values.LINNET_CONNECTIONS_MAX * CONNECTION_BYTES) +
    values.LINNET_MEMORY_CONVERSATIONS * COUNTER_BYTES;
  return { streamBytes, neededBytes };
}

/** Throws ConfigError with the mend, when Redis can't hold what it is given. */
export async function checkRedis(
  redis: RedisConnection,
  { values }: Config,
  log: Log,
): Promise<void> {
  const gateways = new Set(await livingGateways(redis)).size + 1;
  for (const info of await redis.everyNode<Buffer>(["INFO", "memory"])) {
    checkNode(info.toString(), values, gateways, log);
  }
}

/** One node of a cluster may come to hold the stream and all else. */
function checkNode(info: string, values: Config["values"], gateways: number, log: Log): void {
  const field = (name: string) => new RegExp(`^${name}:(.*)`, "m").exec(info)?.[1]?.trim() ?? "";
  const policy = field("maxmemory_policy");
  // A service that doesn't tell is believed.
  if (policy !== "" && policy !== "noeviction") {
    throw new ConfigError(
      `REDIS_URL: this Redis evicts (maxmemory-policy ${policy}), and would lose messages that ` +
        'were taken; mend it with "CONFIG SET maxmemory-policy noeviction" and in redis.conf',
    );
  }
  const maxBytes = Number(field("maxmemory") || "0");
  if (maxBytes === 0) return;
  const { streamBytes, neededBytes } = redisNeeds(values, gateways);
  if (streamBytes > maxBytes) {
    throw new ConfigError(
      `LINNET_STREAM_BYTES (${values.LINNET_STREAM_BYTES}) is above what this Redis may hold ` +
        `(maxmemory ${maxBytes}): lower it, or raise maxmemory`,
    );
  }
  if (neededBytes <= maxBytes) return;
  log.warn(
    { neededBytes: Math.ceil(neededBytes), maxBytes, gateways },
    "Redis may hold less than all bounds together: where it is full, messages are answered 503",
  );
}
