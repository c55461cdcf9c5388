/** The place of messages in their conversation. */
import { idArray, type Sql } from "../postgres/client.ts";

/** The highest seq among messages of a conversation, −1 when none of them is there. */
export async function newestSeqOf(
  sql: Sql,
  conversationId: number,
  messageIds: readonly string[],
): Promise<number> {
  const [row] = await sql<{ seq: number | null }[]>`
    SELECT max(seq) AS seq FROM messages WHERE conversation_id = ${conversationId}
      AND id = ANY(${idArray(messageIds)}::text::int8[])`;
  return row?.seq ?? -1;
}
