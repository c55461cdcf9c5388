/** Messages that wait for their time: found, listed, sent when it has come. */
import { Buffer } from "node:buffer";
import type { Sql } from "../postgres/client.ts";

export interface ScheduledMessage {
  id: string;
  senderId: number;
  sender: string;
  key: number;
  sendAt: number;
  failed: boolean;
  conversationId: number;
  peerId: number;
  cmd: number;
  type: number;
  flags: number;
  ttl: number;
  deviceId: string;
  localId: string;
  target: number[];
  mentions: number[];
  content: Buffer;
  options: Buffer;
}

interface ScheduledRow {
  id: string;
  sender_id: number;
  sender: string | null;
  request_key: number;
  send_at: number;
  failed: boolean;
  conversation_id: number;
  peer_id: number;
  cmd: number;
  type: number;
  flags: number;
  ttl: number;
  device_id: string;
  local_id: string;
  target: (number | string)[];
  mentions: (number | string)[];
  content: Buffer;
  options: Buffer;
}

/** What waits under a request's key, as far as a repeat is held against it. */
export interface PutOffMessage {
  id: string;
  sendAt: number;
  /** 0: the two have no conversation yet. */
  conversationId: number;
  peerId: number;
  cmd: number;
  type: number;
  target: number[];
  content: Buffer;
}

export async function findScheduled(
  sql: Sql,
  senderId: number,
  key: number,
): Promise<PutOffMessage | undefined> {
  const [row] = await sql<ScheduledRow[]>`
    SELECT s.id::text AS id, (extract(epoch FROM s.send_at) * 1000)::int8 AS send_at,
      coalesce(nullif(s.conversation_id, 0), c.id, 0) AS conversation_id, s.peer_id, s.cmd, s.type,
      s.target, s.content
    FROM scheduled_messages s
    LEFT JOIN conversations c ON s.conversation_id = 0
      AND c.pair_low = least(s.sender_id, s.peer_id)
      AND c.pair_high = greatest(s.sender_id, s.peer_id)
    WHERE s.sender_id = ${senderId} AND s.request_key = ${key}`;
  if (row === undefined) return undefined;
  return {
    id: row.id,
    sendAt: row.send_at,
    conversationId: row.conversation_id,
    peerId: row.peer_id,
    cmd: row.cmd,
    type: row.type,
    target: row.target.map(Number),
    content: Buffer.from(row.content),
  };
}

/** A sender's own, those on their way left out, by id; `after` is the last of the page before. */
export async function listScheduled(
  sql: Sql,
  senderId: number,
  after: number,
  limit: number,
): Promise<ScheduledMessage[]> {
  const rows = await sql<ScheduledRow[]>`
    SELECT s.*, s.id::text AS id, u.external_id AS sender,
      (extract(epoch FROM s.send_at) * 1000)::int8 AS send_at,
      coalesce(s.appended_at > s.send_at + interval '10 minutes', false) AS failed
    FROM scheduled_messages s LEFT JOIN users u ON u.id = s.sender_id
    WHERE s.sender_id = ${senderId} AND s.id > ${after}
      AND (s.appended_at IS NULL OR s.appended_at > s.send_at + interval '10 minutes')
    ORDER BY s.id LIMIT ${limit}`;
  return rows.map(scheduledOf);
}

/**
 * Takes those away that are stored by now, and gives those whose time has come, marked as put into
 * the stream. One that is not found stored is given again, for ten minutes: then it has failed.
 */
export async function takeDue(
  sql: Sql,
  writer: string,
  limit: number,
): Promise<ScheduledMessage[]> {
  const rows = await sql<ScheduledRow[]>`
    WITH ready AS (
      SELECT s.id, EXISTS (SELECT FROM messages x
          WHERE x.conversation_id = coalesce(nullif(s.conversation_id, 0), c.id)
            AND x.dedupe_key = s.request_key AND x.local_id = s.local_id) AS stored
      FROM scheduled_messages s
      LEFT JOIN conversations c ON s.conversation_id = 0
        AND c.pair_low = least(s.sender_id, s.peer_id)
        AND c.pair_high = greatest(s.sender_id, s.peer_id)
      WHERE s.send_at <= now() AND (s.appended_at IS NULL
        OR (s.appended_at < now() - interval '5 seconds'
          AND s.appended_at <= s.send_at + interval '10 minutes'))
      ORDER BY s.send_at LIMIT ${limit}
    ), sent AS (
      DELETE FROM scheduled_messages s USING ready
      WHERE s.id = ready.id AND ready.stored AND linnet_fence(${writer})
    ), given AS (
      UPDATE scheduled_messages s SET appended_at = now() FROM ready
      WHERE s.id = ready.id AND NOT ready.stored AND linnet_fence(${writer}) RETURNING s.*
    )
    SELECT given.*, given.id::text AS id, u.external_id AS sender,
      (extract(epoch FROM given.send_at) * 1000)::int8 AS send_at, false AS failed
    FROM given LEFT JOIN users u ON u.id = given.sender_id ORDER BY given.send_at, given.id`;
  return rows.map(scheduledOf);
}

function scheduledOf(row: ScheduledRow): ScheduledMessage {
  return {
    id: row.id,
    senderId: row.sender_id,
    sender: row.sender ?? "",
    key: row.request_key,
    sendAt: row.send_at,
    failed: row.failed,
    conversationId: row.conversation_id,
    peerId: row.peer_id,
    cmd: row.cmd,
    type: row.type,
    flags: row.flags,
    ttl: row.ttl,
    deviceId: row.device_id,
    localId: row.local_id,
    target: row.target.map(Number),
    mentions: row.mentions.map(Number),
    content: Buffer.from(row.content),
    options: Buffer.from(row.options),
  };
}
