// Step 6: the rows of a batch as one statement, one transaction, fenced. Next: inbox/positions.ts,
// whose rows are part of the same statement.
import type { Snowflake } from "../base/snowflake.ts";
import { idArray, type Sql, type Transaction } from "../postgres/client.ts";
import { Columns } from "../postgres/columns.ts";

/** A message that is to be stored. */
export interface MessageRow {
  id: Snowflake;
  conversationId: number;
  seq: number;
  senderId: number;
  key: number;
  /** −1 where the conversation isn't wide. */
  conversationPts: number;
  /** Seconds, 0 for ever; counted by Postgres' clock. */
  ttl: number;
  cmd: number;
  type: number;
  flags: number;
  deviceId: string;
  localId: string;
  content: Buffer;
  options: Buffer;
  target: readonly number[];
  /** Not stored with the message: for what is written alongside. */
  mentions: readonly number[];
  /** The same: JSON, see wire/wishes.ts. */
  wishes: string;
}

/** An event other than a message. */
export interface EventRow {
  id: Snowflake;
  conversationId: number;
  /** −1 where it isn't in a wide log. */
  conversationPts: number;
  cmd: number;
  flags: number;
  actorId: number;
  localId: string;
  content: Buffer;
}

/** One row of a user's log, of a message or of an event. */
export interface InboxRow {
  userId: number;
  pts: number;
  messageId: Snowflake | undefined;
  eventId: Snowflake | undefined;
  mentioned: boolean;
}

export interface CursorRow {
  conversationId: number;
  userId: number;
  readSeq: number;
}

export interface BatchRows {
  messages: MessageRow[];
  events: EventRow[];
  inbox: InboxRow[];
  cursors: CursorRow[];
}

/**
 * Stores all of it or nothing. Rejects with the driver's error: 23505 when a message is known,
 * LN001 when this session is not the writer's. No ON CONFLICT: numbers come from what is inserted.
 */
export async function commitBatch(sql: Sql, writer: string, rows: BatchRows): Promise<void> {
  // Sorted by user, the inbox's index is touched in its own order: 2 to 3 µs less a message.
  const inbox = [...rows.inbox].sort((a, b) => a.userId - b.userId || a.pts - b.pts);
  if (isPlain(rows)) return await commitPlain(sql, writer, rows.messages, inbox);
  const m = new Columns(sql, rows.messages);
  const e = new Columns(sql, rows.events);
  const c = new Columns(sql, rows.cursors);
  const i = new Columns(sql, inbox);
  await sql`
    WITH message AS (
      INSERT INTO messages (id, conversation_id, seq, sender_id, dedupe_key, conversation_pts,
        expires_at, cmd, type, flags, device_id, local_id, content, options, target)
      SELECT id, conversation_id, seq, sender_id, dedupe_key, conversation_pts,
        now() + ttl * interval '1 second', cmd, type, flags, device_id, local_id, content, options,
        target::int8[]
      FROM unnest(${m.ids((r) => r.id)}::int8[], ${m.int8((r) => r.conversationId)}::int8[],
        ${m.int8((r) => r.seq)}::int8[], ${m.int8((r) => r.senderId)}::int8[],
        ${m.int8((r) => r.key)}::int8[], ${m.int8((r) => orNull(r.conversationPts))}::int8[],
        ${m.int4((r) => r.ttl || undefined)}::int4[], ${m.int2((r) => r.cmd)}::int2[],
        ${m.int4((r) => r.type)}::int4[], ${m.int2((r) => r.flags)}::int2[],
        ${m.text((r) => r.deviceId)}::text[], ${m.text((r) => r.localId)}::text[],
        ${m.bytea((r) => r.content)}::bytea[],
        ${m.bytea((r) => (r.options.length > 0 ? r.options : undefined))}::bytea[],
        ${m.text((r) => (r.target.length > 0 ? idArray(r.target) : undefined))}::text[])
        AS t(id, conversation_id, seq, sender_id, dedupe_key, conversation_pts, ttl, cmd, type,
          flags, device_id, local_id, content, options, target)
      WHERE linnet_fence(${writer})
    ), event AS (
      INSERT INTO events
        (id, conversation_id, conversation_pts, cmd, flags, actor_id, local_id, content)
      SELECT * FROM unnest(${e.ids((r) => r.id)}::int8[],
        ${e.int8((r) => r.conversationId)}::int8[],
        ${e.int8((r) => orNull(r.conversationPts))}::int8[], ${e.int2((r) => r.cmd)}::int2[],
        ${e.int2((r) => r.flags)}::int2[], ${e.int8((r) => r.actorId)}::int8[],
        ${e.text((r) => r.localId)}::text[], ${e.bytea((r) => r.content)}::bytea[])
      WHERE linnet_fence(${writer})
    ), cursor AS (
      UPDATE members SET read_seq = c.read_seq
      FROM unnest(${c.int8((r) => r.conversationId)}::int8[], ${c.int8((r) => r.userId)}::int8[],
        ${c.int8((r) => r.readSeq)}::int8[]) AS c(conversation_id, user_id, read_seq)
      WHERE members.conversation_id = c.conversation_id AND members.user_id = c.user_id
        AND linnet_fence(${writer})
    )
    INSERT INTO inbox (user_id, pts, message_id, event_id, mentioned)
    SELECT * FROM unnest(${i.int8((r) => r.userId)}::int8[], ${i.int8((r) => r.pts)}::int8[],
      ${i.ids((r) => r.messageId)}::int8[], ${i.ids((r) => r.eventId)}::int8[],
      ${i.bool((r) => r.mentioned || undefined)}::bool[])
    WHERE linnet_fence(${writer})`;
}

