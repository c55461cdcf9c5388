/**
 * How far the other of two is told that a user has read. That is the user's cursor, unless what he
 * read last wants no receipt of it: then it is what lies before that. Only where `quiet` stands
 * with the conversation there is anything to look up.
 */
import { idArray, type Sql } from "../postgres/client.ts";
import { LIMIT } from "../wire/limits.ts";

export interface Read {
  conversationId: number;
  userId: number;
  seq: number;
}

/** A piece of SQL over a read `r(conversation_id, user_id, read_seq)` in the conversation `c`. */
export function toldSeq(sql: Sql) {
  return sql`
    CASE WHEN NOT c.quiet THEN r.read_seq ELSE coalesce((
      SELECT min(q.seq) - 1 FROM messages q
      WHERE q.conversation_id = r.conversation_id AND q.seq <= r.read_seq
        AND q.sender_id <> r.user_id AND q.flags & 2112 <> 0
        AND q.seq > greatest(r.read_seq - ${LIMIT.unreadSeqs}, (
          SELECT w.seq FROM messages w
          WHERE w.conversation_id = r.conversation_id AND w.seq <= r.read_seq
            AND w.seq > r.read_seq - ${LIMIT.unreadSeqs}
            AND w.sender_id <> r.user_id AND w.flags & 2112 = 0
          ORDER BY w.seq DESC LIMIT 1))), r.read_seq) END`;
}

/** For each of the reads, in their order. */
export async function toldReads(sql: Sql, reads: readonly Read[]): Promise<number[]> {
  if (reads.length === 0) return [];
  const rows = await sql<{ told: number }[]>`
    SELECT ${toldSeq(sql)} AS told
    FROM unnest(${idArray(reads.map((read) => read.conversationId))}::text::int8[],
      ${idArray(reads.map((read) => read.userId))}::text::int8[],
      ${idArray(reads.map((read) => read.seq))}::text::int8[])
      WITH ORDINALITY AS r(conversation_id, user_id, read_seq, place)
    JOIN conversations c ON c.id = r.conversation_id ORDER BY r.place`;
  return rows.map((row) => row.told);
}
