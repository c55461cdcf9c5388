/** Presence: which gateways hold a user's connections, in Redis, looked up after the commit. */
import type { RedisConnection } from "../redis/client.ts";
import {
  GATEWAYS,
  leavingKey,
  PRESENCE_BUCKETS,
  presenceBucket,
  presenceKey,
} from "../redis/keys.ts";
import { SCRIPT } from "../redis/scripts.ts";

export interface Joined {
  /** 0 when a renewal lost against a newer connection. */
  generation: number;
  /** The connection that this one replaces, if any. */
  replaced: { gatewayId: string; generation: number } | undefined;
  /** Whether the user was not online before, and others had heard so. */
  came: boolean;
}

/** A device of a user, as presence has it. */
export interface Device {
  name: string;
  gatewayId: string;
  background: boolean;
}

/** Registers a connection; `generation` 0 asks for a new one, else renews that one. */
export async function joinPresence(
  redis: RedisConnection,
  gatewayId: string,
  userId: number,
  device: string,
  generation: number,
  background = false,
): Promise<Joined> {
  const [given, replaced, first] = await redis.script<[number, Buffer, number]>(
    SCRIPT.presenceJoin,
    keysOf(userId),
    [String(userId), device, gatewayId, String(generation), background ? "b" : ""],
  );
  const parts = replaced.toString().split("/");
  const came = first === 1;
  if (parts.length !== 2) return { generation: given, replaced: undefined, came };
  return {
    generation: given,
    came,
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
  await redis.script(SCRIPT.presenceLeave, keysOf(userId), [
    String(userId),
    device,
    String(generation),
    gatewayId,
  ]);
}

function keysOf(userId: number): string[] {
  const bucket = presenceBucket(userId);
  return [presenceKey(bucket), leavingKey(bucket)];
}

/** The gateways of each user who is online. */
export function lookupPresence(
  redis: RedisConnection,
  userIds: Iterable<number>,
): Promise<Map<number, string[]>> {
  return lookup(redis, userIds, gatewaysOf);
}

/** The devices of each user who is online. */
export function lookupDevices(
  redis: RedisConnection,
  userIds: Iterable<number>,
): Promise<Map<number, Device[]>> {
  return lookup(redis, userIds, devicesOf);
}

async function lookup<Found>(
  redis: RedisConnection,
  userIds: Iterable<number>,
  read: (value: string) => Found,
): Promise<Map<number, Found>> {
  const buckets = new Map<number, number[]>();
  for (const userId of userIds) {
    const bucket = presenceBucket(userId);
    const users = buckets.get(bucket);
    if (users === undefined) buckets.set(bucket, [userId]);
    else users.push(userId);
  }
  const found = new Map<number, Found>();
  const lookups = [...buckets].map(async ([bucket, users]) => {
    const values = await redis.command<(Buffer | null)[]>([
      "HMGET",
      presenceKey(bucket),
      ...users.map(String),
    ]);
    for (let i = 0; i < users.length; i++) {
      const value = values[i];
      if (value) found.set(users[i] as number, read(value.toString()));
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

/** "ios=gw1/17b,web=gw2/18" → ios in the background at gw1, web at gw2. */
export function devicesOf(value: string): Device[] {
  return value.split(",").map((part) => {
    const equals = part.indexOf("=");
    const gatewayId = part.slice(equals + 1, part.lastIndexOf("/"));
    return { name: part.slice(0, equals), gatewayId, background: part.endsWith("b") };
  });
}

/** A part of all who are online. */
export interface PresencePage {
  users: Map<number, Device[]>;
  /** "" at the end. */
  cursor: string;
}

/**
 * Walks through all who are online. Who comes or goes meanwhile may be there or not, or twice; a
 * part may be empty. Undefined for a cursor that is none.
 */
export async function scanPresence(
  redis: RedisConnection,
  cursor: string,
  count: number,
): Promise<PresencePage | undefined> {
  const [, at = "0", position = "0"] = CURSOR.exec(cursor === "" ? "0-0" : cursor) ?? [];
  const bucket = Number(at);
  if (!CURSOR.test(cursor === "" ? "0-0" : cursor) || bucket >= PRESENCE_BUCKETS) return undefined;
  const scan = ["HSCAN", presenceKey(bucket), position, "COUNT", String(count)];
  const [next, flat] = await redis.command<[Buffer, Buffer[]]>(scan);
  const users = new Map<number, Device[]>();
  for (let i = 0; i + 1 < flat.length; i += 2) {
    users.set(Number(String(flat[i])), devicesOf(String(flat[i + 1])));
  }
  if (String(next) !== "0") return { users, cursor: `${bucket}-${String(next)}` };
  const last = bucket + 1 === PRESENCE_BUCKETS;
  return { users, cursor: last ? "" : `${bucket + 1}-0` };
}

const CURSOR = /^(\d{1,2})-(\d{1,20})$/;

/** Users who left `dampMs` ago and did not come back, each told to one caller alone, and when. */
export async function takeGone(
  redis: RedisConnection,
  dampMs: number,
  usersMax: number,
): Promise<Map<number, number>> {
  const gone = new Map<number, number>();
  const taken = Array.from({ length: PRESENCE_BUCKETS }, async (_, bucket) => {
    const args = [String(dampMs), String(usersMax)];
    const flat = await redis.script<Buffer[]>(SCRIPT.presenceGone, [leavingKey(bucket)], args);
    for (let i = 0; i + 1 < flat.length; i += 2) {
      gone.set(Number(String(flat[i])), Number(String(flat[i + 1])));
    }
  });
  await Promise.all(taken);
  return gone;
}
