/** What a user is to others, as his devices sync it: by version; and friend requests, in pages. */
import type { Sql } from "../postgres/client.ts";

export interface FriendEntry {
  userId: string;
  nickname: string;
  avatar: string;
  friend: boolean;
  blocked: boolean;
  remark: string;
  /** Neither friend nor blocked any more. */
  deleted: boolean;
  version: number;
}

export interface FriendPage {
  friends: FriendEntry[];
  /** What the reader has after this page. */
  version: number;
  final: boolean;
  reset: boolean;
}

/**
 * What has changed after `version`, in the order of the changes. Whoever has nothing isn't told of
 * what is gone; a version beyond the user's own is none of ours, and the list begins anew.
 */
export async function friendPage(
  sql: Sql,
  userId: number,
  version: number,
  limit: number,
): Promise<FriendPage> {
  const [row] = await sql<{ newest: number; rows: FriendEntry[] | null }[]>`
    SELECT u.friend_version AS newest, (
      SELECT json_agg(page ORDER BY page.version) FROM (
        SELECT p.external_id AS "userId", p.nickname, p.avatar, r.friend, r.blocked, r.remark,
          NOT r.friend AND NOT r.blocked AS deleted, r.version
        FROM relations r JOIN users p ON p.id = r.peer_id
        WHERE r.user_id = u.id
          AND r.version > CASE WHEN ${version}::int8 > u.friend_version THEN 0
            ELSE ${version}::int8 END
          AND (r.friend OR r.blocked OR ${version}::int8 BETWEEN 1 AND u.friend_version)
        ORDER BY r.version LIMIT ${limit + 1}
      ) page) AS rows
    FROM users u WHERE u.id = ${userId}`;
  const newest = row?.newest ?? 0;
  const rows = row?.rows ?? [];
  const friends = rows.slice(0, limit);
  const final = rows.length <= limit;
  const reached = final ? newest : (friends.at(-1)?.version ?? newest);
  return { friends, version: reached, final, reset: version > newest };
}

export interface FriendRequestEntry {
  requestId: string;
  /** The other: who asked, or who was asked. */
  userId: string;
  message: string;
  incoming: boolean;
  /** Milliseconds since 1970. */
  createdAt: number;
  expiresAt: number;
}

interface RequestRow {
  id: number;
  user_id: string;
  message: string;
  incoming: boolean;
  created_ms: number;
  expires_ms: number;
}

/** The open requests from a user and to him, newest first. `cursor` is that of the page before. */
export async function friendRequestPage(
  sql: Sql,
  userId: number,
  cursor: string,
  limit: number,
): Promise<{ requests: FriendRequestEntry[]; cursor: string; final: boolean }> {
  const before = /^\d{1,15}$/.test(cursor) ? Number(cursor) : Number.MAX_SAFE_INTEGER;
  const rows = await sql<RequestRow[]>`
    SELECT r.id, p.external_id AS user_id, r.message, r.to_id = ${userId} AS incoming,
      (extract(epoch FROM r.created_at) * 1000)::int8 AS created_ms,
      (extract(epoch FROM r.expires_at) * 1000)::int8 AS expires_ms
    FROM (
      (SELECT * FROM friend_requests WHERE to_id = ${userId} AND id < ${before}
        AND state = 0 AND expires_at > now() ORDER BY id DESC LIMIT ${limit + 1})
      UNION ALL
      (SELECT * FROM friend_requests WHERE from_id = ${userId} AND id < ${before}
        AND state = 0 AND expires_at > now() ORDER BY id DESC LIMIT ${limit + 1})
    ) r
    JOIN users p ON p.id = CASE WHEN r.to_id = ${userId} THEN r.from_id ELSE r.to_id END
    ORDER BY r.id DESC LIMIT ${limit + 1}`;
  const shown = rows.slice(0, limit);
  const final = rows.length <= limit;
  return {
    requests: shown.map((row) => ({
      requestId: String(row.id),
      userId: row.user_id,
      message: row.message,
      incoming: row.incoming,
      createdAt: row.created_ms,
      expiresAt: row.expires_ms,
    })),
    cursor: final ? "" : String(shown.at(-1)?.id ?? ""),
    final,
  };
}
