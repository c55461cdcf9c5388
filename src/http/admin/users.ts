/** Administration of users: found, banned, their connections and tokens. */
import { z } from "@hono/zod-openapi";
import { lookupDevices } from "../../delivery/presence.ts";
import type { Revocation } from "../../gateway/revocations.ts";
import type { Sql } from "../../postgres/client.ts";
import type { RedisConnection } from "../../redis/client.ts";
import { revokeTokens } from "../../store/revoke-tokens.ts";
import { CODE } from "../../wire/errors.ts";
import { Done, type Outcome, Refusal } from "../answer.ts";
import { usersNamed } from "../auth.ts";
import { flagField, limitField, nameField, positionField, textField } from "../fields.ts";
import { type AdminCalls, containing, pageById } from "./calls.ts";

export interface AdminUserParts {
  sql: Sql;
  redis: RedisConnection;
  /** Tells every gateway. */
  kicked: (revocation: Revocation) => void;
}

/** The last ms that a date of JavaScript can say. */
const MS_MAX = 8_640_000_000_000_000;

const USER = z.object({
  userId: z.string(),
  nickname: z.string(),
  avatar: z.string(),
  extras: z.string(),
  banned: z.boolean(),
  bannedUntil: z.int().nullable().openapi({ description: "ms; null: for ever, or not banned" }),
  banReason: z.string(),
  createdAt: z.int(),
  lastLogin: z.int().nullable(),
  lastSeen: z.int().nullable(),
});

const FIND = z.object({
  userId: nameField("This one").optional(),
  name: textField("Part of the nickname").optional(),
  banned: flagField("Only who is banned"),
  cursor: positionField("That of the page before").optional(),
  limit: limitField(),
});

const BAN = z.object({
  userId: nameField("Who is banned"),
  reason: textField("He is told at login").optional(),
  until: z.int().min(0).max(MS_MAX).optional().openapi({ description: "ms; absent: for ever" }),
});

const ONE = z.object({ userId: nameField("Whom it is about") });

interface UserRow {
  id: number;
  userId: string;
  [name: string]: unknown;
}

export function addAdminUsers(calls: AdminCalls, parts: AdminUserParts): void {
  calls.add({
    method: "get",
    path: "user",
    summary: "Users, found or all, in pages",
    input: FIND,
    target: ["userId", "name"],
    data: z.object({ users: z.array(USER), cursor: z.string() }),
    handle: (input) => findUsers(parts.sql, input),
  });
  calls.add({
    method: "post",
    path: "user/ban",
    summary: "Ban a user: his connections close, his tokens and his logins are refused",
    input: BAN,
    example: { userId: "mallory", reason: "spam", until: 1_800_000_000_000 },
    target: ["userId", "reason", "until"],
    data: z.object({ bannedUntil: z.int().nullable() }),
    handle: (input) => ban(parts, input),
  });
  calls.add({
    method: "post",
    path: "user/unban",
    summary: "End a ban; the user logs in again",
    input: ONE,
    example: { userId: "mallory" },
    target: ["userId"],
    data: z.null(),
    handle: ({ userId }) => unban(parts, userId),
  });
  calls.add({
    method: "get",
    path: "user/device",
    summary: "A user's live connections, and which of his tokens are revoked",
    input: ONE,
    target: ["userId"],
    data: z.object({
      devices: z.array(
        z.object({ device: z.string(), gateway: z.string(), background: z.boolean() }),
      ),
      revoked: z.array(z.object({ device: z.string(), until: z.int() })),
    }),
    handle: ({ userId }) => devicesOf(parts, userId),
  });
}

