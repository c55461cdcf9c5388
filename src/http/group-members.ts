/** The members of groups: added, removed, listed by version; and requests to be let in. */
import { z } from "@hono/zod-openapi";
import { membersPage } from "../inbox/group-members.ts";
import { requestsPage, roleIn, waitingRequest } from "../inbox/group-requests.ts";
import { CMD } from "../wire/commands.ts";
import { CODE } from "../wire/errors.ts";
import { GROUP_ROLE } from "../wire/group-rules.ts";
import { Done, type Outcome, Refusal } from "./answer.ts";
import { actingUser, type Caller, usersNamed } from "./auth.ts";
import type { Endpoints } from "./endpoints.ts";
import {
  limitField,
  localIdField,
  nameField,
  namesField,
  positionField,
  textField,
} from "./fields.ts";
import { actorIn, CHANGED, changeGroup, GROUP_ID, type GroupParts } from "./groups.ts";
import { pageData } from "./pages.ts";

const MEMBERS = z.object({
  conversationId: GROUP_ID,
  userIds: namesField("With a user's token absent: the caller").optional(),
  message: textField("What an asker says to those who decide").optional(),
  localId: localIdField.optional(),
});

const PAGE = {
  conversationId: GROUP_ID,
  cursor: textField("That of the page before").optional(),
  limit: limitField(),
  userId: nameField("With the app key: as this user; absent: as the server").optional(),
};

const LIST = z.object({
  ...PAGE,
  version: positionField("What is known already; absent: nothing").optional(),
});

const MEMBER = z.object({
  userId: z.string(),
  nickname: z.string().optional(),
  avatar: z.string().optional(),
  role: z.int().optional().openapi({ description: "0 member, 1 administrator, 2 owner" }),
  mutedUntil: z.int().optional(),
  joinedAt: z.int().optional(),
});

const REQUEST = z.object({
  requestId: z.string(),
  userId: z.string(),
  nickname: z.string().optional(),
  avatar: z.string().optional(),
  message: z.string().optional(),
  createdAt: z.int().optional(),
});

const DECISION = z.object({
  conversationId: GROUP_ID,
  requestId: nameField("Of the list of requests"),
  accept: z.boolean(),
  localId: localIdField.optional(),
});

export function addGroupMembers(endpoints: Endpoints, parts: GroupParts): void {
  const groups = { tag: "groups", access: "anyone known" } as const;
  const member = { ...groups, path: "/openapi/v1/group/member", input: MEMBERS };
  const example = { conversationId: "1", userIds: ["bob"] };
  endpoints.add({
    ...member,
    method: "post",
    summary: "Add members, or join",
    data: CHANGED.extend({ requestId: z.string().optional() }),
    example,
    handle: (input, caller) => changeMembers(parts, caller, CMD.groupJoin, input),
  });
  endpoints.add({
    ...member,
    method: "delete",
    summary: "Remove members, or leave",
    data: CHANGED,
    example,
    handle: (input, caller) => changeMembers(parts, caller, CMD.groupLeave, input),
  });
  endpoints.add({
    ...groups,
    method: "get",
    path: "/openapi/v1/group/member",
    summary: "A group, and its members that changed since a version",
    input: LIST,
    data: z.looseObject({ members: z.array(MEMBER), removed: z.array(z.string()) }),
    handle: (input, caller) => listMembers(parts, caller, input),
  });
  endpoints.add({
    ...groups,
    method: "get",
    path: "/openapi/v1/group/request",
    summary: "Those who ask to be let into a group",
    input: z.object(PAGE),
    data: z.object({ requests: z.array(REQUEST), cursor: z.string(), final: z.boolean() }),
    handle: (input, caller) => listRequests(parts, caller, input),
  });
  endpoints.add({
    ...groups,
    method: "post",
    path: "/openapi/v1/group/request",
    summary: "Accept or refuse a request",
    input: DECISION,
    data: CHANGED,
    example: { conversationId: "1", requestId: "1", accept: true },
    handle: ({ conversationId, requestId, accept, localId }, caller) => {
      const value = Number(requestId);
      const data = { requestId, accept };
      return changeGroup(parts, caller, CMD.groupJoin, { conversationId, localId, value, data });
    },
  });
}

async function changeMembers(
  parts: GroupParts,
  caller: Caller,
  cmd: number,
  input: z.infer<typeof MEMBERS>,
): Promise<Outcome> {
  const { conversationId, userIds = [], localId, message } = input;
  if (caller.user === undefined && userIds.length === 0) {
    return new Refusal(CODE.incomplete, "body.userIds: absent");
  }
  const actor = await actorIn(parts, caller, conversationId, "body");
  if (actor instanceof Refusal) return actor;
  const ids = await usersNamed(parts.sql, userIds, "body.userIds");
  if (ids instanceof Refusal) return ids;
  // A user who names only himself joins or leaves; he neither invites nor kicks.
  const himself = caller.user !== undefined && ids.every((id) => id === actor.id);
  const target = himself ? [] : [...new Set(ids)];
  const said = cmd === CMD.groupJoin && message !== undefined ? { message } : {};
  const data = { userIds: himself ? [] : userIds, ...said };
  const done = await changeGroup(parts, caller, cmd, { conversationId, localId, target, data });
  if (!(done instanceof Done) || !himself || cmd !== CMD.groupJoin) return done;
  const requestId = await waitingRequest(parts.sql, conversationId, actor.id);
  return requestId === undefined ? done : new Done({ ...(done.data as object), requestId });
}

/** Refuses who may not look into the group; the server may. */
async function readerRefused(
  parts: GroupParts,
  caller: Caller,
  { conversationId, userId }: { conversationId: number; userId?: string | undefined },
  leastRole: number,
): Promise<Refusal | undefined> {
  const group = await actorIn(parts, caller, conversationId, "query");
  if (group instanceof Refusal) return group;
  if (caller.user === undefined && userId === undefined) return undefined;
  const user = await actingUser(parts.sql, caller, userId, "query.userId");
  if (user instanceof Refusal) return user;
  const role = await roleIn(parts.sql, conversationId, user.id);
  if (role === undefined) return new Refusal(CODE.notGroupMember);
  return role < leastRole ? new Refusal(CODE.roleTooLow) : undefined;
}

async function listMembers(
  parts: GroupParts,
  caller: Caller,
  input: z.infer<typeof LIST>,
): Promise<Outcome> {
  const { conversationId, cursor = "", limit, version = 0 } = input;
  const refusal = await readerRefused(parts, caller, input, GROUP_ROLE.member);
  if (refusal !== undefined) return refusal;
  const page = await membersPage(parts.sql, conversationId, { version, cursor, limit });
  if (page === undefined) return new Refusal(CODE.noSuchConversation);
  return new Done(pageData(CMD.syncGroup, page));
}

async function listRequests(
  parts: GroupParts,
  caller: Caller,
  input: {
    conversationId: number;
    cursor?: string | undefined;
    limit: number;
    userId?: string | undefined;
  },
): Promise<Outcome> {
  const { conversationId, cursor = "", limit } = input;
  const refusal = await readerRefused(parts, caller, input, GROUP_ROLE.administrator);
  if (refusal !== undefined) return refusal;
  const page = await requestsPage(parts.sql, conversationId, cursor, limit);
  return new Done(pageData(CMD.syncGroup, page));
}
