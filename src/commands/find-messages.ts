/** What an operation on messages has to know before it is done: who acts, on what, who is told. */
import { snowflakeHalves, snowflakeMs } from "../base/snowflake.ts";
import type { ChangeContext, ChangeEvent, Effect } from "../path/change.ts";
import { RECORD_FLAG, type StreamRecord } from "../transfer/record.ts";
import { CMD } from "../wire/commands.ts";
import { CODE } from "../wire/errors.ts";
import { isLeased, outsiderCode } from "../wire/policy.ts";

export const ADMINISTRATOR = 1;
const OWNER = 2;

/** A conversation as the one who acts in it stands there. */
export interface Standing {
  conversationId: number;
  type: number;
  wide: boolean;
  dissolved: boolean;
  role: number;
  muted: boolean;
  blocked: boolean;
  /** The server itself, which may do everything. */
  system: boolean;
  /** Of who attends, and has no row of a member: from which seq on it is his. */
  fromSeq: number;
  nowMs: number;
}

export interface FoundMessage {
  id: string;
  seq: number;
  senderId: number;
  flags: number;
  cmd: number;
  version: number;
  target: readonly number[];
  content: Buffer;
  sentMs: number;
}

/** Flags of a message's row. */
export const MESSAGE_FLAG = { emptied: 8, recalled: 256, reactions: 512 } as const;

interface StandingRow {
  type: number;
  wide: boolean;
  dissolved: boolean;
  role: number | null;
  muted: boolean;
  blocked: boolean;
  owns: boolean;
  all_muted: boolean;
  /** By an administrator of the server, everywhere. */
  user_muted: boolean;
  now_ms: number;
}

/**
 * A code when there is no such conversation, or it isn't the actor's. Where membership is a lease
 * of the connection nobody has a row: the owner stands with the conversation, and of others the
 * gateway has said that they attend.
 */
export async function findStanding(context: ChangeContext): Promise<Standing | number> {
  const { sql, record } = context;
  const { senderId, conversationId } = record;
  const [row] = await sql<StandingRow[]>`
    SELECT c.type, c.wide, c.dissolved, m.role,
      coalesce(m.muted_until > now(), false)
        OR coalesce(c.muted_until > now() AND m.role = 0, false) AS muted,
      EXISTS (SELECT FROM users u WHERE u.id = ${senderId} AND u.muted_until > now())
        AS user_muted,
      coalesce(c.owner_id = ${senderId}, false) AS owns,
      coalesce(c.muted_until > now(), false) AS all_muted,
      EXISTS (SELECT FROM relations r WHERE r.blocked AND c.pair_low IS NOT NULL
        AND r.user_id IN (c.pair_low, c.pair_high) AND r.user_id <> ${senderId}
        AND r.peer_id = ${senderId}) AS blocked,
      (extract(epoch FROM now()) * 1000)::int8 AS now_ms
    FROM conversations c
    LEFT JOIN members m ON m.conversation_id = c.id AND m.user_id = ${senderId}
    WHERE c.id = ${conversationId}`;
  if (row === undefined) return CODE.noSuchConversation;
  const system = (record.flags & RECORD_FLAG.system) !== 0;
  const { type, wide, dissolved, blocked, now_ms: nowMs } = row;
  const own = { conversationId, type, wide, dissolved, blocked, system, nowMs };
  if (row.role !== null || system) {
    return { ...own, role: row.role ?? 0, muted: row.muted || row.user_muted, fromSeq: 0 };
  }
  const fromSeq = row.owns ? 0 : attendedFrom(record);
  if (!isLeased(type) || fromSeq < 0) return outsiderCode(type);
  const role = row.owns ? OWNER : 0;
  const muted = row.user_muted || (row.all_muted && !row.owns);
  return { ...own, role, muted, fromSeq };
}

