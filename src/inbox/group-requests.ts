/** Those who ask to be let into a group, for who decides and for who asked. */
import type { Sql } from "../postgres/client.ts";

export interface RequestsPage {
  requests: {
    requestId: string;
    userId: string;
    nickname: string;
    avatar: string;
    message: string;
    createdAt: number;
  }[];
  cursor: string;
  final: boolean;
}

/** Oldest first. `cursor` is that of the page before, or "". */
export async function requestsPage(
  sql: Sql,
  conversationId: number,
  cursor: string,
  limit: number,
): Promise<RequestsPage> {
  const after = /^\d{1,15}$/.test(cursor) ? cursor : "0";
  const requests = await sql<RequestsPage["requests"]>`
    SELECT r.id::text AS "requestId", u.external_id AS "userId", u.nickname, u.avatar, r.message,
      floor(extract(epoch FROM r.created_at) * 1000)::float8 AS "createdAt"
    FROM group_requests r JOIN users u ON u.id = r.user_id
    WHERE r.conversation_id = ${conversationId} AND r.id > ${after}::text::int8
    ORDER BY r.id LIMIT ${limit}`;
  const final = requests.length < limit;
  return {
    requests: [...requests],
    cursor: final ? "" : (requests.at(-1)?.requestId ?? ""),
    final,
  };
}

/** The request of a user that waits in a group; undefined when none does. */
export async function waitingRequest(
  sql: Sql,
  conversationId: number,
  userId: number,
): Promise<string | undefined> {
  const [row] = await sql<{ id: string }[]>`
    SELECT id::text AS id FROM group_requests
    WHERE conversation_id = ${conversationId} AND user_id = ${userId}`;
  return row?.id;
}

/** A user's role in a group; undefined when he is not in it. */
export async function roleIn(
  sql: Sql,
  conversationId: number,
  userId: number,
): Promise<number | undefined> {
  const [row] = await sql<{ role: number }[]>`
    SELECT role FROM members WHERE conversation_id = ${conversationId} AND user_id = ${userId}`;
  return row?.role;
}
