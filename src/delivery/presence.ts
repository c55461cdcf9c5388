/** Presence: which gateways hold a user's connections, in Redis, looked up after the commit. */
import type { RedisConnection } from "../redis/client.ts";
import { GATEWAYS, presenceBucket, presenceKey } from "../redis/keys.ts";
import { SCRIPT } from "../redis/scripts.ts";

export interface Joined {
  /** 0 when a renewal lost against a newer connection. */
  generation: number;
  /** The connection that this one replaces, if any. */
  replaced: { gatewayId: string; generation: number } | undefined;
}

/** Registers a connection; `generation` 0 asks for a new one, else renews that one. */
export async function joinPresence(
  redis: RedisConnection,
  gatewayId: string,
  userId: number,
  device: string,
  generation: number,
): Promise<Joined> {
  const [given, replaced] = await redis.script<[number, Buffer]>(
    SCRIPT.presenceJoin,
    [presenceKey(presenceBucket(userId))],
    [String(userId), device, gatewayId, String(generation)],
  );
  const parts = replaced.toString().split("/");
  if (parts.length !== 2) return { generation: given, replaced: undefined };
  return {
    generation: given,
    replaced: { gatewayId: parts[0] as string, generation: Number(parts[1]) },
  };
}

export async function leavePresence(
  redis: RedisConnection,
  gatewayId: string,
  userId: number,
  device: string,
  generation: number,
): Promise<void> {
  await redis.script(
    SCRIPT.presenceLeave,
    [presenceKey(presenceBucket(userId))],
    [String(userId), device, String(generation), gatewayId],
  );
}

/** The gateways of each user who is online. */
export async function lookupPresence(
  redis: RedisConnection,
  userIds: Iterable<number>,
): Promise<Map<number, string[]>> {
  const buckets = new Map<number, number[]>();
  for (const userId of userIds) {
    const bucket = presenceBucket(userId);
    const users = buckets.get(bucket);
    if (users === undefined) buckets.set(bucket, [userId]);
    else users.push(userId);
  }
  const found = new Map<number, string[]>();
  const lookups = [...buckets].map(async ([bucket, users]) => {
    const values = await redis.command<(Buffer | null)[]>([
      "HMGET",
      presenceKey(bucket),
      ...users.map(String),
    ]);
    for (let i = 0; i < users.length; i++) {
      const value = values[i];
      if (value) found.set(users[i] as number, gatewaysOf(value.toString()));
    }
  });
  await Promise.all(lookups);
  return found;
}

/** All gateways whose lease stood lately. */
export async function livingGateways(redis: RedisConnection): Promise<string[]> {
  const ids = await redis.command<Buffer[]>(["ZRANGE", GATEWAYS, "0", "-1"]);
  return ids.map(String);
}

/** "ios=gw1/17,web=gw2/18" → gw1, gw2. */
export function gatewaysOf(value: string): string[] {
  const gateways: string[] = [];
  for (const part of value.split(",")) {
    const gateway = part.slice(part.indexOf("=") + 1, part.lastIndexOf("/"));
    if (!gateways.includes(gateway)) gateways.push(gateway);
  }
  return gateways;
}
