/** Idempotency: which messages Postgres already has, by the request's key. */
import { Buffer } from "node:buffer";
import { idArray, type Sql } from "../postgres/client.ts";

export interface KnownMessage {
  conversationId: number;
  key: number;
  id: string;
  seq: number;
  /** −1 where the conversation isn't wide. */
  conversationPts: number;
  senderId: number;
  cmd: number;
  type: number;
  flags: number;
  deviceId: string;
  localId: string;
  content: Buffer;
  target: readonly number[];
}

interface KnownRow {
  conversation_id: number;
  dedupe_key: number;
  id: string;
  seq: number;
  conversation_pts: number | null;
  sender_id: number;
  cmd: number;
  type: number;
  flags: number;
  device_id: string;
  local_id: string;
  content: Buffer;
  target: (number | string)[] | null;
}

/** The stored messages among (conversation, key), by `knownName`. */
export async function loadKnown(
  sql: Sql,
  keys: readonly { conversationId: number; key: number }[],
): Promise<Map<string, KnownMessage>> {
  const rows = await sql<KnownRow[]>`
    SELECT m.conversation_id, m.dedupe_key, m.id::text AS id, m.seq, m.conversation_pts,
      m.sender_id, m.cmd, m.type, m.flags, m.device_id, m.local_id, m.target,
      -- What was sent, also when it was edited since.
      CASE WHEN m.version > 0 THEN (SELECT e.content FROM message_edits e
        WHERE e.message_id = m.id AND e.version = 0) ELSE m.content END AS content
    FROM unnest(${idArray(keys.map((k) => k.conversationId))}::text::int8[],
      ${idArray(keys.map((k) => k.key))}::text::int8[]) AS q(conversation_id, dedupe_key)
    JOIN messages m ON m.conversation_id = q.conversation_id AND m.dedupe_key = q.dedupe_key`;
  const known = new Map<string, KnownMessage>();
  for (const row of rows) {
    known.set(knownName(row.conversation_id, row.dedupe_key), {
      conversationId: row.conversation_id,
      key: row.dedupe_key,
      id: row.id,
      seq: row.seq,
      conversationPts: row.conversation_pts ?? -1,
      senderId: row.sender_id,
      cmd: row.cmd,
      type: row.type,
      flags: row.flags,
      deviceId: row.device_id,
      localId: row.local_id,
      content: Buffer.from(row.content),
      target: (row.target ?? []).map(Number),
    });
  }
  return known;
}

export function knownName(conversationId: number, key: number): string {
  return `${conversationId}:${key}`;
}
