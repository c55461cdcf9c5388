/**
 * Messages that go so many seconds after somebody has read them: who asked for it stands in a table
 * of its own, looked through behind the writer, so that no other message and no read pays for it.
 */
import { snowflakeText } from "../base/snowflake.ts";
import type { Sql, Transaction } from "../postgres/client.ts";
import { readWishes } from "../wire/wishes.ts";
import type { MessageRow } from "./batch.ts";

/** Rows looked at in one turn, in the order of their messages, round and round. */
const LOOKED_AT_MAX = 2000;

export interface TimedMessage {
  message_id: string;
  conversation_id: number;
  seq: number;
  sender_id: number;
  seconds: number;
}

export function timedMessages(rows: readonly MessageRow[]): TimedMessage[] {
  const timed: TimedMessage[] = [];
  for (const { wishes, id, conversationId, seq, senderId } of rows) {
    const seconds = wishes === "" ? 0 : (readWishes(wishes).readTimeout ?? 0);
    if (seconds === 0) continue;
    timed.push({
      message_id: snowflakeText(id),
      conversation_id: conversationId,
      seq,
      sender_id: senderId,
      seconds,
    });
  }
  return timed;
}

export async function insertReadTimeouts(
  tx: Transaction,
  rows: readonly TimedMessage[],
): Promise<void> {
  await tx`
    INSERT INTO read_timeouts (message_id, conversation_id, seq, sender_id, seconds)
    SELECT message_id, conversation_id, seq, sender_id, seconds
    FROM json_to_recordset(${JSON.stringify(rows)}::text::json)
      AS t(message_id int8, conversation_id int8, seq int8, sender_id int8, seconds int4)`;
}

/**
 * Gives those that another member has read their time. `after` is the message up to which the turn
 * before has looked; answers that of this one, "0" at the end.
 */
export async function startReadTimeouts(sql: Sql, writer: string, after: string): Promise<string> {
  const [row] = await sql<{ looked: number; last: string | null }[]>`
    WITH looked AS (
      SELECT * FROM read_timeouts WHERE message_id > ${after}::text::int8
      ORDER BY message_id LIMIT ${LOOKED_AT_MAX}
    ), begun AS (
      DELETE FROM read_timeouts r USING looked l
      WHERE r.message_id = l.message_id AND linnet_fence(${writer})
        AND EXISTS (SELECT FROM members m WHERE m.conversation_id = l.conversation_id
          AND m.user_id <> l.sender_id AND m.read_seq >= l.seq)
      RETURNING r.message_id, r.seconds
    ), timed AS (
      UPDATE messages SET expires_at =
        least(coalesce(expires_at, 'infinity'), now() + seconds * interval '1 second')
      FROM begun WHERE id = begun.message_id AND flags & 8 = 0
    )
    SELECT count(*)::int AS looked, max(message_id)::text AS last FROM looked`;
  return row !== undefined && row.looked === LOOKED_AT_MAX ? (row.last ?? "0") : "0";
}
