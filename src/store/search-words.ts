/**
 * Fills the table that searches read, behind the writer: messages by their ids, which rise in the
 * order of commits, and the events that change or empty one. Safe to stop and begin anywhere.
 */
import { wordsOf } from "../base/words.ts";
import { idArray, type Sql } from "../postgres/client.ts";
import { CMD } from "../wire/commands.ts";
import { contentOf } from "../wire/content-bytes.ts";

/** Bits of messages.flags: emptied by clean-up or a recall, or encrypted by its sender. */
const NOT_SEARCHED = 8 | 16;
const CHANGES = [CMD.recall, CMD.delete, CMD.edit];

interface MessageRow {
  id: string;
  conversation_id: number;
  cmd: number;
  flags: number;
  content: Buffer;
}

interface EventRow {
  id: string;
  cmd: number;
  content: Buffer;
}

/**
 * One step; how many messages and events it looked at. Statements by themselves, each of which may
 * come twice: a transaction over several would be cut between them. (Ordered by the tables' own id:
 * `ORDER BY id` alone is that of the answer, which is text, and would sort the whole table.)
 */
export async function indexSome(sql: Sql, most: number): Promise<number> {
  const [row] = await sql<{ position: string }[]>`
    SELECT position::text FROM progress WHERE name = 'search'`;
  const from = row?.position ?? "0";
  const messages = await sql<MessageRow[]>`
    SELECT id::text, conversation_id, cmd, flags, content FROM messages
    WHERE id > ${from}::text::int8 ORDER BY messages.id LIMIT ${most}`;
  const until = messages.length === most ? (messages.at(-1)?.id ?? "") : NEWEST;
  const events = await sql<EventRow[]>`
    SELECT id::text, cmd, content FROM events
    WHERE id > ${from}::text::int8 AND id <= ${until}::text::int8
      AND cmd = ANY(${idArray(CHANGES)}::text::int2[]) ORDER BY events.id LIMIT ${most}`;
  if (messages.length + events.length === 0) return 0;
  // Where events were cut off, what lies beyond the last of them comes with the next step.
  const cutAt = events.length === most ? (events.at(-1)?.id ?? NEWEST) : NEWEST;
  const seen = messages.filter(({ id }) => BigInt(id) <= BigInt(cutAt));
  await put(sql, seen);
  await putAnew(sql, events);
  const last = [...seen, ...events].reduce((max, { id }) => bigger(max, BigInt(id)), 0n);
  await sql`
    INSERT INTO progress (name, position) VALUES ('search', ${String(last)}::text::int8)
    ON CONFLICT (name) DO UPDATE SET position = greatest(progress.position, excluded.position)`;
  return seen.length + events.length;
}

const NEWEST = "9223372036854775807";

function bigger(a: bigint, b: bigint): bigint {
  return a > b ? a : b;
}

async function put(sql: Sql, messages: readonly MessageRow[]): Promise<void> {
  const documents = messages.flatMap((message) => {
    const words = message.flags & NOT_SEARCHED ? "" : vectorOf(message);
    return words === "" ? [] : [{ ...message, words }];
  });
  if (documents.length === 0) return;
  await sql`
    INSERT INTO search (message_id, conversation_id, words)
    SELECT id, conversation_id, words::tsvector
    FROM unnest(${`{${documents.map(({ id }) => id).join(",")}}`}::text::int8[],
      ${idArray(documents.map((document) => document.conversation_id))}::text::int8[],
      ${sql.array(
        documents.map(({ words }) => words),
        25,
      )}::text[]) AS d(id, conversation_id, words)
    ON CONFLICT (message_id) DO UPDATE SET words = excluded.words`;
}

/** What was edited, recalled or deleted is read again as it is now. */
async function putAnew(sql: Sql, events: readonly EventRow[]): Promise<void> {
  const ids = [...new Set(events.flatMap(messagesOf))];
  if (ids.length === 0) return;
  const list = `{${ids.join(",")}}`;
  await sql`DELETE FROM search WHERE message_id = ANY(${list}::text::int8[])`;
  const rows = await sql<MessageRow[]>`
    SELECT id::text, conversation_id, cmd, flags, content FROM messages
    WHERE id = ANY(${list}::text::int8[])`;
  await put(sql, rows);
}

function messagesOf({ cmd, content }: EventRow): string[] {
  const { data = {} } = contentOf({ bytes: content, start: 0, end: content.length }, cmd);
  const { messageId, messageIds } = data;
  const named = [messageId, ...(Array.isArray(messageIds) ? (messageIds as unknown[]) : [])];
  return named.filter((id): id is string => typeof id === "string" && /^\d{1,19}$/.test(id));
}

/** As Postgres reads a tsvector; words have letters and digits alone: nothing is to be quoted. */
function vectorOf({ conversation_id, cmd, content }: MessageRow): string {
  const { text = "" } = contentOf({ bytes: content, start: 0, end: content.length }, cmd);
  const words = wordsOf(text);
  if (words.length === 0) return "";
  const parts = words.map((word) => `'${word.text}':${word.position}`);
  return `${parts.join(" ")} '#${conversation_id}':1`;
}
