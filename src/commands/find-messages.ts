/** What an operation on messages has to know before it is done: who acts, on what, who is told. */
import { snowflakeHalves, snowflakeMs } from "../base/snowflake.ts";
import type { ChangeContext, ChangeEvent, Effect } from "../path/change.ts";
import { RECORD_FLAG } from "../transfer/record.ts";
import { CODE } from "../wire/errors.ts";
import { outsiderCode } from "../wire/policy.ts";

export const ADMINISTRATOR = 1;

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
  now_ms: number;
}

/** A code when there is no such conversation, or it isn't the actor's. */
export async function findStanding(context: ChangeContext): Promise<Standing | number> {
  const { sql, record } = context;
  const { senderId, conversationId } = record;
  const [row] = await sql<StandingRow[]>`
    SELECT c.type, c.wide, c.dissolved, m.role,
      coalesce(m.muted_until > now(), false)
        OR coalesce(c.muted_until > now() AND m.role = 0, false) AS muted,
      EXISTS (SELECT FROM relations r WHERE r.blocked AND c.pair_low IS NOT NULL
        AND r.user_id IN (c.pair_low, c.pair_high) AND r.user_id <> ${senderId}
        AND r.peer_id = ${senderId}) AS blocked,
      (extract(epoch FROM now()) * 1000)::int8 AS now_ms
    FROM conversations c
    LEFT JOIN members m ON m.conversation_id = c.id AND m.user_id = ${senderId}
    WHERE c.id = ${conversationId}`;
  if (row === undefined) return CODE.noSuchConversation;
  const system = (record.flags & RECORD_FLAG.system) !== 0;
  if (row.role === null && !system) {
    return outsiderCode(row.type);
  }
  const { type, wide, dissolved, muted, blocked } = row;
  const { now_ms: nowMs } = row;
  const role = row.role ?? 0;
  return { conversationId, type, wide, dissolved, role, muted, blocked, system, nowMs };
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
      AND (${standing.system} OR (x.seq >= m.joined_seq AND x.seq > m.cleared_seq
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
  const { high, low } = snowflakeHalves(messageId);
  return snowflakeMs(high, low);
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
