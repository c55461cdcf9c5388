/** The tables as they are when all is over: what the ledger compares the clients with. */
import type postgres from "postgres";
import { contentOf } from "../../src/wire/content-bytes.ts";
import { CMD } from "../../src/wire/commands.ts";
import type { Content } from "../../src/wire/envelope.ts";
import { aboutOf } from "./about.ts";
import type { EventRow, MessageRow, Tables } from "./record.ts";

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
    readMessages(sql),
    sql<Tables["inbox"]>`
      SELECT u.external_id AS user, i.pts, i.message_id::text AS "messageId",
        i.event_id::text AS "eventId"
      FROM inbox i JOIN users u ON u.id = i.user_id ORDER BY i.user_id, i.pts`,
    readEvents(sql),
    sql<Tables["members"]>`
      SELECT m.conversation_id AS "conversationId", u.external_id AS user,
        m.read_seq AS "readSeq", m.joined_seq AS "joinedSeq"
      FROM members m JOIN users u ON u.id = m.user_id`,
    sql<Tables["conversations"]>`SELECT id, type, wide FROM conversations`,
  ]);
  return {
    messages,
    inbox: [...inbox],
    events,
    members: [...members],
    conversations: [...conversations],
    ...(await readOperated(sql)),
  };
}

async function readMessages(sql: postgres.Sql): Promise<MessageRow[]> {
  const rows = await sql<(MessageRow & Stored)[]>`
    SELECT m.id::text AS id, m.conversation_id AS "conversationId", m.seq,
      coalesce(u.external_id, '') AS sender, m.conversation_pts AS "conversationPts",
      m.local_id AS "localId", m.cmd, m.content, length(m.content) = 0 AS emptied,
      m.flags & 256 <> 0 AS recalled, coalesce(m.version, 0) AS version
    FROM messages m LEFT JOIN users u ON u.id = m.sender_id ORDER BY m.conversation_id, m.seq`;
  return rows.map(({ cmd, content, ...row }) => ({ ...row, text: read(cmd, content).text ?? "" }));
}

async function readEvents(sql: postgres.Sql): Promise<EventRow[]> {
  const rows = await sql<(EventRow & Stored)[]>`
    SELECT e.id::text AS id, e.conversation_id AS "conversationId",
      e.conversation_pts AS "conversationPts", e.cmd, coalesce(u.external_id, '') AS actor,
      e.local_id AS "localId", e.content
    FROM events e LEFT JOIN users u ON u.id = e.actor_id ORDER BY e.id`;
  return rows.map(({ content, ...row }) => {
    return { ...row, about: aboutOf(row.cmd, read(row.cmd, content)) };
  });
}

/** What operations on messages left beside the messages themselves. */
async function readOperated(sql: postgres.Sql) {
  const [edits, reactions, reactionCounts] = await Promise.all([
    sql<{ messageId: string; version: number; content: Buffer }[]>`
      SELECT message_id::text AS "messageId", version, content FROM message_edits
      ORDER BY message_id, version`,
    sql<Tables["reactions"]>`
      SELECT r.message_id::text AS "messageId", u.external_id AS user, r.reaction
      FROM reactions r JOIN users u ON u.id = r.user_id ORDER BY r.message_id, r.user_id`,
    sql<Tables["reactionCounts"]>`
      SELECT message_id::text AS "messageId", reaction, count FROM reaction_counts
      ORDER BY message_id, reaction`,
  ]);
  return {
    edits: edits.map(({ content, ...row }) => {
      return { ...row, text: read(CMD.singleChat, content).text ?? "" };
    }),
    reactions: [...reactions],
    reactionCounts: [...reactionCounts],
  };
}

interface Stored {
  cmd: number;
  content: Buffer;
}

function read(cmd: number, bytes: Buffer): Content {
  return contentOf({ bytes, start: 0, end: bytes.length }, cmd);
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
