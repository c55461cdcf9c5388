/** Groups, mass groups and channels: made, changed, ended. */
import { z } from "@hono/zod-openapi";
import {
  creationProblem,
  FAN_OUT_WORDS,
  SEND_WORDS,
  TIMEOUT_MS_MAX,
} from "../path/custom-policy.ts";
import type { Sql } from "../postgres/client.ts";
import { CMD, CONVERSATION } from "../wire/commands.ts";
import type { Data } from "../wire/envelope.ts";
import { CODE } from "../wire/errors.ts";
import { groupProblem } from "../wire/group-rules.ts";
import { LIMIT } from "../wire/limits.ts";
import { isJoined } from "../wire/policy.ts";
import { type Outcome, Refusal } from "./answer.ts";
import { actingUser, type Caller, type User, usersNamed } from "./auth.ts";
import { change, type ChangeParts } from "./change.ts";
import { findConversation } from "./conversation.ts";
import type { Endpoints } from "./endpoints.ts";
import {
  conversationIdField,
  instantField,
  localIdField,
  nameField,
  namesField,
  textField,
} from "./fields.ts";

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

const JOIN_MODE = z.enum(["free", "approval", "invite"]);

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
  joinMode: JOIN_MODE.optional(),
  policy: POLICY.optional(),
  localId: localIdField.optional(),
});

export const GROUP_ID = conversationIdField("Id of the group");

const ENDED = z.object({ conversationId: GROUP_ID, localId: localIdField.optional() });

const ROLE = z.object({
  userId: nameField("A member"),
  role: z.int().openapi({ type: "integer", enum: [0, 1], description: "1 administrator, 0 not" }),
});

const UPDATE = z.object({
  conversationId: GROUP_ID,
  name: textField("At most 256 bytes").optional(),
  avatar: textField("At most 2048 bytes").optional(),
  announcement: textField("At most 8192 bytes").optional(),
  joinMode: JOIN_MODE.optional(),
  roles: z.array(ROLE).max(LIMIT.listIds, `more than ${LIMIT.listIds} entries`).optional(),
  owner: nameField("The member who owns the group from now on").optional(),
  localId: localIdField.optional(),
});

const MUTE = z.object({
  conversationId: GROUP_ID,
  userIds: namesField("Absent: all members but the administrators").optional(),
  until: instantField("Until when, ms since 1970; 0 ends it"),
  localId: localIdField.optional(),
});

export const CHANGED = z.object({ conversationId: z.string() });

export type GroupParts = ChangeParts & { sql: Sql };

export function addGroups(endpoints: Endpoints, parts: GroupParts): void {
  const group = { tag: "groups", access: "anyone known", data: CHANGED } as const;
  endpoints.add({
    ...group,
    method: "post",
    path: "/openapi/v1/group",
    summary: "Make a group",
    input: GROUP,
    example: { ownerId: "alice", name: "Choir", memberIds: ["bob"], conversationType: 2 },
    handle: (input, caller) => createGroup(parts, caller, input),
  });
  endpoints.add({
    ...group,
    method: "delete",
    path: "/openapi/v1/group",
    summary: "Dissolve a group: it can be read, nothing can be said",
    input: ENDED,
    example: { conversationId: "1" },
    handle: ({ conversationId, localId }, caller) =>
      changeGroup(parts, caller, CMD.groupDismiss, { conversationId, localId, data: {} }),
  });
  endpoints.add({
    ...group,
    method: "post",
    path: "/openapi/v1/group/update",
    summary: "Change a group's name, avatar, announcement, join mode, roles or owner",
    input: UPDATE,
    example: { conversationId: "1", name: "Choir", roles: [{ userId: "bob", role: 1 }] },
    handle: ({ conversationId, localId, ...data }, caller) =>
      updateGroup(parts, caller, { conversationId, localId, data }),
  });
  endpoints.add({
    ...group,
    method: "post",
    path: "/openapi/v1/group/mute",
    summary: "Mute members, or all, until a time",
    input: MUTE,
    example: { conversationId: "1", userIds: ["bob"], until: 1_800_000_000_000 },
    handle: async ({ conversationId, userIds = [], until, localId }, caller) => {
      const ids = await usersNamed(parts.sql, userIds, "body.userIds");
      if (ids instanceof Refusal) return ids;
      const asked = { conversationId, localId, target: [...new Set(ids)], value: until };
      return await changeGroup(parts, caller, CMD.groupMute, {
        ...asked,
        data: { userIds, until },
      });
    },
  });
}

async function createGroup(
  parts: GroupParts,
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
  const refusal = problemOf(CMD.groupCreate, data);
  if (refusal !== undefined) return refusal;
  return await change(parts, caller, { cmd: CMD.groupCreate, actor, localId, value, target, data });
}

async function updateGroup(
  parts: GroupParts,
  caller: Caller,
  asked: Asked & { data: Omit<z.infer<typeof UPDATE>, "conversationId" | "localId"> },
): Promise<Outcome> {
  const { roles = [], owner } = asked.data;
  const target = await usersNamed(
    parts.sql,
    roles.map(({ userId }) => userId),
    "body.roles",
  );
  if (target instanceof Refusal) return target;
  const owners = await usersNamed(parts.sql, owner === undefined ? [] : [owner], "body.owner");
  if (owners instanceof Refusal) return owners;
  const peerId = owners[0] ?? 0;
  return await changeGroup(parts, caller, CMD.groupUpdate, { ...asked, target, peerId });
}

export interface Asked {
  conversationId: number;
  localId: string | undefined;
  value?: number;
  peerId?: number;
  target?: readonly number[];
  data: Data;
}

/** The host application acts as the server: for the owner, with every right. */
export async function changeGroup(
  parts: GroupParts,
  caller: Caller,
  cmd: number,
  asked: Asked,
): Promise<Outcome> {
  const problem = problemOf(cmd, asked.data);
  if (problem !== undefined) return problem;
  const actor = await actorIn(parts, caller, asked.conversationId, "body");
  return actor instanceof Refusal ? actor : await change(parts, caller, { cmd, actor, ...asked });
}

function problemOf(cmd: number, data: Data): Refusal | undefined {
  const problem = groupProblem(cmd, data);
  if (problem === undefined) return undefined;
  return new Refusal(problem.code, `body.${problem.field}: ${problem.what}`);
}

/** Who acts in a group; `where` is "body" or "query". */
export async function actorIn(
  { sql }: GroupParts,
  caller: Caller,
  conversationId: number,
  where: string,
): Promise<User | Refusal> {
  const field = `${where}.conversationId`;
  const group = await findConversation(sql, conversationId, field);
  if (group instanceof Refusal) return group;
  const actor = caller.user ?? group.owner;
  if (isJoined(group.type) && actor !== undefined) return actor;
  return new Refusal(CODE.noSuchConversation, `${field}: ${conversationId} is no group`);
}
