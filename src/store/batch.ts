// Step 6: the rows of a batch as one statement, one transaction, fenced. Next: inbox/positions.ts,
// whose rows are part of the same statement.
import type { Sql, Transaction } from "../postgres/client.ts";
import { column, hex, orNull, quoted, sparse, together } from "./text-arrays.ts";

/** A message that is to be stored. */
export interface MessageRow {
  /** Decimal text. */
  id: string;
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
  id: string;
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
  messageId: string | undefined;
  eventId: string | undefined;
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
  const m = messageColumns(rows.messages);
  const { events, cursors } = rows;
  await sql`
    WITH message AS (
      INSERT INTO messages (id, conversation_id, seq, sender_id, dedupe_key, conversation_pts,
        expires_at, cmd, type, flags, device_id, local_id, content, options, target)
      SELECT id, conversation_id, seq, sender_id, dedupe_key, conversation_pts,
        now() + ttl * interval '1 second', cmd, type, coalesce(flags, 0), device_id, local_id,
        substring(${m.contents.bytes}::bytea FROM content_at FOR content_bytes), options,
        target::int8[]
      FROM unnest(${m.ids}::text::int8[], ${m.conversations}::text::int8[], ${m.seqs}::text::int8[],
        ${m.senders}::text::int8[], ${m.keys}::text::int8[], ${m.conversationPts}::text::int8[],
        ${m.ttls}::text::int4[], ${m.cmds}::text::int2[], ${m.types}::text::int4[],
        ${m.flags}::text::int2[], ${m.devices}::text::text[], ${m.locals}::text::text[],
        ${m.contents.starts}::text::int4[], ${m.contents.lengths}::text::int4[],
        ${m.options}::text::bytea[], ${m.targets}::text::text[])
        AS t(id, conversation_id, seq, sender_id, dedupe_key, conversation_pts, ttl, cmd, type,
          flags, device_id, local_id, content_at, content_bytes, options, target)
      WHERE linnet_fence(${writer})
    ), event AS (
      INSERT INTO events
        (id, conversation_id, conversation_pts, cmd, flags, actor_id, local_id, content)
      SELECT * FROM unnest(${column(events, (r) => r.id)}::text::int8[],
        ${column(events, (r) => r.conversationId)}::text::int8[],
        ${column(events, (r) => orNull(r.conversationPts))}::text::int8[],
        ${column(events, (r) => r.cmd)}::text::int2[],
        ${column(events, (r) => r.flags)}::text::int2[],
        ${column(events, (r) => r.actorId)}::text::int8[],
        ${column(events, (r) => quoted(r.localId))}::text::text[],
        ${column(events, (r) => hex(r.content))}::text::bytea[])
      WHERE linnet_fence(${writer})
    ), cursor AS (
      UPDATE members SET read_seq = c.read_seq
      FROM unnest(${column(cursors, (r) => r.conversationId)}::text::int8[],
        ${column(cursors, (r) => r.userId)}::text::int8[],
        ${column(cursors, (r) => r.readSeq)}::text::int8[]) AS c(conversation_id, user_id, read_seq)
      WHERE members.conversation_id = c.conversation_id AND members.user_id = c.user_id
        AND linnet_fence(${writer})
    )
    INSERT INTO inbox (user_id, pts, message_id, event_id, mentioned)
    SELECT * FROM unnest(${column(inbox, (r) => r.userId)}::text::int8[],
      ${column(inbox, (r) => r.pts)}::text::int8[],
      ${column(inbox, (r) => r.messageId ?? "NULL")}::text::int8[],
      ${sparse(inbox, (r) => r.eventId ?? "NULL")}::text::int8[],
      ${sparse(inbox, (r) => (r.mentioned ? "t" : "NULL"))}::text::bool[])
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
  const contents = together(messages, (r) => r.content);
  await sql`
    WITH message AS (
      INSERT INTO messages (id, conversation_id, seq, sender_id, dedupe_key, cmd, type, flags,
        device_id, local_id, content)
      SELECT id, conversation_id, seq, sender_id, dedupe_key, coalesce(cmd, ${cmd}::int2),
        coalesce(type, ${type}::int4), coalesce(flags, ${flags}::int2),
        coalesce(device_id, ${deviceId}::text), local_id,
        substring(${contents.bytes}::bytea FROM content_at FOR content_bytes)
      FROM (SELECT unnest(${column(messages, (r) => r.id)}::text::int8[]) AS id,
        unnest(${column(messages, (r) => r.conversationId)}::text::int8[]) AS conversation_id,
        unnest(${column(messages, (r) => r.seq)}::text::int8[]) AS seq,
        unnest(${column(messages, (r) => r.senderId)}::text::int8[]) AS sender_id,
        unnest(${column(messages, (r) => r.key)}::text::int8[]) AS dedupe_key,
        unnest(${sparse(messages, (r) => (r.cmd === cmd ? "NULL" : r.cmd))}::text::int2[]) AS cmd,
        unnest(${sparse(messages, (r) => (r.type === type ? "NULL" : r.type))}::text::int4[])
          AS type,
        unnest(${sparse(messages, (r) => (r.flags === flags ? "NULL" : r.flags))}::text::int2[])
          AS flags,
        unnest(${sparse(messages, (r) =>
          r.deviceId === deviceId ? "NULL" : quoted(r.deviceId),
        )}::text::text[]) AS device_id,
        unnest(${column(messages, (r) => quoted(r.localId))}::text::text[]) AS local_id,
        unnest(${contents.starts}::text::int4[]) AS content_at,
        unnest(${contents.lengths}::text::int4[]) AS content_bytes) AS t
      WHERE linnet_fence(${writer})
    )
    INSERT INTO inbox (user_id, pts, message_id)
    SELECT * FROM (SELECT unnest(${column(inbox, (r) => r.userId)}::text::int8[]),
      unnest(${column(inbox, (r) => r.pts)}::text::int8[]),
      unnest(${column(inbox, (r) => r.messageId as string)}::text::int8[])) AS t
    WHERE linnet_fence(${writer})`;
}

/** Inserts the events of a change with their inbox rows, within its transaction. */
export async function insertEvents(
  tx: Transaction,
  events: readonly EventRow[],
  inbox: readonly InboxRow[],
): Promise<void> {
  await tx`
    INSERT INTO events
      (id, conversation_id, conversation_pts, cmd, flags, actor_id, local_id, content)
    SELECT * FROM unnest(${column(events, (r) => r.id)}::text::int8[],
      ${column(events, (r) => r.conversationId)}::text::int8[],
      ${column(events, (r) => orNull(r.conversationPts))}::text::int8[],
      ${column(events, (r) => r.cmd)}::text::int2[],
      ${column(events, (r) => r.flags)}::text::int2[],
      ${column(events, (r) => r.actorId)}::text::int8[],
      ${column(events, (r) => quoted(r.localId))}::text::text[],
      ${column(events, (r) => hex(r.content))}::text::bytea[])`;
  await tx`
    INSERT INTO inbox (user_id, pts, event_id)
    SELECT * FROM unnest(${column(inbox, (r) => r.userId)}::text::int8[],
      ${column(inbox, (r) => r.pts)}::text::int8[],
      ${sparse(inbox, (r) => r.eventId ?? "NULL")}::text::int8[])`;
}

function messageColumns(rows: readonly MessageRow[]) {
  return {
    ids: column(rows, (r) => r.id),
    conversations: column(rows, (r) => r.conversationId),
    seqs: column(rows, (r) => r.seq),
    senders: column(rows, (r) => r.senderId),
    keys: column(rows, (r) => r.key),
    conversationPts: sparse(rows, (r) => orNull(r.conversationPts)),
    ttls: sparse(rows, (r) => (r.ttl > 0 ? r.ttl : "NULL")),
    cmds: column(rows, (r) => r.cmd),
    types: column(rows, (r) => r.type),
    flags: sparse(rows, (r) => r.flags || "NULL"),
    devices: column(rows, (r) => quoted(r.deviceId)),
    locals: column(rows, (r) => quoted(r.localId)),
    contents: together(rows, (r) => r.content),
    options: sparse(rows, (r) => (r.options.length > 0 ? hex(r.options) : "NULL")),
    targets: sparse(rows, (r) => (r.target.length > 0 ? `"{${r.target.join(",")}}"` : "NULL")),
  };
}
