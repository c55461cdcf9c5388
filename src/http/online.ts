/** Who is online: for the host application all users, for a user his friends. */
import { z } from "@hono/zod-openapi";
import type { Clock } from "../base/clock.ts";
import { everybodyOnline, friendsOnline } from "../path/online-page.ts";
import type { Sql } from "../postgres/client.ts";
import type { RedisConnection } from "../redis/client.ts";
import { CMD } from "../wire/commands.ts";
import { CODE } from "../wire/errors.ts";
import { Done, Refusal } from "./answer.ts";
import { actingUser } from "./auth.ts";
import type { Endpoints } from "./endpoints.ts";
import { flagField, nameField, textField } from "./fields.ts";
import { pageData } from "./pages.ts";

const ONLINE = z.object({
  cursor: textField("That of the page before").optional(),
  offline: flagField("A user's friends who are offline too, with no devices"),
  userId: nameField("With the app key: the friends of this user; absent: all users").optional(),
});

const USER = z.object({
  userId: z.string(),
  devices: z.array(z.string()).optional(),
  background: z.array(z.string()).optional(),
  lastSeen: z.int().optional(),
});

interface Parts {
  sql: Sql;
  redis: RedisConnection;
  clock: Clock;
}

export function addOnline(endpoints: Endpoints, parts: Parts): void {
  endpoints.add({
    method: "get",
    path: "/openapi/v1/online",
    tag: "presence",
    summary: "Who is online: all users, or the friends of one",
    access: "anyone known",
    input: ONLINE,
    data: z.object({ users: z.array(USER).optional(), cursor: z.string().optional() }),
    handle: async ({ cursor = "", offline, userId }, caller) => {
      const all = caller.user === undefined && userId === undefined;
      const page = all
        ? await everybodyOnline(parts, cursor)
        : await ofUser({ userId, cursor, offline });
      if (page instanceof Refusal) return page;
      if (page === undefined) return new Refusal(CODE.malformed, "query.cursor: not a cursor");
      return new Done(pageData(CMD.userOnline, page));

      async function ofUser(asked: {
        userId: string | undefined;
        cursor: string;
        offline: boolean;
      }) {
        const user = await actingUser(parts.sql, caller, asked.userId, "query.userId");
        if (user instanceof Refusal) return user;
        return await friendsOnline(parts, user.id, [], asked);
      }
    },
  });
}
