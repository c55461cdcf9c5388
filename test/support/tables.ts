// What the tables must look like when all is over, whatever happened meanwhile.
import postgres from "postgres";

/** Conversations whose seqs, and users whose pts, are not the unbroken line that they must be. */
export async function holesIn(databaseUrl: string): Promise<string[]> {
  const sql = postgres(databaseUrl, { max: 1, onnotice: () => {} });
  try {
    const conversations = await sql<{ id: string }[]>`
      SELECT conversation_id::text AS id FROM messages GROUP BY conversation_id
      HAVING min(seq) <> 0 OR max(seq) <> count(*) - 1 OR count(DISTINCT seq) <> count(*)`;
    const users = await sql<{ id: string }[]>`
      SELECT user_id::text AS id FROM inbox GROUP BY user_id
      HAVING min(pts) <> 1 OR max(pts) <> count(*) OR count(DISTINCT pts) <> count(*)`;
    const twice = await sql<{ id: string }[]>`
      SELECT local_id AS id FROM messages GROUP BY sender_id, device_id, conversation_id, local_id
      HAVING count(*) > 1`;
    return [
      ...conversations.map(({ id }) => `seqs of conversation ${id}`),
      ...users.map(({ id }) => `pts of user ${id}`),
      ...twice.map(({ id }) => `stored twice: ${id}`),
    ];
  } finally {
    await sql.end();
  }
}
