/** Groups, mass groups and channels: made, and their members. */
import { z } from "@hono/zod-openapi";
import {
  creationProblem,
  FAN_OUT_WORDS,
  SEND_WORDS,
  TIMEOUT_MS_MAX,
} from "../path/custom-policy.ts";
import type { Sql } from "../postgres/client.ts";
import { CMD, CONVERSATION } from "../wire/commands.ts";
import { CODE } from "../wire/errors.ts";
import { isJoined } from "../wire/policy.ts";
import { type Outcome, Refusal } from "./answer.ts";
import { actingUser, type Caller, usersNamed } from "./auth.ts";
import { change, type ChangeParts } from "./change.ts";
import { findConversation } from "./conversation.ts";
import type { Endpoints } from "./endpoints.ts";
import { conversationIdField, localIdField, nameField, namesField, textField } from "./fields.ts";

const GROUP_TYPES = [
  CONVERSATION.group,
  CONVERSATION.chatroom,
  CONVERSATION.channel,
  CONVERSATION.millionGroup,
  CONVERSATION.custom,
] as const;

const POLICY = z
  .object({
    send: z.enum(SEND_WORDS, `must be one of ${SEND_WORDS.join(", ")}`).optional(),
    persist: z.boolean().optional(),
    fanOut: z.enum(FAN_OUT_WORDS, `must be one of ${FAN_OUT_WORDS.join(", ")}`).optional(),
    webhook: z
      .object({
        url: textField("Asked before a message is taken"),
        timeoutMs: z.int().min(1).max(TIMEOUT_MS_MAX).optional(),
        failOpen: z.boolean().optional(),
      })
      .optional(),
  })
  .openapi({ description: "Of a custom conversation: who may send, what is kept, whom to ask" });

const GROUP = z.object({
  ownerId: nameField("With a user's token the caller").optional(),
  name: textField("Name of the group").optional(),
  memberIds: namesField("Members beside the owner").optional(),
  conversationType: z
    .union(
      GROUP_TYPES.map((type) => z.literal(type)),
      "must be 2, 3, 4, 5 or 7",
    )
    .optional()
    .openapi({
      type: "integer",
      enum: [...GROUP_TYPES],
      default: CONVERSATION.group,
      description: "2 group, 3 chatroom, 4 channel, 5 mass group, 7 custom",
    }),
  joinMode: z.enum(["free", "approval", "invite"]).optional(),
  policy: POLICY.optional(),
  localId: localIdField.optional(),
});

const MEMBERS = z.object({
  conversationId: conversationIdField("Id of the group"),
  userIds: namesField("With a user's token absent: the caller").optional(),
  localId: localIdField.optional(),
});

const CHANGED = z.object({ conversationId: z.string() });

type Parts = ChangeParts & { sql: Sql };

export function addGroups(endpoints: Endpoints, parts: Parts): void {
  endpoints.add({
    method: "post",
    path: "/openapi/v1/group",
    tag: "groups",
    summary: "Make a group",
    access: "anyone known",
    input: GROUP,
    example: { ownerId: "alice", name: "Choir", memberIds: ["bob"], conversationType: 2 },
    data: CHANGED,
    handle: (input, caller) => createGroup(parts, caller, input),
  });
  const member = {
    path: "/openapi/v1/group/member",
    tag: "groups",
    input: MEMBERS,
    data: CHANGED,
    example: { conversationId: "1", userIds: ["bob"] },
  };
  endpoints.add({
    ...member,
    method: "post",
    summary: "Add members, or join",
    access: "anyone known",
    handle: (input, caller) => changeMembers(parts, caller, CMD.groupJoin, input),
  });
  endpoints.add({
    ...member,
    method: "delete",
    summary: "Remove members, or leave",
    access: "anyone known",
    handle: (input, caller) => changeMembers(parts, caller, CMD.groupLeave, input),
  });
}

async function createGroup(
  parts: Parts,
  caller: Caller,
  input: z.infer<typeof GROUP>,
): Promise<Outcome> {
  const { ownerId, memberIds = [], joinMode, localId } = input;
  const actor = await actingUser(parts.sql, caller, ownerId, "body.ownerId");
  if (actor instanceof Refusal) return actor;
  const target = await usersNamed(parts.sql, memberIds, "body.memberIds");
  if (target instanceof Refusal) return target;
  const value = input.conversationType ?? CONVERSATION.group;
  const problem = creationProblem(value, memberIds, input.policy, caller.user !== undefined);
  if (problem !== undefined) return new Refusal(problem.code, `body.${problem.message}`);
  const data = {
    name: input.name ?? "",
    memberIds,
    conversationType: value,
    joinMode: joinMode ?? "free",
    ...(input.policy === undefined ? {} : { policy: input.policy }),
  };
  return await change(parts, caller, { cmd: CMD.groupCreate, actor, localId, value, target, data });
}

/** The host application acts as the server: for the owner, with every right. */
async function changeMembers(
  parts: Parts,
  caller: Caller,
  cmd: number,
  input: z.infer<typeof MEMBERS>,
): Promise<Outcome> {
  const { conversationId, userIds = [], localId } = input;
  if (caller.user === undefined && userIds.length === 0) {
    return new Refusal(CODE.incomplete, "body.userIds: absent");
  }
  const field = "body.conversationId";
  const group = await findConversation(parts.sql, conversationId, field);
  if (group instanceof Refusal) return group;
  const actor = caller.user ?? group.owner;
  if (!isJoined(group.type) || actor === undefined) {
    return new Refusal(CODE.noSuchConversation, `${field}: ${conversationId} is no group`);
  }
  const ids = await usersNamed(parts.sql, userIds, "body.userIds");
  if (ids instanceof Refusal) return ids;
  // A user who names only himself joins or leaves; he neither invites nor kicks.
  const himself = caller.user !== undefined && ids.every((id) => id === actor.id);
  const target = himself ? [] : [...new Set(ids)];
  const data = { userIds: himself ? [] : userIds };
  return await change(parts, caller, { cmd, actor, localId, conversationId, target, data });
}
