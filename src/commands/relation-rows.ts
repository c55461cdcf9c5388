/** The rows of relations: each change gives the user's list its next version. */
import type { Transaction } from "../postgres/client.ts";
import type { ChangeResult, Effect } from "../path/change.ts";
import { CONVERSATION } from "../wire/commands.ts";
import { contentBytes } from "../wire/content-bytes.ts";
import { type Data, DIRECTION } from "../wire/envelope.ts";
import { CODE } from "../wire/errors.ts";

export interface Relation {
  friend: boolean;
  blocked: boolean;
  remark: string;
}

const NONE: Relation = { friend: false, blocked: false, remark: "" };

/** What `peerId` is to `userId`. */
export async function relationOf(
  sql: Transaction,
  userId: number,
  peerId: number,
): Promise<Relation> {
  const [row] = await sql<Relation[]>`
    SELECT friend, blocked, remark FROM relations
    WHERE user_id = ${userId} AND peer_id = ${peerId}`;
  return row ?? NONE;
}

/** Whether anything is different now. */
export async function setRelation(
  sql: Transaction,
  userId: number,
  peerId: number,
  change: Partial<Relation>,
): Promise<boolean> {
  const held = await relationOf(sql, userId, peerId);
  const { friend, blocked, remark } = { ...held, ...change };
  if (friend === held.friend && blocked === held.blocked && remark === held.remark) return false;
  await sql`
    WITH next AS (
      UPDATE users SET friend_version = friend_version + 1 WHERE id = ${userId}
      RETURNING friend_version
    )
    INSERT INTO relations (user_id, peer_id, friend, blocked, remark, version)
    SELECT ${userId}, ${peerId}, ${friend}, ${blocked}, ${remark}, friend_version FROM next
    ON CONFLICT (user_id, peer_id) DO UPDATE SET friend = excluded.friend,
      blocked = excluded.blocked, remark = excluded.remark, version = excluded.version,
      updated_at = now()`;
  return true;
}

/** How many users a user knows as a friend or has blocked. */
export async function relationCount(sql: Transaction, userId: number): Promise<number> {
  const [row] = await sql<{ count: number }[]>`
    SELECT count(*)::int AS count FROM relations
    WHERE user_id = ${userId} AND (friend OR blocked)`;
  return row?.count ?? 0;
}

/** Both sides of a friendship, and the type of the pair's conversation. False: nothing changed. */
export async function setFriends(
  sql: Transaction,
  userId: number,
  peerId: number,
  friend: boolean,
): Promise<boolean> {
  const change = friend ? { friend } : { friend, remark: "" };
  const one = await setRelation(sql, userId, peerId, change);
  const other = await setRelation(sql, peerId, userId, change);
  const type = friend ? CONVERSATION.single : CONVERSATION.stranger;
  await sql`
    UPDATE conversations SET type = ${type} WHERE pair_low = ${Math.min(userId, peerId)}
      AND pair_high = ${Math.max(userId, peerId)}`;
  return one || other;
}

/** The result of a change between two users: what was known of the pair is no longer true. */
export async function related(
  sql: Transaction,
  userId: number,
  peerId: number,
  effects: Effect[],
  answer = 0,
): Promise<ChangeResult> {
  const low = Math.min(userId, peerId);
  const high = Math.max(userId, peerId);
  const rows = await sql<{ id: number }[]>`
    SELECT id FROM conversations WHERE pair_low = ${low} AND pair_high = ${high}`;
  const conversations = rows.map((row) => row.id);
  return {
    code: CODE.ok,
    message: "",
    conversationId: answer,
    effects,
    conversations,
    pairs: [{ low, high }],
  };
}

/** A change that is done with, and of which nobody need hear. */
export function unchanged(answer = 0): ChangeResult {
  return {
    code: CODE.ok,
    message: "",
    conversationId: answer,
    effects: [],
    conversations: [],
    pairs: [],
  };
}

/** An event of one user's own log that belongs to no conversation. */
export function ownEvent(cmd: number, userId: number, data: Data): Effect {
  const content = contentBytes({ data }, cmd, DIRECTION.push);
  return {
    kind: "inbox",
    event: { cmd, conversationId: 0, conversationType: 0, content },
    userIds: [userId],
  };
}

/** The names of two users, by their inner ids. */
export async function namesOf(
  sql: Transaction,
  userId: number,
  peerId: number,
): Promise<(id: number) => string> {
  const rows = await sql<{ id: number; external_id: string }[]>`
    SELECT id, external_id FROM users WHERE id IN (${userId}, ${peerId})`;
  return (id) => rows.find((row) => row.id === id)?.external_id ?? "";
}
