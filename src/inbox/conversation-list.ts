/** The list of a user's conversations, newest first, with unread counted from the cursor. */
import type { Sql } from "../postgres/client.ts";
import type { Envelope } from "../wire/envelope.ts";
import { LIMIT } from "../wire/limits.ts";
import { envelopeOf, type LogRow } from "./events.ts";

export interface ConversationEntry {
  conversationId: number;
  conversationType: number;
  lastSeq: number;
  readSeq: number;
  unread: number;
  unreadMentions: number;
  conversationPts?: number;
  top: boolean;
  mute: boolean;
  last?: Envelope;
  /** The other of a pair. */
  peer?: string;
  /** Of a group its name, of a pair the other's nickname. */
  name: string;
  /** Of the other, in a conversation of two: what he has on a device, and what he has read. */
  deliveredSeq?: number;
  peerReadSeq?: number;
}

export interface ConversationPage {
  conversations: ConversationEntry[];
  /** Where the next page begins; "" after the last. */
  cursor: string;
  final: boolean;
}

type ListRow = LogRow & {
  list_id: number;
  list_type: number;
  wide: boolean;
  last_seq: number | null;
  read_seq: number;
  unread: number;
  unread_mentions: number;
  newest_pts: number | null;
  top: boolean;
  mute: boolean;
  peer: string | null;
  name: string;
  delivered_seq: number | null;
  peer_read_seq: number | null;
  sort_id: string;
};

/**
 * Unread is what lies after the read cursor, is not the reader's own, counts, and is there for him:
 * not expired, recalled or deleted, not before he joined or cleared it, not for other targets. So
 * many of the newest messages are looked through at most; "Read and unread" in docs/protocol.md is
 * the definition. What is pinned comes first, each part newest first. `cursor` is that of the page
 * before, or "".
 */
export async function conversationPage(
  sql: Sql,
  userId: number,
  cursor: string,
  limit: number,
): Promise<ConversationPage> {
  const rows = await listRows(sql, userId, parseCursor(cursor), limit + 1);
  const shown = rows.slice(0, limit);
  const last = shown.at(-1);
  const final = rows.length <= limit;
  return {
    conversations: shown.map(entryOf),
    cursor: final || last === undefined ? "" : cursorAfter(last),
    final,
  };
}

/**
 * Mentions are intersected with messages, where there is something to count: a join would be the
 * product of both in a plan that was made when the tables were small, and is kept.
 */
