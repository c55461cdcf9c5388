/** Login and registration: the host application makes its users known and gets their tokens. */
import { z } from "@hono/zod-openapi";
import type { Clock } from "../base/clock.ts";
import { TOKEN_SECONDS, type Tokens } from "../base/token.ts";
import { DEVICES } from "../gateway/server.ts";
import type { Sql } from "../postgres/client.ts";
import { CODE } from "../wire/errors.ts";
import { Done, Refusal } from "./answer.ts";
import type { Endpoints } from "./endpoints.ts";
import { jsonTextField, nameField, textField } from "./fields.ts";

const INPUT = z.object({
  id: nameField("The host application's own id of the user"),
  nickname: textField("Absent: unchanged").optional(),
  avatar: textField("Absent: unchanged").optional(),
  device: z.enum(DEVICES).optional().openapi({ description: "Absent: any device" }),
  extras: jsonTextField("A string or an object, kept as its JSON text").optional(),
});

const USER = z.object({
  id: z.string(),
  nickname: z.string(),
  avatar: z.string(),
  userStatus: z.int(),
  lastLoginTime: z.int().nullable().openapi({ description: "ms; null: never" }),
  extras: z.string(),
});

interface UserRow {
  id: number;
  external_id: string;
  nickname: string;
  avatar: string;
  extras: string;
  status: number;
  last_login_ms: number | null;
  now_ms: number;
  /** Null: not banned. */
  ban_reason: string | null;
}

export function addLogin(endpoints: Endpoints, parts: { sql: Sql; tokens: Tokens; clock: Clock }) {
  const { sql, tokens, clock } = parts;
  endpoints.add({
    method: "post",
    path: "/openapi/v1/user/login",
    tag: "users",
    summary: "Log a user in, who is made on the first login",
    access: "application",
    input: INPUT,
    example: { id: "alice", nickname: "Alice", device: "im_web" },
    data: z.object({
      imUserVo: USER,
      token: z.string().openapi({ example: "Bearer eyJhbGciOiJIUzI1NiJ9.e30.AAAA" }),
    }),
    handle: async (input) => {
      const row = await upsertUser(sql, input, true);
      if (row.ban_reason !== null) return new Refusal(CODE.forbidden, banned(row.ban_reason));
      const token = tokens.sign({
        sub: row.external_id,
        uid: row.id,
        dev: input.device ?? "",
        // By Postgres' clock, as revocations; to the ms, since who is kicked may come back at once.
        iat: row.now_ms / 1000,
        exp: Math.floor(clock.wallMs() / 1000) + TOKEN_SECONDS,
      });
      return new Done({ imUserVo: shown(row), token: `Bearer ${token}` });
    },
  });
  endpoints.add({
    method: "post",
    path: "/openapi/v1/user/register",
    tag: "users",
    summary: "Make a user, or change one, without a token",
    access: "application",
    input: INPUT,
    example: { id: "bob", nickname: "Bob" },
    data: z.object({ imUserVo: USER }),
    handle: async (input) => new Done({ imUserVo: shown(await upsertUser(sql, input, false)) }),
  });
}

/** What is absent stays as it is. */
async function upsertUser(sql: Sql, input: z.infer<typeof INPUT>, login: boolean) {
  const { id, nickname = null, avatar = null, extras = null } = input;
  const [row] = await sql<UserRow[]>`
    INSERT INTO users AS u (external_id, nickname, avatar, extras, last_login_at)
    VALUES (${id}, coalesce(${nickname}::text, ''), coalesce(${avatar}::text, ''),
      coalesce(${extras}::text, ''), CASE WHEN ${login}::bool THEN now() END)
    ON CONFLICT (external_id) DO UPDATE SET
      nickname = coalesce(${nickname}::text, u.nickname),
      avatar = coalesce(${avatar}::text, u.avatar),
      extras = coalesce(${extras}::text, u.extras),
      last_login_at = coalesce(excluded.last_login_at, u.last_login_at)
    RETURNING id, external_id, nickname, avatar, extras,
      CASE WHEN u.status = 1 AND coalesce(u.banned_until > now(), true) THEN 1 ELSE 0 END AS status,
      CASE WHEN u.status = 1 AND coalesce(u.banned_until > now(), true)
        THEN ban_reason END AS ban_reason,
      floor(extract(epoch FROM last_login_at) * 1000)::int8 AS last_login_ms,
      floor(extract(epoch FROM clock_timestamp()) * 1000)::int8 AS now_ms`;
  return row as UserRow;
}

function banned(reason: string): string {
  return reason === "" ? "the user is banned" : `the user is banned: ${reason}`;
}

function shown(row: UserRow) {
  return {
    id: row.external_id,
    nickname: row.nickname,
    avatar: row.avatar,
    userStatus: row.status,
    lastLoginTime: row.last_login_ms,
    extras: row.extras,
  };
}
