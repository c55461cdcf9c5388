/** USER_ONLINE (53) and USER_OFFLINE (54): who is online, whom to watch, where this device is. */
import type { Clock } from "../base/clock.ts";
import { joinPresence } from "../delivery/presence.ts";
import { answered, type Command, type CommandAnswer, refusedWith } from "../gateway/command.ts";
import type { Sessions } from "../gateway/sessions.ts";
import type { Watches } from "../gateway/watches.ts";
import { friendsOnline } from "../path/online-page.ts";
import type { PresenceNews } from "../path/presence-news.ts";
import type { Sql } from "../postgres/client.ts";
import type { RedisConnection } from "../redis/client.ts";
import { blockedBy } from "../store/acquaintances.ts";
import { userIdsOf } from "../store/users.ts";
import { CODE } from "../wire/errors.ts";
import { flagOf, namesOf, textOf } from "./parameters.ts";

interface Parts {
  sql: Sql;
  redis: RedisConnection;
  clock: Clock;
  gatewayId: string;
  sessions: Sessions;
  watches: Watches;
  news: PresenceNews;
}

export function onlineCommand(parts: Parts): Command {
  return async ({ slot, sender, envelope }) => {
    const { sql, sessions, watches } = parts;
    const generation = sessions.generations[slot];
    const data = envelope.content?.data ?? {};
    const names = namesOf(data, "watch");
    if (names.length > 0 || flagOf(data, "unwatch")) {
      const wanted = await watchable(sql, sender.userId, names);
      if (!Array.isArray(wanted)) return wanted;
      if (sessions.generations[slot] !== generation) return answered(CODE.unavailable);
      if (!watches.set(slot, wanted)) {
        return refusedWith(CODE.unavailable, "this gateway can hold no more watch lists");
      }
    }
    if (textOf(data, "cursor") === "") await showState(parts, slot, false);
    const watched = watches.ofSlot(slot);
    const page = await friendsOnline(parts, sender.userId, watched, {
      cursor: textOf(data, "cursor"),
      offline: flagOf(data, "offline"),
    });
    if (page === undefined) return refusedWith(CODE.malformed, "content.data.cursor is none");
    return answered(CODE.ok, page);
  };
}

export function backgroundCommand(parts: Parts): Command {
  return async ({ slot }) => {
    await showState(parts, slot, true);
    return answered(CODE.ok);
  };
}

/** Inner ids of those who may be watched. Whoever has blocked the watcher may not be. */
async function watchable(
  sql: Sql,
  userId: number,
  names: readonly string[],
): Promise<number[] | CommandAnswer> {
  const users = await userIdsOf(sql, names);
  if ("unknown" in users) return refusedWith(CODE.notFound, `there is no user ${users.unknown}`);
  if (users.ids.includes(userId))
    return refusedWith(CODE.forbidden, "content.data.watch: yourself");
  const blocker = await blockedBy(sql, userId, users.ids);
  if (blocker === undefined) return users.ids;
  return refusedWith(CODE.blocked, `content.data.watch: ${blocker} has blocked you`);
}

/** Writes the state of the device, and tells others, where it is another than before. */
async function showState(
  { redis, gatewayId, sessions, news }: Parts,
  slot: number,
  background: boolean,
): Promise<void> {
  const socket = sessions.socket(slot);
  const generation = sessions.generations[slot] as number;
  const state = background ? 1 : 0;
  if (socket === undefined || sessions.background[slot] === state) return;
  const { userId, device } = socket.data;
  sessions.background[slot] = state;
  await joinPresence(redis, gatewayId, userId, device, generation, background);
  news.changed(userId);
}
