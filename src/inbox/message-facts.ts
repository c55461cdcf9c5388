/** What is known about single messages beside what they say: pins, versions, who has read them. */
import { idArray, type Sql } from "../postgres/client.ts";
import type { Envelope } from "../wire/envelope.ts";
import { envelopeOf, type LogRow } from "./events.ts";
import type { Reader } from "./history.ts";
import { visible } from "./visible.ts";

/** The pinned messages that the reader can see, the newest pin first. */
export async function pinnedMessages(sql: Sql, reader: Reader): Promise<Envelope[]> {
  const rows = await sql<LogRow[]>`
    SELECT x.seq AS position, x.id::text AS id, x.conversation_id,
      ${reader.conversationType}::int2 AS conversation_type, x.seq, NULL AS conversation_pts,
      x.cmd, x.type, x.flags, x.version, u.external_id AS sender, x.local_id,
      x.content, x.options, NULL AS mentioned
    FROM pins p JOIN messages x ON x.id = p.message_id LEFT JOIN users u ON u.id = x.sender_id
    WHERE p.conversation_id = ${reader.conversationId} AND ${visible(sql, reader)}
    ORDER BY p.created_at DESC, p.message_id DESC`;
  return rows.flatMap((row) => envelopeOf(row) ?? []);
}

/** What a message said, version by version, the newest last. */
export async function editedVersions(
  sql: Sql,
  reader: Reader,
  messageId: string,
  fromVersion: number,
  limit: number,
): Promise<{ versions: Envelope[]; final: boolean } | undefined> {
  if (!(await isVisible(sql, reader, messageId))) return undefined;
  const rows = await sql<LogRow[]>`
    SELECT x.seq AS position, x.id::text AS id, x.conversation_id,
      ${reader.conversationType}::int2 AS conversation_type, x.seq, NULL AS conversation_pts,
      x.cmd, x.type, x.flags, v.version, u.external_id AS sender, x.local_id,
      v.content, NULL AS options,
      NULL AS mentioned
    FROM messages x LEFT JOIN users u ON u.id = x.sender_id
    JOIN LATERAL (
      SELECT version, content FROM message_edits WHERE message_id = x.id
      UNION ALL SELECT coalesce(x.version, 0), x.content
    ) v ON v.version >= ${fromVersion}
    WHERE x.id = ${messageId}::text::int8 ORDER BY v.version LIMIT ${limit + 1}`;
  const versions = rows.slice(0, limit).flatMap((row) => envelopeOf(row) ?? []);
  return { versions, final: rows.length <= limit };
}

/** The members whose cursor has reached the message, by user; `cursor` is the page before's. */
export async function readersOf(
  sql: Sql,
  reader: Reader,
  messageId: string,
  cursor: string,
  limit: number,
): Promise<{ userIds: string[]; cursor: string; final: boolean } | undefined> {
  const after = /^\d{1,15}$/.test(cursor) ? Number(cursor) : 0;
  if (!(await isVisible(sql, reader, messageId))) return undefined;
  const rows = await sql<{ user_id: number; name: string }[]>`
    SELECT m.user_id, u.external_id AS name
    FROM messages x JOIN members m ON m.conversation_id = x.conversation_id
    JOIN users u ON u.id = m.user_id
    WHERE x.id = ${messageId}::text::int8 AND m.user_id > ${after} AND m.read_seq >= x.seq
      AND m.joined_seq <= x.seq AND m.user_id <> x.sender_id AND x.flags & 2112 = 0
      AND (x.target IS NULL OR m.user_id = ANY(x.target))
    ORDER BY m.user_id LIMIT ${limit + 1}`;
  const shown = rows.slice(0, limit);
  const final = rows.length <= limit;
  const last = shown.at(-1);
  return {
    userIds: shown.map((row) => row.name),
    cursor: final || last === undefined ? "" : String(last.user_id),
    final,
  };
}

async function isVisible(sql: Sql, reader: Reader, messageId: string): Promise<boolean> {
  const rows = await sql`
    SELECT 1 FROM messages x
    WHERE x.id = ${messageId}::text::int8 AND x.conversation_id = ${reader.conversationId}
      AND x.flags & 8 = 0 AND ${visible(sql, reader)}`;
  return rows.length > 0;
}

/** The messages among `messageIds` that the reader can see and that say something, by id. */
export async function messagesNamed(
  sql: Sql,
  reader: Reader,
  messageIds: readonly string[],
): Promise<Map<string, Envelope>> {
  const rows = await sql<LogRow[]>`
    SELECT x.seq AS position, x.id::text AS id, x.conversation_id,
      ${reader.conversationType}::int2 AS conversation_type, x.seq, NULL AS conversation_pts,
      x.cmd, x.type, x.flags, x.version, u.external_id AS sender, x.local_id,
      x.content, NULL AS options,
      NULL AS mentioned
    FROM messages x LEFT JOIN users u ON u.id = x.sender_id
    WHERE x.id = ANY(${idArray(messageIds)}::text::int8[])
      AND x.conversation_id = ${reader.conversationId} AND x.flags & 8 = 0
      AND ${visible(sql, reader)}`;
  const named = new Map<string, Envelope>();
  for (const row of rows) {
    const envelope = envelopeOf(row);
    if (row.id !== null && envelope !== undefined) named.set(row.id, envelope);
  }
  return named;
}
