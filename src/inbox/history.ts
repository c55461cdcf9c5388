/** A conversation's messages by seq, for one reader; and the list of a user's conversations. */
import type { Sql } from "../postgres/client.ts";
import type { Envelope } from "../wire/envelope.ts";
import { LIMIT } from "../wire/limits.ts";
import { envelopeOf, eventBytes, isThere, type LogRow, tombstone } from "./events.ts";
import { reactionsOf } from "./reactions.ts";
import { visible } from "./visible.ts";

/** What a reader may see of a conversation. */
export interface Reader {
  userId: number;
  conversationId: number;
  conversationType: number;
  /** The newest seq, −1 for none. */
  lastSeq: number;
  /** What lies before is not for this reader: he joined, or cleared it. */
  joinedSeq: number;
}

interface ReaderRow {
  type: number;
  joined_seq: number | null;
  cleared_seq?: number | null;
  last_seq: number | null;
}

/** Undefined when the user is not a member. `conversation` says whether there is one at all. */
export async function findReader(
  sql: Sql,
  conversationId: number,
  userId: number,
): Promise<{ conversationType: number; reader: Reader | undefined } | undefined> {
  const [row] = await sql<ReaderRow[]>`
    SELECT c.type, m.joined_seq, m.cleared_seq,
      (SELECT seq FROM messages WHERE conversation_id = c.id ORDER BY seq DESC LIMIT 1) AS last_seq
    FROM conversations c
    LEFT JOIN members m ON m.conversation_id = c.id AND m.user_id = ${userId}
    WHERE c.id = ${conversationId}`;
  if (row === undefined) return undefined;
  if (row.joined_seq === null) return { conversationType: row.type, reader: undefined };
  const reader = {
    userId,
    conversationId,
    conversationType: row.type,
    lastSeq: row.last_seq ?? -1,
    joinedSeq: Math.max(row.joined_seq, (row.cleared_seq ?? -1) + 1),
  };
  return { conversationType: row.type, reader };
}

/** Who reads a conversation without being a member of it, from `joinedSeq` on. */
export async function guestReader(
  sql: Sql,
  conversationId: number,
  userId: number,
  joinedSeq: number,
): Promise<Reader | undefined> {
  const [row] = await sql<{ type: number }[]>`
    SELECT type FROM conversations WHERE id = ${conversationId}`;
  if (row === undefined) return undefined;
  const lastSeq = await newestSeq(sql, conversationId);
  return { userId, conversationId, conversationType: row.type, lastSeq, joinedSeq };
}

/** −1 for none. */
export async function newestSeq(sql: Sql, conversationId: number): Promise<number> {
  const [row] = await sql<{ seq: number }[]>`
    SELECT seq FROM messages WHERE conversation_id = ${conversationId} ORDER BY seq DESC LIMIT 1`;
  return row?.seq ?? -1;
}

/** From where a page reaches as far before a seq as after it. */
export function middle(seq: number | undefined, limit: number): number | undefined {
  return seq === undefined ? undefined : Math.max(0, seq - (limit >> 1));
}

/**
 * Messages from `fromSeq` on (inclusive), upwards, or downwards with `backward`. Every seq of the
 * range is accounted for: what is gone, or not for this reader, is the seq alone, a tombstone.
 */
export async function history(
  sql: Sql,
  reader: Reader,
  fromSeq: number | undefined,
  limit: number,
  backward: boolean,
): Promise<{ entries: (LogRow | number)[]; final: boolean }> {
  const { conversationId, conversationType, lastSeq } = reader;
  const start = Math.min(fromSeq ?? (backward ? lastSeq : 0), backward ? lastSeq : Infinity);
  const low = backward ? Math.max(0, start - limit + 1) : start;
  const high = Math.min(lastSeq, backward ? start : start + limit - 1);
  if (high < low) return { entries: [], final: true };
  const rows = await sql<LogRow[]>`
    SELECT x.seq AS position, x.id::text AS id, x.conversation_id, ${conversationType}::int2
        AS conversation_type, x.seq, NULL AS conversation_pts, x.cmd, x.type, x.flags, x.version,
      u.external_id AS sender, x.local_id, x.content, x.options, NULL AS mentioned
    FROM messages x LEFT JOIN users u ON u.id = x.sender_id
    WHERE x.conversation_id = ${conversationId} AND x.seq BETWEEN ${low} AND ${high}
      AND ${visible(sql, reader)}`;
  const reactions = await reactionsOf(sql, reader.userId, rows);
  const bySeq = new Map(rows.map((row) => [row.position, row]));
  const entries: (LogRow | number)[] = [];
  let bytes = 0;
  let seq = backward ? high : low;
  for (; seq >= low && seq <= high; seq += backward ? -1 : 1) {
    const row = bySeq.get(seq);
    bytes += row === undefined ? 50 : eventBytes(row);
    if (bytes > LIMIT.pageBytes && entries.length > 0) break;
    const given = row?.id && reactions.get(row.id);
    if (given) row.reactions = given;
    entries.push(row !== undefined && isThere(row) ? row : seq);
  }
  return { entries, final: backward ? seq < 0 : seq > lastSeq };
}

/** A page as envelopes, for HTTP. */
export function shownOf(
  reader: Reader,
  { entries, final }: { entries: readonly (LogRow | number)[]; final: boolean },
): { messages: Envelope[]; final: boolean } {
  const messages = entries.map((entry) =>
    typeof entry === "number"
      ? tombstone(reader, entry)
      : (envelopeOf(entry) ?? tombstone(reader, entry.position)),
  );
  return { messages, final };
}
