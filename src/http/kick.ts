/**
 * Kicking a user: his tokens are revoked and his connections closed; and tickets for connections.
 */
import { z } from "@hono/zod-openapi";
import type { Clock } from "../base/clock.ts";
import type { Tokens } from "../base/token.ts";
import { DEVICES } from "../gateway/server.ts";
import type { Revocation } from "../gateway/revocations.ts";
import { issueTicket, TICKET_SECONDS } from "../gateway/tickets.ts";
import type { Sql } from "../postgres/client.ts";
import type { RedisConnection } from "../redis/client.ts";
import { revokeTokens } from "../store/revoke-tokens.ts";
import { CODE } from "../wire/errors.ts";
import { Done, type Outcome, Refusal } from "./answer.ts";
import { type Caller, usersNamed } from "./auth.ts";
import type { Endpoints } from "./endpoints.ts";
import { nameField } from "./fields.ts";

const KICK = z.object({
  userId: nameField("Who is kicked"),
  device: z.enum(DEVICES).optional().openapi({ description: "Absent: all his devices" }),
});

export interface KickParts {
  sql: Sql;
  redis: RedisConnection;
  tokens: Tokens;
  clock: Clock;
  /** Tells every gateway. */
  kicked: (revocation: Revocation) => void;
}

export function addKick(endpoints: Endpoints, parts: KickParts): void {
  endpoints.add({
    method: "post",
    path: "/openapi/v1/user/kick",
    tag: "users",
    summary: "Close a user's connections and revoke the tokens that he has",
    access: "application",
    input: KICK,
    example: { userId: "alice", device: "im_web" },
    data: z.object({
      revokedUntil: z.int().openapi({ description: "ms; tokens issued until then are refused" }),
    }),
    handle: ({ userId, device = "" }) => kick(parts, userId, device),
  });
  endpoints.add({
    method: "post",
    path: "/openapi/v1/user/ticket",
    tag: "users",
    summary: "A ticket that opens one connection, for /ws?ticket=…",
    access: "anyone known",
    input: z.object({}),
    example: {},
    data: z.object({ ticket: z.string(), seconds: z.int() }),
    handle: (_, caller) => ticket(parts, caller),
  });
}

/** Done when it is committed: a gateway that can't be told now reads it within a minute. */
async function kick(parts: KickParts, name: string, device: string): Promise<Outcome> {
  const ids = await usersNamed(parts.sql, [name], "body.userId");
  if (ids instanceof Refusal) return ids;
  const userId = ids[0] as number;
  const revocation = await revokeTokens(parts.sql, userId, device, null);
  parts.kicked(revocation);
  return new Done({ revokedUntil: revocation.untilMs });
}

async function ticket(parts: KickParts, { claims }: Caller): Promise<Outcome> {
  if (claims === undefined) {
    return new Refusal(CODE.forbidden, "Authorization: Bearer is required for this call");
  }
  const { redis, tokens, clock } = parts;
  if (!redis.ready) return new Refusal(CODE.unavailable, "Redis is away");
  const issued = await issueTicket(redis, tokens, claims, clock.wallMs());
  return new Done({ ticket: issued, seconds: TICKET_SECONDS });
}