/** Whether there are messages only, and none with what most of them don't have. */
function isPlain({ messages, events, inbox, cursors }: BatchRows): boolean {
  if (messages.length === 0 || events.length > 0 || cursors.length > 0) return false;
  for (const { conversationPts, ttl, options, target } of messages) {
    if (conversationPts >= 0 || ttl > 0 || options.length > 0 || target.length > 0) return false;
  }
  return !inbox.some((row) => row.mentioned);
}

/**
 * The same with what a plain message has: a statement's parts and parameters cost as much as some
 * messages each, in Postgres and here, also when they are empty. What is the same in all rows is
 * sent once, and an array of it where one differs from the first.
 */
async function commitPlain(
  sql: Sql,
  writer: string,
  messages: readonly MessageRow[],
  inbox: readonly InboxRow[],
): Promise<void> {
  const { cmd, type, flags, deviceId } = messages[0] as MessageRow;
  const m = new Columns(sql, messages);
  const i = new Columns(sql, inbox);
  await sql`
    WITH message AS (
      INSERT INTO messages (id, conversation_id, seq, sender_id, dedupe_key, cmd, type, flags,
        device_id, local_id, content)
      SELECT id, conversation_id, seq, sender_id, dedupe_key, coalesce(cmd, ${cmd}::int2),
        coalesce(type, ${type}::int4), coalesce(flags, ${flags}::int2),
        coalesce(device_id, ${deviceId}::text), local_id, content
      FROM (SELECT unnest(${m.ids((r) => r.id)}::int8[]) AS id,
        unnest(${m.int8((r) => r.conversationId)}::int8[]) AS conversation_id,
        unnest(${m.int8((r) => r.seq)}::int8[]) AS seq,
        unnest(${m.int8((r) => r.senderId)}::int8[]) AS sender_id,
        unnest(${m.int8((r) => r.key)}::int8[]) AS dedupe_key,
        unnest(${m.int2((r) => unless(cmd, r.cmd))}::int2[]) AS cmd,
        unnest(${m.int4((r) => unless(type, r.type))}::int4[]) AS type,
        unnest(${m.int2((r) => unless(flags, r.flags))}::int2[]) AS flags,
        unnest(${m.text((r) => unless(deviceId, r.deviceId))}::text[]) AS device_id,
        unnest(${m.text((r) => r.localId)}::text[]) AS local_id,
        unnest(${m.bytea((r) => r.content)}::bytea[]) AS content) AS t
      WHERE linnet_fence(${writer})
    )
    INSERT INTO inbox (user_id, pts, message_id)
    SELECT * FROM (SELECT unnest(${i.int8((r) => r.userId)}::int8[]),
      unnest(${i.int8((r) => r.pts)}::int8[]), unnest(${i.ids((r) => r.messageId)}::int8[])) AS t
    WHERE linnet_fence(${writer})`;
}

/** Inserts the events of a change with their inbox rows, within its transaction. */
export async function insertEvents(
  tx: Transaction,
  events: readonly EventRow[],
  inbox: readonly InboxRow[],
): Promise<void> {
  const e = new Columns(tx, events);
  const i = new Columns(tx, inbox);
  await tx`
    INSERT INTO events
      (id, conversation_id, conversation_pts, cmd, flags, actor_id, local_id, content)
    SELECT * FROM unnest(${e.ids((r) => r.id)}::int8[], ${e.int8((r) => r.conversationId)}::int8[],
      ${e.int8((r) => orNull(r.conversationPts))}::int8[], ${e.int2((r) => r.cmd)}::int2[],
      ${e.int2((r) => r.flags)}::int2[], ${e.int8((r) => r.actorId)}::int8[],
      ${e.text((r) => r.localId)}::text[], ${e.bytea((r) => r.content)}::bytea[])`;
  await tx`
    INSERT INTO inbox (user_id, pts, event_id)
    SELECT * FROM unnest(${i.int8((r) => r.userId)}::int8[], ${i.int8((r) => r.pts)}::int8[],
      ${i.ids((r) => r.eventId)}::int8[])`;
}

function orNull(number: number): number | undefined {
  return number >= 0 ? number : undefined;
}

/** What differs from what most rows have. */
function unless<Value>(common: Value, value: Value): Value | undefined {
  return value === common ? undefined : value;
}
