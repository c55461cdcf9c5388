/** Who knows whom, for presence: friends, those who are blocked, and what others see of a user. */
import { idArray, type Sql } from "../postgres/client.ts";

/** Friends who are told of a user, and users whom he has blocked, at most. */
const FRIENDS_TOLD_MAX = 5000;
const BLOCKED_MAX = 1000;

export interface Acquainted {
  name: string;
  friends: number[];
  /** Whom he has blocked; undefined when there are too many to be told. */
  blocked: number[] | undefined;
}

/** For each user whose coming or going is told: whom it is told to, and who must not hear of it. */
export async function acquaintancesOf(
  sql: Sql,
  userIds: readonly number[],
): Promise<Map<number, Acquainted>> {
  const rows = await sql<
    {
      id: number;
      name: string;
      friends: (number | string)[] | null;
      blocked: (number | string)[] | null;
    }[]
  >`
    SELECT u.id, u.external_id AS name,
      (SELECT array_agg(peer_id) FROM (
        SELECT mine.peer_id FROM relations mine
        JOIN relations theirs ON theirs.user_id = mine.peer_id AND theirs.peer_id = mine.user_id
        WHERE mine.user_id = u.id AND mine.friend AND theirs.friend
          AND NOT mine.blocked AND NOT theirs.blocked
        LIMIT ${FRIENDS_TOLD_MAX}) f) AS friends,
      (SELECT array_agg(peer_id) FROM (
        SELECT peer_id FROM relations WHERE user_id = u.id AND blocked
        LIMIT ${BLOCKED_MAX + 1}) b) AS blocked
    FROM users u WHERE u.id = ANY(${idArray(userIds)}::text::int8[])`;
  return new Map(
    rows.map(({ id, name, friends, blocked }) => {
      const many = (blocked?.length ?? 0) > BLOCKED_MAX;
      const facts = { name, friends: friends?.map(Number) ?? [] };
      return [id, { ...facts, blocked: many ? undefined : (blocked?.map(Number) ?? []) }];
    }),
  );
}

/** Whom a user sees, by inner id from `after` on: friends, and those of `watched` who allow it. */
export async function visibleUsers(
  sql: Sql,
  userId: number,
  watched: readonly number[],
  after: number,
  limit: number,
): Promise<{ id: number; name: string; lastSeenMs: number }[]> {
  const rows = await sql<{ id: number; name: string; last_seen_ms: number | null }[]>`
    WITH friends AS (
      SELECT mine.peer_id AS id FROM relations mine
      JOIN relations theirs ON theirs.user_id = mine.peer_id AND theirs.peer_id = mine.user_id
      WHERE mine.user_id = ${userId} AND mine.peer_id > ${after} AND mine.friend AND theirs.friend
        AND NOT mine.blocked AND NOT theirs.blocked
      ORDER BY mine.peer_id LIMIT ${limit}
    ), watched AS (
      SELECT w.id FROM unnest(${idArray(watched)}::text::int8[]) AS w(id)
      WHERE w.id > ${after} AND NOT EXISTS (
        SELECT 1 FROM relations WHERE user_id = w.id AND peer_id = ${userId} AND blocked)
    )
    SELECT u.id, u.external_id AS name, floor(extract(epoch FROM l.at) * 1000)::int8 AS last_seen_ms
    FROM (SELECT id FROM friends UNION SELECT id FROM watched ORDER BY id LIMIT ${limit}) v
    JOIN users u ON u.id = v.id LEFT JOIN last_seen l ON l.user_id = v.id ORDER BY u.id`;
  return rows.map(({ id, name, last_seen_ms: ms }) => ({ id, name, lastSeenMs: ms ?? 0 }));
}

/** The first of some users who has blocked another, undefined when none has. */
export async function blockedBy(
  sql: Sql,
  userId: number,
  others: readonly number[],
): Promise<string | undefined> {
  const [row] = await sql<{ name: string }[]>`
    SELECT u.external_id AS name FROM relations r JOIN users u ON u.id = r.user_id
    WHERE r.user_id = ANY(${idArray(others)}::text::int8[]) AND r.peer_id = ${userId} AND r.blocked
    LIMIT 1`;
  return row?.name;
}
