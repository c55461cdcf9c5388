/** Friend requests, remarks, and the lists of both. */
import { z } from "@hono/zod-openapi";
import { friendPage, friendRequestPage } from "../inbox/friend-list.ts";
import { FRIEND_ASK } from "../path/friend-ask.ts";
import type { Sql } from "../postgres/client.ts";
import { CMD } from "../wire/commands.ts";
import { Done, type Outcome, Refusal } from "./answer.ts";
import { actingUser } from "./auth.ts";
import { type ChangeParts, change } from "./change.ts";
import type { Endpoints } from "./endpoints.ts";
import { limitField, localIdField, nameField, positionField, textField } from "./fields.ts";
import { pageData } from "./pages.ts";
import { otherUser } from "./relations.ts";

const USER_ID = nameField("The user who acts; with a user's token the caller").optional();
const FRIEND_ID = nameField("The other");
const LOCAL_ID = localIdField.optional();

const ASKED = z.object({
  userId: USER_ID,
  friendId: FRIEND_ID,
  message: textField("What the other is told, 1 KiB at most").optional(),
  localId: LOCAL_ID,
});
const DECIDED = z.object({
  userId: USER_ID,
  requestId: textField("As the request was answered, or as the list names it"),
  accept: z.boolean(),
  localId: LOCAL_ID,
});
const REMARKED = z.object({
  userId: USER_ID,
  friendId: FRIEND_ID,
  remark: textField("Seen by the user alone, 256 bytes at most"),
  localId: LOCAL_ID,
});
const REQUESTS = z.object({
  cursor: textField("That of the page before").optional(),
  limit: limitField(),
  userId: USER_ID,
});
const FRIENDS = z.object({
  version: positionField("What is known already; absent: nothing").optional(),
  limit: limitField(),
  userId: USER_ID,
});
const REQUEST_ID = z.object({ requestId: z.string() });

type Parts = ChangeParts & { sql: Sql };

export function addFriendRequests(endpoints: Endpoints, parts: Parts): void {
  addAsking(endpoints, parts);
  endpoints.add({
    method: "post",
    path: "/openapi/v1/friend/remark",
    tag: "relations",
    summary: "Set the remark of a friend",
    access: "anyone known",
    input: REMARKED,
    data: z.null(),
    example: { userId: "alice", friendId: "bob", remark: "Bob of the choir" },
    handle: async ({ userId, friendId, remark, localId }, caller) => {
      const two = await otherUser(parts.sql, caller, userId, "friendId", friendId);
      if (two instanceof Refusal) return two;
      const cmd = CMD.friendUpdate;
      return await change(parts, caller, { ...two, cmd, localId, data: { remark } });
    },
  });
  addLists(endpoints, parts);
}

function addAsking(endpoints: Endpoints, parts: Parts): void {
  endpoints.add({
    method: "post",
    path: "/openapi/v1/friend/request",
    tag: "relations",
    summary: "Ask a user to be friends",
    access: "anyone known",
    input: ASKED,
    data: REQUEST_ID,
    example: { userId: "alice", friendId: "bob", message: "We met at the choir" },
    handle: async ({ userId, friendId, message = "", localId }, caller) => {
      const two = await otherUser(parts.sql, caller, userId, "friendId", friendId);
      if (two instanceof Refusal) return two;
      const asked = { cmd: CMD.friendAdd, localId, value: FRIEND_ASK.request, data: { message } };
      return requestOf(await change(parts, caller, { ...two, ...asked }));
    },
  });
  endpoints.add({
    method: "post",
    path: "/openapi/v1/friend/answer",
    tag: "relations",
    summary: "Accept or refuse a friend request",
    access: "anyone known",
    input: DECIDED,
    data: REQUEST_ID,
    example: { userId: "bob", requestId: "1", accept: true },
    handle: async ({ userId, requestId, accept, localId }, caller) => {
      const actor = await actingUser(parts.sql, caller, userId, "body.userId");
      if (actor instanceof Refusal) return actor;
      const value = accept ? FRIEND_ASK.accept : FRIEND_ASK.refuse;
      const asked = { cmd: CMD.friendAdd, localId, value, data: { requestId, accept } };
      return requestOf(await change(parts, caller, { actor, ...asked }));
    },
  });
}

/** What the change answers with is the number of the request. */
function requestOf(outcome: Outcome): Outcome {
  if (!(outcome instanceof Done)) return outcome;
  return new Done({ requestId: (outcome.data as { conversationId: string }).conversationId });
}

function addLists(endpoints: Endpoints, { sql }: Parts): void {
  endpoints.add({
    method: "get",
    path: "/openapi/v1/friend/request",
    tag: "relations",
    summary: "A user's open friend requests, from him and to him",
    access: "anyone known",
    input: REQUESTS,
    data: z.looseObject({ cursor: z.string().optional(), final: z.boolean().optional() }),
    handle: async ({ userId, cursor = "", limit }, caller) => {
      const user = await actingUser(sql, caller, userId, "query.userId");
      if (user instanceof Refusal) return user;
      const page = await friendRequestPage(sql, user.id, cursor, limit);
      return new Done(pageData(CMD.syncFriend, page));
    },
  });
  endpoints.add({
    method: "get",
    path: "/openapi/v1/friend",
    tag: "relations",
    summary: "What has changed among a user's friends and blocked users, by version",
    access: "anyone known",
    input: FRIENDS,
    data: z.looseObject({ version: z.int(), final: z.boolean().optional() }),
    handle: async ({ userId, version = 0, limit }, caller) => {
      const user = await actingUser(sql, caller, userId, "query.userId");
      if (user instanceof Refusal) return user;
      return new Done(pageData(CMD.syncFriend, await friendPage(sql, user.id, version, limit)));
    },
  });
}
