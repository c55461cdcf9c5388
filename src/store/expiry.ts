/** Clean-up of messages whose `ttl` is over, in small batches, by Postgres' clock. */
import type { Sql } from "../postgres/client.ts";

/** Flag of a message row that is kept only for its number. */
export const EMPTIED = 8;
const ROWS_MAX = 500;

/**
 * Removes what has expired. The newest row of a conversation, by seq or by position in the wide
 * log, is emptied and looked at again in an hour: the next number is counted from it. Answers how
 * many rows were removed or emptied.
 */
export async function expireMessages(sql: Sql, writer: string): Promise<number> {
  const [row] = await sql<{ count: number }[]>`
    WITH due AS (
      SELECT m.id, m.conversation_id, m.seq, NOT EXISTS (SELECT FROM messages n
          WHERE n.conversation_id = m.conversation_id AND n.seq > m.seq)
        OR (m.conversation_pts IS NOT NULL AND NOT EXISTS (SELECT FROM messages n
            WHERE n.conversation_id = m.conversation_id AND n.conversation_pts > m.conversation_pts)
          AND NOT EXISTS (SELECT FROM events n
            WHERE n.conversation_id = m.conversation_id
              AND n.conversation_pts > m.conversation_pts))
        AS newest
      FROM messages m WHERE m.expires_at <= now() ORDER BY m.expires_at LIMIT ${ROWS_MAX}
    ), emptied AS (
      UPDATE messages SET content = '', options = NULL, flags = flags | ${EMPTIED}, version = NULL,
        expires_at = now() + interval '1 hour'
      FROM due WHERE messages.id = due.id AND due.newest AND linnet_fence(${writer})
      RETURNING 1
    ), edits AS (
      DELETE FROM message_edits USING due WHERE message_id = due.id AND linnet_fence(${writer})
    ), given AS (
      DELETE FROM reactions USING due WHERE message_id = due.id AND linnet_fence(${writer})
    ), counted AS (
      DELETE FROM reaction_counts USING due WHERE message_id = due.id AND linnet_fence(${writer})
    ), pinned AS (
      DELETE FROM pins USING due WHERE message_id = due.id AND linnet_fence(${writer})
    ), hidden AS (
      DELETE FROM hidden_messages USING due
      WHERE message_id = due.id AND linnet_fence(${writer})
    ), named AS (
      DELETE FROM mentions n USING due
      WHERE n.conversation_id = due.conversation_id AND n.seq = due.seq AND linnet_fence(${writer})
    ), removed AS (
      DELETE FROM messages USING due
      WHERE messages.id = due.id AND NOT due.newest AND linnet_fence(${writer})
      RETURNING 1
    )
    SELECT (SELECT count(*) FROM emptied)::int + (SELECT count(*) FROM removed)::int AS count`;
  return row?.count ?? 0;
}

/** The traces of applied changes are kept a day: no entry of the stream lives that long. */
export async function forgetApplied(sql: Sql, writer: string): Promise<void> {
  await sql`
    DELETE FROM applied WHERE created_at < now() - interval '1 day' AND linnet_fence(${writer})`;
}
