/** One member's view of a wide conversation's log. */
import { idArray, type Sql } from "../postgres/client.ts";
import { newestWide, type WideLog } from "./difference.ts";

/** Undefined when the conversation isn't wide, or the user not in it. */
export async function findWideLog(
  sql: Sql,
  conversationId: number,
  userId: number,
): Promise<WideLog | undefined> {
  const [row] = await sql<{ type: number; joined_pts: number; newest: number }[]>`
    SELECT c.type, m.joined_pts, greatest(0,
      (SELECT max(conversation_pts) FROM messages
        WHERE conversation_id = c.id AND conversation_pts IS NOT NULL),
      (SELECT max(conversation_pts) FROM events
        WHERE conversation_id = c.id AND conversation_pts IS NOT NULL)) AS newest
    FROM conversations c JOIN members m ON m.conversation_id = c.id AND m.user_id = ${userId}
    WHERE c.id = ${conversationId} AND c.wide`;
  if (row === undefined) return undefined;
  const { type: conversationType, joined_pts: joinedPts, newest } = row;
  return { conversationId, conversationType, newest, joinedPts };
}

/** The log as who has joined it from his connection sees it; see gateway/attendance.ts. */
export async function guestWideLog(
  sql: Sql,
  conversationId: number,
  joinedPts: number,
): Promise<WideLog | undefined> {
  const [row] = await sql<{ type: number }[]>`
    SELECT type FROM conversations WHERE id = ${conversationId} AND wide`;
  if (row === undefined) return undefined;
  const newest = (await newestWide(sql, [conversationId])).get(conversationId) ?? 0;
  return { conversationId, conversationType: row.type, newest, joinedPts };
}

/** The wide conversations that each user is in; users without any are absent. */
export async function wideMemberships(
  sql: Sql,
  userIds: readonly number[],
): Promise<Map<number, Set<number>>> {
  const rows = await sql<{ user_id: number; id: number }[]>`
    SELECT m.user_id, c.id FROM unnest(${idArray(userIds)}::text::int8[]) AS q(user_id)
    JOIN members m ON m.user_id = q.user_id
    JOIN conversations c ON c.id = m.conversation_id AND c.wide`;
  const memberships = new Map<number, Set<number>>();
  for (const { user_id: userId, id } of rows) {
    const held = memberships.get(userId);
    if (held === undefined) memberships.set(userId, new Set([id]));
    else held.add(id);
  }
  return memberships;
}
