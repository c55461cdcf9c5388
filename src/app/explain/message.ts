/**
 * Looks a message up with what belongs to it: by id, or by the keys that a sender's local id has.
 */
import { snowflakeHalves, snowflakeMs } from "../../base/snowflake.ts";
import { idArray, type Sql } from "../../postgres/client.ts";
import { EMPTIED } from "../../store/expiry.ts";
import { RECORD_FLAG } from "../../transfer/record.ts";

export interface Message {
  id: string;
  conversation: { id: number; type: number; wide: boolean; dissolved: boolean };
  seq: number;
  conversationPts: number | null;
  senderId: number;
  sender: string;
  device: string;
  localId: string;
  dedupeKey: number;
  cmd: number;
  type: number;
  bytes: number;
  /** How many members it is for alone, 0 for all. */
  targets: number;
  /** When its id was given, ms since 1970. */
  givenMs: number;
  expiresMs: number | null;
  expired: boolean;
  emptied: boolean;
  system: boolean;
  serverApi: boolean;
}

export type Search = { id: string } | { senderId: number; localId: string; keys: number[] };

interface Row {
  id: string;
  conversation_id: number;
  conversation_type: number;
  wide: boolean;
  dissolved: boolean;
  seq: number;
  conversation_pts: number | null;
  sender_id: number;
  sender: string | null;
  device_id: string;
  local_id: string;
  dedupe_key: number;
  cmd: number;
  type: number;
  flags: number;
  bytes: number;
  targets: number;
  expires_ms: number | null;
  expired: boolean;
}

/** A key may have been taken by another request's: then the next one was tried. */
const KEYS_TRIED = 3;

export async function findMessage(sql: Sql, search: Search): Promise<Message | undefined> {
  const condition =
    "id" in search
      ? sql`m.id = ${search.id}::int8`
      : sql`m.conversation_id IN
          (SELECT conversation_id FROM members WHERE user_id = ${search.senderId})
          AND m.dedupe_key = ANY(${idArray(triedKeys(search.keys))}::text::int8[])
          AND m.sender_id = ${search.senderId} AND m.local_id = ${search.localId}`;
  const [row] = await sql<Row[]>`
    SELECT m.id::text AS id, m.conversation_id, c.type AS conversation_type, c.wide, c.dissolved,
      m.seq, m.conversation_pts, m.sender_id, u.external_id AS sender, m.device_id, m.local_id,
      m.dedupe_key, m.cmd, m.type, m.flags, length(m.content) AS bytes,
      coalesce(cardinality(m.target), 0) AS targets,
      (extract(epoch FROM m.expires_at) * 1000)::int8 AS expires_ms,
      coalesce(m.expires_at <= now(), false) AS expired
    FROM messages m JOIN conversations c ON c.id = m.conversation_id
    LEFT JOIN users u ON u.id = m.sender_id
    WHERE ${condition} ORDER BY m.id DESC LIMIT 1`;
  return row === undefined ? undefined : messageOf(row);
}

function triedKeys(keys: readonly number[]): number[] {
  return keys.flatMap((key) => Array.from({ length: KEYS_TRIED }, (_, next) => key + next));
}

function messageOf(row: Row): Message {
  const conversation = {
    id: row.conversation_id,
    type: row.conversation_type,
    wide: row.wide,
    dissolved: row.dissolved,
  };
  return {
    id: row.id,
    conversation,
    seq: row.seq,
    conversationPts: row.conversation_pts,
    senderId: row.sender_id,
    sender: row.sender ?? `user ${row.sender_id}`,
    device: row.device_id,
    localId: row.local_id,
    dedupeKey: row.dedupe_key,
    cmd: row.cmd,
    type: row.type,
    bytes: row.bytes,
    targets: row.targets,
    givenMs: snowflakeMs(snowflakeHalves(row.id)),
    expiresMs: row.expires_ms,
    expired: row.expired,
    emptied: (row.flags & EMPTIED) !== 0,
    system: (row.flags & RECORD_FLAG.system) !== 0,
    serverApi: (row.flags & RECORD_FLAG.serverApi) !== 0,
  };
}
