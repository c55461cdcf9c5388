/** How many gave which reaction to messages, and whether the reader did. */
import { idArray, type Sql } from "../postgres/client.ts";

interface Given {
  reaction: string;
  count: number;
  mine: boolean;
}

const HAS_REACTIONS = 512;

/** By message, in the order in which each reaction came first; nothing is asked where none has. */
export async function reactionsOf(
  sql: Sql,
  userId: number,
  messages: readonly { id: string | null; flags: number | null }[],
): Promise<Map<string, Given[]>> {
  const ids = messages.flatMap(({ id, flags }) =>
    id !== null && ((flags ?? 0) & HAS_REACTIONS) !== 0 ? [id] : [],
  );
  const given = new Map<string, Given[]>();
  if (ids.length === 0) return given;
  const rows = await sql<({ id: string } & Given)[]>`
    SELECT c.message_id::text AS id, c.reaction, c.count,
      EXISTS (SELECT FROM reactions r WHERE r.message_id = c.message_id
        AND r.user_id = ${userId} AND r.reaction = c.reaction) AS mine
    FROM reaction_counts c WHERE c.message_id = ANY(${idArray(ids)}::text::int8[])
    ORDER BY c.message_id, c.created_at, c.reaction`;
  for (const { id, reaction, count, mine } of rows) {
    const held = given.get(id);
    const one = { reaction, count, mine };
    if (held === undefined) given.set(id, [one]);
    else held.push(one);
  }
  return given;
}