function listRows(
  sql: Sql,
  userId: number,
  [beforeTop, beforeId, beforeConversation]: readonly [boolean, string, string],
  limit: number,
) {
  return sql<ListRow[]>`
    SELECT page.*, u.external_id AS sender,
      count.unread, count.mentions_all + CASE WHEN named.first IS NULL THEN 0 ELSE (
        SELECT count(*)::int FROM (
          SELECT n.seq FROM mentions n
          WHERE n.user_id = ${userId} AND n.conversation_id = page.list_id AND n.seq >= named.first
          INTERSECT
          SELECT x.seq FROM messages x
          WHERE x.conversation_id = page.list_id AND x.seq >= named.first AND x.flags & 4105 = 0
            AND (x.expires_at IS NULL OR x.expires_at > now())
            AND NOT EXISTS (SELECT FROM hidden_messages h WHERE h.user_id = ${userId}
              AND h.conversation_id = x.conversation_id AND h.seq = x.seq)
        ) still) END AS unread_mentions,
      peer.external_id AS peer, coalesce(peer.nickname, page.list_name) AS name
    FROM (
      SELECT c.id AS list_id, c.type AS list_type, c.wide, m.read_seq, m.top, m.mute,
        greatest(m.read_seq, m.joined_seq - 1, m.cleared_seq,
          newest.seq - ${LIMIT.unreadSeqs}) AS counted_from, c.name AS list_name,
        CASE WHEN c.pair_low = m.user_id THEN c.pair_high ELSE c.pair_low END AS peer_id,
        newest.seq AS last_seq, last.seq AS position, last.id::text AS id, c.id AS conversation_id,
        c.type AS conversation_type, last.seq, last.conversation_pts, last.cmd, last.type,
        last.flags, last.local_id, last.content, last.options, last.sender_id, last.version,
        CASE WHEN c.pair_low > 0 THEN coalesce((SELECT d.seq FROM deliveries d
          WHERE d.conversation_id = c.id AND d.user_id <> ${userId}), -1) END AS delivered_seq,
        CASE WHEN c.pair_low > 0 THEN (
          SELECT CASE WHEN c.quiet THEN linnet_told(c.id, p.user_id, p.read_seq) ELSE p.read_seq END
          FROM members p WHERE p.conversation_id = c.id AND p.user_id <> ${userId})
          END AS peer_read_seq,
        coalesce(newest.id, 0) AS sort_key, coalesce(newest.id, 0)::text AS sort_id,
        CASE WHEN c.wide THEN greatest(0,
          (SELECT max(conversation_pts) FROM messages
            WHERE conversation_id = c.id AND conversation_pts IS NOT NULL),
          (SELECT max(conversation_pts) FROM events
            WHERE conversation_id = c.id AND conversation_pts IS NOT NULL)) END AS newest_pts
      FROM members m JOIN conversations c ON c.id = m.conversation_id
      LEFT JOIN LATERAL (SELECT id, seq FROM messages
        WHERE conversation_id = c.id ORDER BY seq DESC LIMIT 1) newest ON true
      LEFT JOIN LATERAL (SELECT * FROM messages x
        WHERE x.conversation_id = c.id AND x.seq >= greatest(m.joined_seq, m.cleared_seq + 1)
          AND x.flags & 8 = 0
          AND (x.expires_at IS NULL OR x.expires_at > now())
          AND (x.target IS NULL OR ${userId} = ANY(x.target) OR x.sender_id = ${userId})
          AND NOT EXISTS (SELECT FROM hidden_messages h WHERE h.user_id = ${userId}
            AND h.conversation_id = c.id AND h.seq = x.seq)
        ORDER BY x.seq DESC LIMIT 1) last ON true
      WHERE m.user_id = ${userId}
        AND (m.hidden_seq IS NULL OR newest.seq > m.hidden_seq)
        AND (m.top, coalesce(newest.id, 0), c.id)
          < (${beforeTop}::bool, ${beforeId}::text::int8, ${beforeConversation}::int8)
      ORDER BY m.top DESC, coalesce(newest.id, 0) DESC, c.id DESC LIMIT ${limit}
    ) page
    LEFT JOIN users u ON u.id = page.sender_id
    LEFT JOIN users peer ON peer.id = page.peer_id
    LEFT JOIN LATERAL (
      SELECT count(*)::int AS unread,
        count(*) FILTER (WHERE x.flags & 1 = 1)::int AS mentions_all
      FROM messages x
      WHERE x.conversation_id = page.list_id AND x.seq > page.counted_from
        AND x.sender_id <> ${userId} AND x.flags & 4104 = 0
        AND (x.expires_at IS NULL OR x.expires_at > now())
        AND (x.target IS NULL OR ${userId} = ANY(x.target))
        AND NOT EXISTS (SELECT FROM hidden_messages h WHERE h.user_id = ${userId}
          AND h.conversation_id = x.conversation_id AND h.seq = x.seq)
    ) count ON true
    LEFT JOIN LATERAL (SELECT min(seq) AS first FROM mentions WHERE user_id = ${userId}
      AND conversation_id = page.list_id AND seq > page.counted_from) named ON true
    ORDER BY page.top DESC, page.sort_key DESC, page.list_id DESC`;
}

function cursorAfter(row: ListRow): string {
  return `${row.top ? "1." : ""}${row.sort_id}.${row.list_id}`;
}

const FIRST_CURSOR = [true, "9223372036854775807", "9007199254740991"] as const;

/** A cursor that we did not give is taken as the first. */
function parseCursor(cursor: string): readonly [boolean, string, string] {
  const parts = /^(1\.)?(\d{1,18})\.(\d{1,15})$/.exec(cursor);
  if (parts === null) return FIRST_CURSOR;
  return [parts[1] !== undefined, parts[2] as string, parts[3] as string];
}

function entryOf(row: ListRow): ConversationEntry {
  const last = envelopeOf(row);
  return {
    conversationId: row.list_id,
    conversationType: row.list_type,
    lastSeq: row.last_seq ?? -1,
    readSeq: row.read_seq,
    unread: row.unread,
    unreadMentions: row.unread_mentions,
    ...(row.newest_pts === null ? {} : { conversationPts: row.newest_pts }),
    top: row.top,
    mute: row.mute,
    ...(row.peer === null ? {} : { peer: row.peer }),
    name: row.name,
    ...(last === undefined ? {} : { last }),
    ...(typeof row.delivered_seq !== "number" ? {} : { deliveredSeq: row.delivered_seq }),
    ...(typeof row.peer_read_seq !== "number" ? {} : { peerReadSeq: row.peer_read_seq }),
  };
}