async function findUsers(sql: Sql, input: z.infer<typeof FIND>): Promise<Outcome> {
  const { userId = null, name = null, banned, cursor = 0, limit } = input;
  const pattern = name === null ? null : containing(name);
  const rows = await sql<UserRow[]>`
    SELECT u.id, u.external_id AS "userId", u.nickname, u.avatar, u.extras,
      u.status = 1 AND coalesce(u.banned_until > now(), true) AS banned,
      CASE WHEN u.status = 1 THEN floor(extract(epoch FROM u.banned_until) * 1000)::int8 END
        AS "bannedUntil",
      coalesce(u.ban_reason, '') AS "banReason",
      floor(extract(epoch FROM u.created_at) * 1000)::int8 AS "createdAt",
      floor(extract(epoch FROM u.last_login_at) * 1000)::int8 AS "lastLogin",
      floor(extract(epoch FROM s.at) * 1000)::int8 AS "lastSeen"
    FROM users u LEFT JOIN last_seen s ON s.user_id = u.id
    WHERE u.id > ${cursor} AND (${userId}::text IS NULL OR u.external_id = ${userId}::text)
      AND (${pattern}::text IS NULL OR u.nickname ILIKE ${pattern}::text)
      AND (NOT ${banned}::bool OR (u.status = 1 AND coalesce(u.banned_until > now(), true)))
    ORDER BY u.id LIMIT ${limit + 1}`;
  const page = pageById(rows, limit);
  return new Done({ users: page.rows, cursor: page.cursor });
}

async function ban(parts: AdminUserParts, input: z.infer<typeof BAN>): Promise<Outcome> {
  const { userId: name, reason = "", until = null } = input;
  const ids = await usersNamed(parts.sql, [name], "body.userId");
  if (ids instanceof Refusal) return ids;
  const userId = ids[0] as number;
  const revocation = await parts.sql.begin(async (sql) => {
    // The row's lock orders it with logins: who came first has a token that is revoked below.
    const banned = await sql`
      UPDATE users SET status = 1, ban_reason = ${reason},
        banned_until = to_timestamp(${until}::int8 / 1000.0)
      WHERE id = ${userId}
        AND coalesce(to_timestamp(${until}::int8 / 1000.0) > clock_timestamp(), true)
      RETURNING id`;
    if (banned.length === 0) return undefined;
    return await revokeTokens(sql, userId, "", until ?? MS_MAX);
  });
  if (revocation === undefined) return new Refusal(CODE.malformed, "body.until: is over");
  parts.kicked(revocation);
  return new Done({ bannedUntil: until });
}

async function unban(parts: AdminUserParts, name: string): Promise<Outcome> {
  const ids = await usersNamed(parts.sql, [name], "body.userId");
  if (ids instanceof Refusal) return ids;
  const userId = ids[0] as number;
  const revocation = await parts.sql.begin(async (sql) => {
    const [row] = await sql<{ stood: boolean }[]>`
      UPDATE users u SET status = 0, ban_reason = NULL, banned_until = NULL
      FROM (SELECT id, coalesce(banned_until > now(), true) AS stood FROM users
        WHERE id = ${userId} AND status = 1 FOR UPDATE) b
      WHERE u.id = b.id RETURNING b.stood`;
    // After a ban that had run out he may have logged in: those tokens stay good.
    return row?.stood === true ? await revokeTokens(sql, userId, "", 0) : undefined;
  });
  if (revocation !== undefined) parts.kicked(revocation);
  return new Done(null);
}

async function devicesOf({ sql, redis }: AdminUserParts, name: string): Promise<Outcome> {
  const ids = await usersNamed(sql, [name], "query.userId");
  if (ids instanceof Refusal) return ids;
  const userId = ids[0] as number;
  if (!redis.ready) return new Refusal(CODE.unavailable, "Redis is away");
  const found = await lookupDevices(redis, [userId]);
  const revoked = await sql`
    SELECT device, until_ms AS until FROM revocations WHERE user_id = ${userId} ORDER BY device`;
  const devices = (found.get(userId) ?? []).map(({ name: device, gatewayId, background }) => {
    return { device, gateway: gatewayId, background };
  });
  return new Done({ devices, revoked });
}
