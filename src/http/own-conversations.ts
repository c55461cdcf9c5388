/** Conversations as one user has them: opened, hidden, cleared, pinned, muted. */
import { z } from "@hono/zod-openapi";
import type { Sql } from "../postgres/client.ts";
import { CMD } from "../wire/commands.ts";
import { CODE } from "../wire/errors.ts";
import { Done, Refusal } from "./answer.ts";
import { actingUser } from "./auth.ts";
import { type ChangeParts, change } from "./change.ts";
import type { Endpoints } from "./endpoints.ts";
import { conversationIdField, localIdField, nameField } from "./fields.ts";
import { otherUser } from "./relations.ts";

const USER_ID = nameField("The user who acts; with a user's token the caller").optional();
const LOCAL_ID = localIdField.optional();

const OPENED = z.object({ userId: USER_ID, peerId: nameField("The other"), localId: LOCAL_ID });
const HIDDEN = z.object({
  userId: USER_ID,
  conversationId: conversationIdField(),
  clear: z.boolean().optional().openapi({ description: "The user's history up to now too" }),
  localId: LOCAL_ID,
});
const SET = z.object({
  userId: USER_ID,
  conversationId: conversationIdField(),
  top: z.boolean().optional().openapi({ description: "Pinned" }),
  mute: z.boolean().optional().openapi({ description: "Do not disturb" }),
  localId: LOCAL_ID,
});

export function addOwnConversations(endpoints: Endpoints, parts: ChangeParts & { sql: Sql }): void {
  endpoints.add({
    method: "post",
    path: "/openapi/v1/conversation",
    tag: "conversations",
    summary: "Open the conversation of two users without a message",
    access: "anyone known",
    input: OPENED,
    data: z.object({ conversationId: z.string() }),
    example: { userId: "alice", peerId: "bob" },
    handle: async ({ userId, peerId, localId }, caller) => {
      const two = await otherUser(parts.sql, caller, userId, "peerId", peerId);
      if (two instanceof Refusal) return two;
      const data = { userId: peerId };
      return await change(parts, caller, { ...two, cmd: CMD.conversationCreate, localId, data });
    },
  });
  endpoints.add({
    method: "delete",
    path: "/openapi/v1/conversation",
    tag: "conversations",
    summary: "Hide a conversation until its next message, or clear it",
    access: "anyone known",
    input: HIDDEN,
    data: z.null(),
    example: { userId: "alice", conversationId: "1", clear: false },
    handle: async ({ userId, conversationId, clear = false, localId }, caller) => {
      const actor = await actingUser(parts.sql, caller, userId, "body.userId");
      if (actor instanceof Refusal) return actor;
      const asked = { cmd: CMD.conversationDelete, conversationId, localId, data: { clear } };
      const outcome = await change(parts, caller, { actor, ...asked });
      return outcome instanceof Refusal ? outcome : new Done();
    },
  });
  endpoints.add({
    method: "post",
    path: "/openapi/v1/conversation/settings",
    tag: "conversations",
    summary: "Pin or mute a conversation for one user",
    access: "anyone known",
    input: SET,
    data: z.null(),
    example: { userId: "alice", conversationId: "1", top: true },
    handle: async ({ userId, conversationId, top, mute, localId }, caller) => {
      const actor = await actingUser(parts.sql, caller, userId, "body.userId");
      if (actor instanceof Refusal) return actor;
      if (top === undefined && mute === undefined) {
        return new Refusal(CODE.incomplete, "body: top or mute is required");
      }
      const data = {
        ...(top === undefined ? {} : { top }),
        ...(mute === undefined ? {} : { mute }),
      };
      const asked = { cmd: CMD.conversationUpdate, conversationId, localId, data };
      const outcome = await change(parts, caller, { actor, ...asked });
      return outcome instanceof Refusal ? outcome : new Done();
    },
  });
}
