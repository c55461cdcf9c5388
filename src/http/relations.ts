/** Relations of two users: friends made and unmade, users blocked. */
import { z } from "@hono/zod-openapi";
import type { Sql } from "../postgres/client.ts";
import { CMD } from "../wire/commands.ts";
import { CODE } from "../wire/errors.ts";
import { type Outcome, Refusal } from "./answer.ts";
import { actingUser, type Caller, type User, usersNamed } from "./auth.ts";
import { change, type ChangeParts } from "./change.ts";
import type { Endpoints } from "./endpoints.ts";
import { localIdField, nameField } from "./fields.ts";

const USER_ID = nameField("The user who acts; with a user's token the caller").optional();
const FRIEND = z.object({
  userId: USER_ID,
  friendId: nameField("The other"),
  localId: localIdField.optional(),
});
const BLOCK = z.object({
  userId: USER_ID,
  blockedId: nameField("Who is blocked"),
  localId: localIdField.optional(),
});

type Parts = ChangeParts & { sql: Sql };

export function addRelations(endpoints: Endpoints, parts: Parts): void {
  const friend = {
    path: "/openapi/v1/friend",
    tag: "relations",
    input: FRIEND,
    data: z.null(),
    example: { userId: "alice", friendId: "bob" },
  };
  endpoints.add({
    ...friend,
    method: "post",
    summary: "Make two users friends",
    access: "application",
    handle: async ({ userId, friendId, localId }, caller) =>
      relate(parts, caller, CMD.friendAdd, userId, { field: "friendId", name: friendId }, localId),
  });
  endpoints.add({
    ...friend,
    method: "delete",
    summary: "End a friendship",
    access: "anyone known",
    handle: async ({ userId, friendId, localId }, caller) => {
      const peer = { field: "friendId", name: friendId };
      return relate(parts, caller, CMD.friendDelete, userId, peer, localId);
    },
  });
  const block = {
    path: "/openapi/v1/block",
    tag: "relations",
    input: BLOCK,
    data: z.null(),
    example: { userId: "alice", blockedId: "bob" },
  };
  for (const method of ["post", "delete"] as const) {
    const blocked = method === "post" ? 1 : 0;
    endpoints.add({
      ...block,
      method,
      summary: blocked ? "Block a user" : "Unblock a user",
      access: "anyone known",
      handle: async ({ userId, blockedId, localId }, caller) => {
        const peer = { field: "blockedId", name: blockedId };
        return relate(parts, caller, CMD.friendBlock, userId, peer, localId, blocked);
      },
    });
  }
}

async function relate(
  parts: Parts,
  caller: Caller,
  cmd: number,
  userId: string | undefined,
  peer: { field: string; name: string },
  localId: string | undefined,
  value = 0,
): Promise<Outcome> {
  const two = await otherUser(parts.sql, caller, userId, peer.field, peer.name);
  if (two instanceof Refusal) return two;
  return await change(parts, caller, { cmd, ...two, localId, value });
}

/** Who acts, and the other user, whom a field of the body names. */
export async function otherUser(
  sql: Sql,
  caller: Caller,
  userId: string | undefined,
  name: string,
  other: string,
): Promise<{ actor: User; peerId: number } | Refusal> {
  const actor = await actingUser(sql, caller, userId, "body.userId");
  if (actor instanceof Refusal) return actor;
  const field = `body.${name}`;
  const ids = await usersNamed(sql, [other], field);
  if (ids instanceof Refusal) return ids;
  const peerId = ids[0] as number;
  if (peerId === actor.id) return new Refusal(CODE.forbidden, `${field}: the user himself`);
  return { actor, peerId };
}
