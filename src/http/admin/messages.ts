/** Administration of messages: as they are stored, with what readers don't see; taken back. */
import type { PendingQuery, Row } from "postgres";
import { z } from "@hono/zod-openapi";
import { snowflakeHalves, snowflakeMs } from "../../base/snowflake.ts";
import type { Sql } from "../../postgres/client.ts";
import { RECORD_FLAG } from "../../transfer/record.ts";
import { CMD } from "../../wire/commands.ts";
import { contentOf, optionsOf } from "../../wire/content-bytes.ts";
import { DIRECTION } from "../../wire/envelope.ts";
import { CODE } from "../../wire/errors.ts";
import { LIMIT } from "../../wire/limits.ts";
import { writeEnvelope } from "../../wire/plain-write.ts";
import { Done, type Outcome, Refusal } from "../answer.ts";
import { change, type ChangeParts } from "../change.ts";
import { findConversation } from "../conversation.ts";
import {
  conversationIdField,
  flagField,
  limitField,
  localIdField,
  messageIdField,
  positionField,
} from "../fields.ts";
import type { AdminCalls } from "./calls.ts";

type Parts = ChangeParts & { sql: Sql };

const STORED = z.object({
  messageId: z.string(),
  conversationId: z.string(),
  conversationSeq: z.int(),
  conversationPts: z.int().nullable(),
  cmd: z.int(),
  type: z.int(),
  from: z.string().nullable().openapi({ description: "null: the system" }),
  deviceId: z.string(),
  localId: z.string(),
  timestamp: z.int(),
  expiresAt: z.int().nullable(),
  expired: z.boolean(),
  recalled: z.boolean(),
  emptied: z.boolean().openapi({ description: "Nothing is left of what it said" }),
  encrypted: z.boolean(),
  byServer: z.boolean(),
  target: z.array(z.string()).nullable(),
  hiddenFrom: z
    .array(z.string())
    .openapi({ description: "Who deleted it for himself; 100 of them at most" }),
  content: z.looseObject({}),
  options: z.looseObject({}),
});

const HISTORY = z.object({
  conversationId: conversationIdField(),
  fromSeq: positionField("Inclusive; absent: from the end backwards").optional(),
  backward: flagField("Towards the first"),
  limit: limitField(),
});

const TAKEN_BACK = z.object({
  conversationId: conversationIdField(),
  messageIds: z.array(messageIdField()).min(1).max(LIMIT.listIds, `more than ${LIMIT.listIds}`),
  localId: localIdField.optional(),
});

export function addAdminMessages(calls: AdminCalls, parts: Parts): void {
  calls.add({
    method: "get",
    path: "message",
    summary: "A message by its id, as it is stored",
    input: z.object({ messageId: messageIdField() }),
    target: ["messageId"],
    data: STORED,
    handle: async ({ messageId }) => {
      const [found] = await stored(parts.sql, parts.sql`m.id = ${messageId}::text::int8`, 1, false);
      if (found !== undefined) return new Done(found);
      return new Refusal(CODE.notFound, `query.messageId: there is no message ${messageId}`);
    },
  });
  calls.add({
    method: "get",
    path: "conversation/message",
    summary: "What was said in a conversation, with what its readers don't see",
    input: HISTORY,
    target: ["conversationId", "fromSeq"],
    data: z.object({ messages: z.array(STORED), final: z.boolean() }),
    handle: (input) => history(parts.sql, input),
  });
  calls.add({
    method: "post",
    path: "message/recall",
    summary: "Take messages back from everyone, whoever sent them and whenever",
    input: TAKEN_BACK,
    example: { conversationId: "1", messageIds: ["395712345678901234"] },
    target: ["conversationId", "messageIds"],
    data: z.object({ conversationId: z.string() }),
    handle: async ({ conversationId, messageIds, localId }, caller) => {
      const field = "body.conversationId";
      const found = await findConversation(parts.sql, conversationId, field);
      if (found instanceof Refusal) return found;
      const data = { messageIds, forAll: true };
      const actor = { id: 0, name: "" };
      return await change(parts, caller, { cmd: CMD.delete, actor, localId, conversationId, data });
    },
  });
}

