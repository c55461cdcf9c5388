/** Conversations of two by the host application's ids of the two. */
import type { Sql } from "../postgres/client.ts";

/** The two; the one where the other is the system; none where it is a group. */
export async function pairNames(sql: Sql, conversationId: number): Promise<readonly string[]> {
  const rows = await sql<{ name: string }[]>`
    SELECT u.external_id AS name FROM conversations c
    JOIN users u ON u.id IN (c.pair_low, c.pair_high) WHERE c.id = ${conversationId}`;
  return rows.map(({ name }) => name);
}

/** Undefined where the two have said nothing yet. */
export async function pairOf(sql: Sql, userId: number, other: string): Promise<number | undefined> {
  const [row] = await sql<{ id: number }[]>`
    SELECT c.id FROM users u JOIN conversations c
      ON c.pair_low = least(u.id, ${userId}) AND c.pair_high = greatest(u.id, ${userId})
    WHERE u.external_id = ${other}`;
  return row?.id;
}
