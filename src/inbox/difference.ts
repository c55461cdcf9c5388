/** What came after a position: in a user's own log, or in the log of a wide conversation. */
import type { Sql } from "../postgres/client.ts";
import { LIMIT } from "../wire/limits.ts";
import { type BareRow, completeRows } from "./bare-rows.ts";
import { eventBytes, isThere, type LogRow } from "./events.ts";

export interface Page {
  /** What is not gone, oldest first; `position` is the entry's own. */
  rows: LogRow[];
  /** Up to where the page reaches; what lies between its events is gone. */
  position: number;
  /** The newest position when the page was read. */
  newest: number;
}

/** A page of a user's own log: what lies after `pts`, oldest first, bounded in events and bytes. */
export async function ownDifference(
  sql: Sql,
  userId: number,
  pts: number,
  limit: number,
): Promise<Page> {
  const rows = await sql<(BareRow & { newest: number })[]>`
    SELECT i.pts AS position, i.mentioned, coalesce(m.id, e.id)::text AS id,
      coalesce(m.conversation_id, e.conversation_id) AS conversation_id, m.seq,
      m.conversation_pts, coalesce(m.cmd, e.cmd) AS cmd, m.type,
      coalesce(m.flags, e.flags) AS flags, coalesce(m.sender_id, e.actor_id) AS sender_id,
      coalesce(m.local_id, e.local_id) AS local_id, coalesce(m.content, e.content) AS content,
      m.options, m.version,
      (SELECT pts FROM inbox WHERE user_id = ${userId} ORDER BY pts DESC LIMIT 1) AS newest
    FROM inbox i
    LEFT JOIN messages m ON m.id = i.message_id AND (m.expires_at IS NULL OR m.expires_at > now())
    LEFT JOIN events e ON e.id = i.event_id
    WHERE i.user_id = ${userId} AND i.pts > ${pts}
    ORDER BY i.pts LIMIT ${limit}`;
  const newest = rows[0]?.newest ?? (await newestOwnPts(sql, userId));
  await completeRows(sql, userId, rows);
  return pageOf(rows, pts, newest);
}

/** The newest pts of a user, 0 for an empty inbox. */
export async function newestOwnPts(sql: Sql, userId: number): Promise<number> {
  const [row] = await sql<{ pts: number }[]>`
    SELECT pts FROM inbox WHERE user_id = ${userId} ORDER BY pts DESC LIMIT 1`;
  return row?.pts ?? 0;
}

export interface WideLog {
  conversationId: number;
  conversationType: number;
  newest: number;
  /** What lies up to here is not for this member. */
  joinedPts: number;
}

/** The wide conversations of a user, each with the newest position of its log. */
export async function wideLogs(sql: Sql, userId: number): Promise<WideLog[]> {
  const rows = await sql<{ id: number; type: number; newest: number; joined_pts: number }[]>`
    SELECT c.id, c.type, m.joined_pts, greatest(0,
      (SELECT max(conversation_pts) FROM messages
        WHERE conversation_id = c.id AND conversation_pts IS NOT NULL),
      (SELECT max(conversation_pts) FROM events
        WHERE conversation_id = c.id AND conversation_pts IS NOT NULL)) AS newest
    FROM members m JOIN conversations c ON c.id = m.conversation_id AND c.wide
    WHERE m.user_id = ${userId} LIMIT ${LIMIT.wideConversationsPerUser}`;
  return rows.map((row) => ({
    conversationId: row.id,
    conversationType: row.type,
    newest: row.newest,
    joinedPts: row.joined_pts,
  }));
}

/** The newest positions of wide logs. */
export async function newestWide(
  sql: Sql,
  conversationIds: readonly number[],
): Promise<Map<number, number>> {
  const rows = await sql<{ id: number; newest: number }[]>`
    SELECT q.id, greatest(0,
      (SELECT max(conversation_pts) FROM messages
        WHERE conversation_id = q.id AND conversation_pts IS NOT NULL),
      (SELECT max(conversation_pts) FROM events
        WHERE conversation_id = q.id AND conversation_pts IS NOT NULL)) AS newest
    FROM unnest(${`{${conversationIds.join(",")}}`}::text::int8[]) AS q(id)`;
  return new Map(rows.map((row) => [row.id, row.newest]));
}

/** A page of a wide conversation's log, for a member. */
export async function wideDifference(
  sql: Sql,
  log: WideLog,
  userId: number,
  conversationPts: number,
  limit: number,
): Promise<Page> {
  const { conversationId } = log;
  const rows = await sql<LogRow[]>`
    SELECT x.position, x.id, x.seq, x.position AS conversation_pts, x.cmd, x.type, x.flags,
      x.local_id, x.options,
      CASE WHEN x.seq IS NULL OR reader.cleared_seq IS NULL OR x.seq > reader.cleared_seq
        THEN x.content END AS content, u.external_id AS sender,
      ${conversationId}::int8 AS conversation_id,
      ${log.conversationType}::int2 AS conversation_type,
      NULL AS mentioned, x.version, h.seq IS NOT NULL AS gone
    FROM (
      (SELECT conversation_pts AS position, id::text AS id, seq, cmd, type, flags, local_id,
          content, options, sender_id, version
        FROM messages
        WHERE conversation_id = ${conversationId} AND conversation_pts > ${conversationPts}
          AND (expires_at IS NULL OR expires_at > now())
        ORDER BY conversation_pts LIMIT ${limit})
      UNION ALL
      (SELECT conversation_pts, id::text, NULL, cmd, NULL, flags, local_id, content, NULL, actor_id,
          NULL
        FROM events
        WHERE conversation_id = ${conversationId} AND conversation_pts > ${conversationPts}
        ORDER BY conversation_pts LIMIT ${limit})
      ORDER BY position LIMIT ${limit}
    ) x LEFT JOIN users u ON u.id = x.sender_id
    LEFT JOIN members reader ON reader.conversation_id = ${conversationId}
      AND reader.user_id = ${userId}
    LEFT JOIN hidden_messages h ON h.user_id = ${userId}
      AND h.conversation_id = ${conversationId} AND h.seq = x.seq
    ORDER BY x.position`;
  const page = pageOf(rows, conversationPts, log.newest);
  // Nothing is left after the last row that was read: what is missing before `newest` is gone.
  if (rows.length < limit && page.position === (rows.at(-1)?.position ?? conversationPts)) {
    page.position = Math.max(page.position, log.newest);
  }
  page.newest = Math.max(page.newest, page.position);
  return page;
}

function pageOf(rows: readonly LogRow[], from: number, newest: number): Page {
  const page: Page = { rows: [], position: from, newest };
  let bytes = 0;
  for (const row of rows) {
    bytes += eventBytes(row);
    if (bytes > LIMIT.pageBytes && page.rows.length > 0) break;
    if (isThere(row)) page.rows.push(row);
    page.position = row.position;
  }
  return page;
}
