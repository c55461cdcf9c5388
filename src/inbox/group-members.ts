/** A group's members in pages that sync by version, and what the group is. */
import type { Sql } from "../postgres/client.ts";
import { LIMIT } from "../wire/limits.ts";

export interface GroupInfo {
  name: string;
  avatar: string;
  announcement: string;
  joinMode: string;
  owner: string;
  memberCount: number;
  /** ms since 1970; 0 is not muted. */
  mutedUntil: number;
  dissolved: boolean;
}

export interface MemberEntry {
  userId: string;
  nickname: string;
  avatar: string;
  role: number;
  mutedUntil: number;
  joinedAt: number;
}

export interface MembersPage {
  group: GroupInfo;
  /** Those who came or changed. */
  members: MemberEntry[];
  /** The names of those who left. */
  removed: string[];
  /** To be asked with the next time, once the page is `final`. */
  version: number;
  /** To be asked with for the next page, beside the same version. */
  cursor: string;
  final: boolean;
  /** Whether the whole list is given: what was known is forgotten. */
  reset: boolean;
}

interface MemberRow {
  version: number;
  user_id: number;
  external_id: string;
  nickname: string;
  avatar: string;
  role: number;
  muted_until: number | null;
  joined_at: number | null;
  removed: boolean;
}

/** Where a list stands, and from which version on it tells of those who left. */
interface Place {
  version: number;
  userId: number;
  removalsAfter: number;
}

/**
 * What changed after `version`, or all members where that is none, too old, or not of this group.
 * Rows are read in the order of their versions, so whoever changes meanwhile comes again later.
 */
export async function membersPage(
  sql: Sql,
  conversationId: number,
  asked: { version: number; cursor: string; limit: number },
): Promise<MembersPage | undefined> {
  const found = await findInfo(sql, conversationId);
  if (found === undefined) return undefined;
  const { info, version: newest } = found;
  const whole = asked.version <= 0 || isLost(asked.version, newest);
  const begun = parseCursor(asked.cursor);
  const going = begun !== undefined && !isLost(begun.removalsAfter, newest);
  const place = going ? begun : firstPlace(whole, asked.version, newest);
  const rows = await readRows(sql, conversationId, place, asked.limit);
  const final = rows.length < asked.limit;
  const last = rows.at(-1);
  const next = last === undefined ? place : { version: last.version, userId: last.user_id };
  return {
    group: info,
    members: rows.filter((row) => !row.removed).map(entryOf),
    removed: rows.filter((row) => row.removed).map((row) => row.external_id),
    version: newest,
    cursor: final ? "" : `${next.version}.${next.userId}.${place.removalsAfter}`,
    final,
    reset: whole && !going,
  };
}

function firstPlace(whole: boolean, version: number, newest: number): Place {
  // Who left before the whole list was begun was never in it.
  if (whole) return { version: -1, userId: 0, removalsAfter: newest };
  return { version, userId: Number.MAX_SAFE_INTEGER, removalsAfter: version };
}

function isLost(version: number, newest: number): boolean {
  return version > newest || version < newest - LIMIT.memberVersions;
}

/** One that we did not give is taken as none. */
function parseCursor(cursor: string): Place | undefined {
  const parts = /^(\d{1,15})\.(\d{1,15})\.(\d{1,15})$/.exec(cursor);
  if (parts === null) return undefined;
  const [version, userId, removalsAfter] = parts.slice(1).map(Number) as [number, number, number];
  return { version, userId, removalsAfter };
}

async function findInfo(
  sql: Sql,
  conversationId: number,
): Promise<{ info: GroupInfo; version: number } | undefined> {
  const [row] = await sql<(Omit<GroupInfo, "owner"> & { owner: string | null; version: number })[]>`
    SELECT c.name, c.avatar, c.announcement, c.join_mode AS "joinMode", u.external_id AS owner,
      c.dissolved, c.members_version AS version,
      CASE WHEN c.wide THEN c.member_count
        ELSE (SELECT count(*)::int FROM members WHERE conversation_id = c.id) END AS "memberCount",
      CASE WHEN c.muted_until > now()
        THEN floor(extract(epoch FROM c.muted_until) * 1000)::float8 ELSE 0 END AS "mutedUntil"
    FROM conversations c LEFT JOIN users u ON u.id = c.owner_id WHERE c.id = ${conversationId}`;
  if (row === undefined) return undefined;
  const { version, owner, ...rest } = row;
  return { info: { ...rest, owner: owner ?? "" }, version };
}

function readRows(
  sql: Sql,
  conversationId: number,
  { version, userId, removalsAfter }: Place,
  limit: number,
): Promise<MemberRow[]> {
  return sql<MemberRow[]>`
    SELECT x.version, x.user_id, x.role, x.removed, u.external_id, u.nickname, u.avatar,
      floor(extract(epoch FROM x.joined_at) * 1000)::float8 AS joined_at,
      CASE WHEN x.muted_until > now()
        THEN floor(extract(epoch FROM x.muted_until) * 1000)::float8 END AS muted_until
    FROM (
      (SELECT version, user_id, role, muted_until, created_at AS joined_at, false AS removed
        FROM members WHERE conversation_id = ${conversationId}
          AND (version, user_id) > (${version}::int8, ${userId}::int8)
        ORDER BY version, user_id LIMIT ${limit})
      UNION ALL
      (SELECT version, user_id, 0, NULL, NULL, true
        FROM member_removals WHERE conversation_id = ${conversationId}
          AND (version, user_id) > (${version}::int8, ${userId}::int8)
          AND version > ${removalsAfter}::int8
        ORDER BY version, user_id LIMIT ${limit})
      ORDER BY version, user_id LIMIT ${limit}
    ) x JOIN users u ON u.id = x.user_id ORDER BY x.version, x.user_id`;
}

function entryOf(row: MemberRow): MemberEntry {
  return {
    userId: row.external_id,
    nickname: row.nickname,
    avatar: row.avatar,
    role: row.role,
    mutedUntil: row.muted_until ?? 0,
    joinedAt: row.joined_at ?? 0,
  };
}
