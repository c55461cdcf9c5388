/** Who is online, in pages, as commands and HTTP answer it. */
import type { Clock } from "../base/clock.ts";
import { type Device, livingGateways, lookupDevices, scanPresence } from "../delivery/presence.ts";
import type { Sql } from "../postgres/client.ts";
import type { RedisConnection } from "../redis/client.ts";
import { visibleUsers } from "../store/acquaintances.ts";
import { namesOf } from "../store/users.ts";
import type { Data } from "../wire/envelope.ts";
import { devicesShown } from "./presence-news.ts";

/** Users looked at for one page, online or not. */
const PAGE_USERS = 500;

interface Parts {
  sql: Sql;
  redis: RedisConnection;
  clock: Clock;
}

/** A user's friends and those he watches who are online; undefined for a cursor that is none. */
export async function friendsOnline(
  { sql, redis, clock }: Parts,
  userId: number,
  watched: readonly number[],
  { cursor, offline }: { cursor: string; offline: boolean },
): Promise<Data | undefined> {
  const after = cursor === "" ? 0 : /^\d{1,15}$/.test(cursor) ? Number(cursor) : -1;
  if (after < 0) return undefined;
  const visible = await visibleUsers(sql, userId, watched, after, PAGE_USERS);
  const ids = visible.map(({ id }) => id);
  const [devices, gateways] = await Promise.all([lookupDevices(redis, ids), livingGateways(redis)]);
  const users: Data[] = [];
  for (const { id, name, lastSeenMs } of visible) {
    const living = onLiving(devices.get(id), gateways);
    if (living.length > 0) users.push(shown(name, living, clock.wallMs()));
    else if (offline) users.push(shown(name, [], lastSeenMs));
  }
  return { users, cursor: visible.length < PAGE_USERS ? "" : String(ids.at(-1)) };
}

/** A part of all who are online, which may be empty; undefined for a cursor that is none. */
export async function everybodyOnline(
  { sql, redis, clock }: Parts,
  cursor: string,
): Promise<Data | undefined> {
  const page = await scanPresence(redis, cursor, PAGE_USERS);
  if (page === undefined) return undefined;
  const [names, gateways] = await Promise.all([
    namesOf(sql, [...page.users.keys()]),
    livingGateways(redis),
  ]);
  const users: Data[] = [];
  for (const [id, devices] of page.users) {
    const living = onLiving(devices, gateways);
    const name = names.get(id);
    if (name !== undefined && living.length > 0) users.push(shown(name, living, clock.wallMs()));
  }
  return { users, cursor: page.cursor };
}

/** What a gateway that died left in Redis is not there. */
function onLiving(devices: readonly Device[] | undefined, gateways: readonly string[]): Device[] {
  return devices?.filter(({ gatewayId }) => gateways.includes(gatewayId)) ?? [];
}

function shown(userId: string, devices: readonly Device[], lastSeenMs: number): Data {
  const lastSeen = lastSeenMs > 0 ? { lastSeen: lastSeenMs } : {};
  return { userId, ...devicesShown(devices), ...lastSeen };
}
