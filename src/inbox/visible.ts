/** Which messages a reader may see: the one condition that every read of them carries. */
import type { Sql } from "../postgres/client.ts";

/** A piece of SQL over `messages x`; user 0 is the server, for which nothing was deleted. */
export function visible(sql: Sql, reader: { userId: number; joinedSeq: number }) {
  const { userId, joinedSeq } = reader;
  return sql`x.seq >= ${joinedSeq} AND (x.expires_at IS NULL OR x.expires_at > now())
    AND (x.target IS NULL OR ${userId} = 0 OR ${userId} = ANY(x.target) OR x.sender_id = ${userId})
    AND NOT EXISTS (SELECT FROM hidden_messages h WHERE h.user_id = ${userId}
      AND h.conversation_id = x.conversation_id AND h.seq = x.seq)`;
}
