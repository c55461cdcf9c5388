/** Administration of conversations: found, their members, what was said in them, their end. */
import { z } from "@hono/zod-openapi";
import type { Sql } from "../../postgres/client.ts";
import { CMD } from "../../wire/commands.ts";
import { CODE } from "../../wire/errors.ts";
import { POLICY } from "../../wire/policy.ts";
import { Done, type Outcome, Refusal } from "../answer.ts";
import { usersNamed } from "../auth.ts";
import { change, type ChangeParts } from "../change.ts";
import { findConversation } from "../conversation.ts";
import {
  conversationIdField,
  limitField,
  localIdField,
  nameField,
  positionField,
  textField,
} from "../fields.ts";
import { type AdminCalls, containing, pageById, pageOf } from "./calls.ts";

type Parts = ChangeParts & { sql: Sql };

const CONVERSATION = z.object({
  conversationId: z.string(),
  conversationType: z.int(),
  name: z.string(),
  owner: z.string().nullable(),
  pair: z.array(z.string()).nullable().openapi({ description: "The two users of a pair" }),
  wide: z.boolean(),
  dissolved: z.boolean(),
  members: z.int(),
  lastSeq: z.int().openapi({ description: "-1: nothing was said" }),
  createdAt: z.int(),
});

const FIND = z.object({
  conversationId: conversationIdField("This one").optional(),
  userId: nameField("Those that this user is in").optional(),
  name: textField("Part of the name").optional(),
  conversationType: positionField("Those of this type").optional(),
  cursor: positionField("That of the page before").optional(),
  limit: limitField(),
});

const MEMBERS = z.object({
  conversationId: conversationIdField(),
  cursor: positionField("That of the page before").optional(),
  limit: limitField(),
});

const DISSOLVE = z.object({
  conversationId: conversationIdField("Id of the group"),
  localId: localIdField.optional(),
});

export function addAdminConversations(calls: AdminCalls, parts: Parts): void {
  calls.add({
    method: "get",
    path: "conversation",
    summary: "Conversations, found or all, in pages",
    input: FIND,
    target: ["conversationId", "userId", "name"],
    data: z.object({ conversations: z.array(CONVERSATION), cursor: z.string() }),
    handle: (input) => findConversations(parts.sql, input),
  });
  calls.add({
    method: "get",
    path: "conversation/member",
    summary: "Members of a conversation, in pages",
    input: MEMBERS,
    target: ["conversationId"],
    data: z.object({
      members: z.array(
        z.object({
          userId: z.string(),
          role: z.int().openapi({ description: "0 member, 1 administrator, 2 owner" }),
          readSeq: z.int(),
          joinedSeq: z.int(),
          mutedUntil: z.int().nullable(),
        }),
      ),
      cursor: z.string(),
    }),
    handle: (input) => members(parts.sql, input),
  });
  calls.add({
    method: "post",
    path: "conversation/dissolve",
    summary: "End a group: it can be read, nothing can be said",
    input: DISSOLVE,
    example: { conversationId: "1" },
    target: ["conversationId"],
    data: z.object({ conversationId: z.string() }),
    handle: (input, caller) => dissolve(input, caller),
  });

  async function dissolve(
    { conversationId, localId }: z.infer<typeof DISSOLVE>,
    caller: Parameters<typeof change>[1],
  ): Promise<Outcome> {
    const field = "body.conversationId";
    const group = await findConversation(parts.sql, conversationId, field);
    if (group instanceof Refusal) return group;
    if (POLICY[group.type]?.isMade !== true) {
      return new Refusal(CODE.noSuchConversation, `${field}: ${conversationId} is no group`);
    }
    // In the owner's name where there is one, as the host application's calls are.
    const actor = group.owner ?? { id: 0, name: "" };
    return await change(parts, caller, { cmd: CMD.groupDismiss, actor, localId, conversationId });
  }
}

async function findConversations(sql: Sql, input: z.infer<typeof FIND>): Promise<Outcome> {
  const { conversationId = null, userId, name, conversationType = null, limit } = input;
  const ids = userId === undefined ? [] : await usersNamed(sql, [userId], "query.userId");
  if (ids instanceof Refusal) return ids;
  const user = ids[0] ?? null;
  const pattern = name === undefined ? null : containing(name);
  const rows = await sql<{ conversationId: string }[]>`
    SELECT c.id::text AS "conversationId", c.type AS "conversationType", c.name,
      o.external_id AS owner, c.wide, c.dissolved,
      CASE WHEN c.pair_low IS NOT NULL THEN ARRAY[coalesce(l.external_id, ''),
        coalesce(h.external_id, '')] END AS pair,
      (SELECT count(*)::int FROM members m WHERE m.conversation_id = c.id) AS members,
      coalesce((SELECT seq FROM messages x WHERE x.conversation_id = c.id
        ORDER BY seq DESC LIMIT 1), -1) AS "lastSeq",
      floor(extract(epoch FROM c.created_at) * 1000)::int8 AS "createdAt"
    FROM conversations c LEFT JOIN users o ON o.id = c.owner_id
    LEFT JOIN users l ON l.id = c.pair_low LEFT JOIN users h ON h.id = c.pair_high
    WHERE c.id > ${input.cursor ?? 0}
      AND (${conversationId}::int8 IS NULL OR c.id = ${conversationId}::int8)
      AND (${conversationType}::int2 IS NULL OR c.type = ${conversationType}::int2)
      AND (${pattern}::text IS NULL OR c.name ILIKE ${pattern}::text)
      AND (${user}::int8 IS NULL OR EXISTS (SELECT FROM members m
        WHERE m.user_id = ${user}::int8 AND m.conversation_id = c.id))
    ORDER BY c.id LIMIT ${limit + 1}`;
  const page = pageOf(rows, limit, (row) => row.conversationId);
  return new Done({ conversations: page.rows, cursor: page.cursor });
}

async function members(sql: Sql, input: z.infer<typeof MEMBERS>): Promise<Outcome> {
  const { conversationId, cursor = 0, limit } = input;
  const found = await findConversation(sql, conversationId, "query.conversationId");
  if (found instanceof Refusal) return found;
  const rows = await sql<{ id: number; userId: string }[]>`
    SELECT m.user_id AS id, u.external_id AS "userId", m.role, m.read_seq AS "readSeq",
      m.joined_seq AS "joinedSeq",
      floor(extract(epoch FROM m.muted_until) * 1000)::int8 AS "mutedUntil"
    FROM members m JOIN users u ON u.id = m.user_id
    WHERE m.conversation_id = ${conversationId} AND m.user_id > ${cursor}
    ORDER BY m.user_id LIMIT ${limit + 1}`;
  const page = pageById(rows, limit);
  return new Done({ members: page.rows, cursor: page.cursor });
}
