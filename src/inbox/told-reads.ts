/**
 * How far the other of two is told that a user has read. That is the user's cursor, unless what he
 * read last wants no receipt of it: then it is what lies before that (`linnet_told` in the
 * migrations). Only where `quiet` stands with the conversation there is anything to look up.
 */
import { idArray, type Sql } from "../postgres/client.ts";

export interface Read {
  conversationId: number;
  userId: number;
  seq: number;
}

/** For each of the reads, in their order. */
export async function toldReads(sql: Sql, reads: readonly Read[]): Promise<number[]> {
  if (reads.length === 0) return [];
  const rows = await sql<{ told: number }[]>`
    SELECT linnet_told(r.conversation_id, r.user_id, r.read_seq) AS told
    FROM unnest(${idArray(reads.map((read) => read.conversationId))}::text::int8[],
      ${idArray(reads.map((read) => read.userId))}::text::int8[],
      ${idArray(reads.map((read) => read.seq))}::text::int8[])
      WITH ORDINALITY AS r(conversation_id, user_id, read_seq, place)
    ORDER BY r.place`;
  return rows.map((row) => row.told);
}
