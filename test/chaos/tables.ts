/** The tables as they are when all is over: what the ledger compares the clients with. */
import type postgres from "postgres";
import type { Tables } from "./record.ts";

export interface Snapshot {
  tables: Tables;
  newest: Newest;
}

/** All tables as they were at one moment. */
export async function readSnapshot(sql: postgres.Sql): Promise<Snapshot> {
  return await sql.begin("isolation level repeatable read read only", async (tx) => {
    const same = tx as unknown as postgres.Sql;
    return { tables: await readTables(same), newest: await readNewest(same) };
  });
}

async function readTables(sql: postgres.Sql): Promise<Tables> {
  const [messages, inbox, events, members, conversations] = await Promise.all([
    sql<Tables["messages"]>`
      SELECT m.id::text AS id, m.conversation_id AS "conversationId", m.seq,
        coalesce(u.external_id, '') AS sender, m.conversation_pts AS "conversationPts",
        m.local_id AS "localId"
      FROM messages m LEFT JOIN users u ON u.id = m.sender_id ORDER BY m.conversation_id, m.seq`,
    sql<Tables["inbox"]>`
      SELECT u.external_id AS user, i.pts, i.message_id::text AS "messageId",
        i.event_id::text AS "eventId"
      FROM inbox i JOIN users u ON u.id = i.user_id ORDER BY i.user_id, i.pts`,
    sql<Tables["events"]>`
      SELECT id::text AS id, conversation_id AS "conversationId",
        conversation_pts AS "conversationPts", cmd FROM events ORDER BY id`,
    sql<Tables["members"]>`
      SELECT m.conversation_id AS "conversationId", u.external_id AS user,
        m.read_seq AS "readSeq", m.joined_seq AS "joinedSeq"
      FROM members m JOIN users u ON u.id = m.user_id`,
    sql<Tables["conversations"]>`SELECT id, type, wide FROM conversations`,
  ]);
  return {
    messages: [...messages],
    inbox: [...inbox],
    events: [...events],
    members: [...members],
    conversations: [...conversations],
  };
}

/** How far every log reaches: users' own, and those of wide conversations with their members. */
export interface Newest {
  own: Map<string, number>;
  wide: Map<string, Map<number, number>>;
}

export async function readNewest(sql: postgres.Sql): Promise<Newest> {
  const [own, wide] = await Promise.all([
    sql<{ user: string; pts: number }[]>`
      SELECT u.external_id AS user, max(i.pts) AS pts FROM inbox i JOIN users u ON u.id = i.user_id
      GROUP BY 1`,
    sql<{ user: string; id: number; pts: number }[]>`
      SELECT u.external_id AS user, c.id, greatest(0,
        (SELECT max(conversation_pts) FROM messages WHERE conversation_id = c.id),
        (SELECT max(conversation_pts) FROM events WHERE conversation_id = c.id)) AS pts
      FROM conversations c JOIN members m ON m.conversation_id = c.id
      JOIN users u ON u.id = m.user_id WHERE c.wide`,
  ]);
  const newest: Newest = { own: new Map(own.map((row) => [row.user, row.pts])), wide: new Map() };
  for (const { user, id, pts } of wide) {
    const held = newest.wide.get(user) ?? new Map<number, number>();
    held.set(id, pts);
    newest.wide.set(user, held);
  }
  return newest;
}