type Condition = PendingQuery<Row[]>;

interface StoredRow {
  id: string;
  conversation_id: number;
  seq: number;
  conversation_pts: number | null;
  cmd: number;
  type: number;
  flags: number;
  sender: string | null;
  device_id: string;
  local_id: string;
  expires_ms: number | null;
  expired: boolean;
  target: string[] | null;
  hidden_from: string[];
  content: Buffer;
  options: Buffer | null;
}

/** Of those who deleted one message for themselves, who may be all of a wide group. */
const HIDDEN_FROM_MAX = 100;
/** Bits of `messages.flags` that the record hasn't. */
const EMPTIED = 8;
const RECALLED = 256;

async function stored(
  sql: Sql,
  where: Condition,
  limit: number,
  backward: boolean,
): Promise<Record<string, unknown>[]> {
  const rows = await sql<StoredRow[]>`
    SELECT m.id::text AS id, m.conversation_id, m.seq, m.conversation_pts, m.cmd, m.type, m.flags,
      u.external_id AS sender, m.device_id, m.local_id, m.content, m.options,
      floor(extract(epoch FROM m.expires_at) * 1000)::int8 AS expires_ms,
      coalesce(m.expires_at <= now(), false) AS expired,
      (SELECT array_agg(t.external_id) FROM users t WHERE t.id = ANY(m.target)) AS target,
      ARRAY(SELECT t.external_id FROM hidden_messages h JOIN users t ON t.id = h.user_id
        WHERE h.message_id = m.id ORDER BY h.user_id LIMIT ${HIDDEN_FROM_MAX}) AS hidden_from
    FROM messages m LEFT JOIN users u ON u.id = m.sender_id
    WHERE ${where} ORDER BY m.seq ${backward ? sql`DESC` : sql`ASC`} LIMIT ${limit}`;
  return rows.map(shown);
}

function shown(row: StoredRow): Record<string, unknown> {
  const { cmd, flags } = row;
  const plain = writeEnvelope(
    {
      direction: DIRECTION.push,
      cmd,
      content: contentOf(whole(row.content), cmd),
      options: row.options === null ? {} : optionsOf(whole(row.options)),
    },
    "json",
  );
  return {
    messageId: row.id,
    conversationId: String(row.conversation_id),
    conversationSeq: row.seq,
    conversationPts: row.conversation_pts,
    cmd,
    type: row.type,
    from: row.sender,
    deviceId: row.device_id,
    localId: row.local_id,
    timestamp: snowflakeMs(snowflakeHalves(row.id)),
    expiresAt: row.expires_ms,
    expired: row.expired,
    recalled: (flags & RECALLED) !== 0,
    emptied: (flags & EMPTIED) !== 0,
    encrypted: (flags & RECORD_FLAG.encrypted) !== 0,
    byServer: (flags & (RECORD_FLAG.serverApi | RECORD_FLAG.system)) !== 0,
    target: row.target,
    hiddenFrom: row.hidden_from,
    content: plain["content"] ?? {},
    options: plain["options"] ?? {},
  };
}

async function history(sql: Sql, input: z.infer<typeof HISTORY>): Promise<Outcome> {
  const { conversationId, fromSeq, limit } = input;
  const found = await findConversation(sql, conversationId, "query.conversationId");
  if (found instanceof Refusal) return found;
  const backward = input.backward || fromSeq === undefined;
  const range =
    fromSeq === undefined
      ? sql``
      : backward
        ? sql`AND m.seq <= ${fromSeq}`
        : sql`AND m.seq >= ${fromSeq}`;
  const where = sql`m.conversation_id = ${conversationId} ${range}`;
  const rows = await stored(sql, where, limit + 1, backward);
  return new Done({ messages: rows.slice(0, limit), final: rows.length <= limit });
}

function whole(bytes: Buffer) {
  return { bytes, start: 0, end: bytes.length };
}