/** −1 for who hasn't joined; the value of a read mark is a seq of the reader's own saying. */
function attendedFrom({ cmd, value }: StreamRecord): number {
  return cmd === CMD.readCancel ? -1 : value - 1;
}

/** Why nothing new may be said here, or 200. */
export function mayChange(standing: Standing): number {
  if (standing.system) return CODE.ok;
  if (standing.dissolved) return CODE.groupDissolved;
  if (standing.muted) return CODE.muted;
  return standing.blocked ? CODE.blocked : CODE.ok;
}

interface MessageRow {
  id: string;
  seq: number;
  sender_id: number;
  flags: number;
  cmd: number;
  version: number | null;
  target: (number | string)[] | null;
  content: Buffer;
}

/** The messages that the actor can see, recalled ones too; expired ones and others are absent. */
export async function findMessages(
  context: ChangeContext,
  standing: Standing,
  messageIds: readonly string[],
): Promise<Map<string, FoundMessage>> {
  const { sql, record } = context;
  const { senderId } = record;
  const rows = await sql<MessageRow[]>`
    SELECT x.id::text AS id, x.seq, x.sender_id, x.flags, x.cmd, x.version, x.target, x.content
    FROM messages x
    LEFT JOIN members m ON m.conversation_id = x.conversation_id AND m.user_id = ${senderId}
    WHERE x.id = ANY(${`{${messageIds.join(",")}}`}::text::int8[])
      AND x.conversation_id = ${standing.conversationId}
      AND (x.flags & 8 = 0 OR x.flags & 256 <> 0)
      AND (x.expires_at IS NULL OR x.expires_at > now())
      AND (${standing.system} OR ((x.seq >= coalesce(m.joined_seq, ${standing.fromSeq}::int8)
          OR (m.user_id IS NULL AND x.sender_id = ${senderId}))
        AND x.seq > coalesce(m.cleared_seq, -1)
        AND (x.target IS NULL OR ${senderId} = ANY(x.target) OR x.sender_id = ${senderId})
        AND NOT EXISTS (SELECT FROM hidden_messages h WHERE h.user_id = ${senderId}
          AND h.conversation_id = x.conversation_id AND h.seq = x.seq)))
    ORDER BY x.seq`;
  return new Map(
    rows.map((row) => [
      row.id,
      {
        id: row.id,
        seq: row.seq,
        senderId: row.sender_id,
        flags: row.flags,
        cmd: row.cmd,
        version: row.version ?? 0,
        target: (row.target ?? []).map(Number),
        content: Buffer.from(row.content),
        sentMs: sentMs(row.id),
      },
    ]),
  );
}

function sentMs(messageId: string): number {
  return snowflakeMs(snowflakeHalves(messageId));
}

/** One message, still there; undefined also for one that was recalled. */
export async function findMessage(
  context: ChangeContext,
  standing: Standing,
  messageId: string,
): Promise<FoundMessage | undefined> {
  const found = (await findMessages(context, standing, [messageId])).get(messageId);
  return found === undefined || (found.flags & MESSAGE_FLAG.emptied) !== 0 ? undefined : found;
}

/**
 * Tells everyone who can see the message: by the wide log, or in the logs of the members who were
 * there when it was said. What only some can see is told to these, in a wide conversation too.
 */
export async function tellAudience(
  { sql }: ChangeContext,
  standing: Standing,
  message: FoundMessage,
  event: ChangeEvent,
): Promise<Effect> {
  const { seq, senderId } = message;
  if (standing.wide && message.target.length === 0) return { kind: "log", event };
  const rows = await sql<{ user_id: number }[]>`
    SELECT user_id FROM members
    WHERE conversation_id = ${standing.conversationId} AND joined_seq <= ${seq}
      AND (${message.target.length === 0} OR user_id = ${senderId}
        OR user_id = ANY(${`{${message.target.join(",")}}`}::text::int8[]))
    ORDER BY user_id`;
  return { kind: "inbox", event, userIds: rows.map((row) => row.user_id) };
}
