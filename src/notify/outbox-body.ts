/** What is told of an event: read from the logs when it is told; what is gone stays gone. */
import type { Sql } from "../postgres/client.ts";
import { envelopeOf, type LogRow } from "../inbox/events.ts";
import { writeEnvelope } from "../wire/plain-write.ts";

export type DueRow = LogRow & {
  outbox_id: string;
  line: string;
  event: string;
  message_id: string | null;
  body: string | null;
  /** The callback's. */
  target: string | null;
  attempts: number;
  created_ms: number;
};

const DUE_MAX = 200;

/**
 * What is due, in the order in which it happened. A line whose head waits for its next attempt is
 * passed over whole.
 */
export async function dueRows(sql: Sql): Promise<DueRow[]> {
  return await sql<DueRow[]>`
    SELECT o.id::text AS outbox_id, o.line, o.event, o.message_id::text, o.body, o.target AS target,
      o.attempts, floor(extract(epoch FROM o.created_at) * 1000)::int8 AS created_ms,
      0 AS position, coalesce(m.id, e.id)::text AS id,
      coalesce(m.conversation_id, e.conversation_id) AS conversation_id,
      c.type AS conversation_type, m.seq,
      coalesce(m.conversation_pts, e.conversation_pts) AS conversation_pts,
      coalesce(m.cmd, e.cmd) AS cmd, m.type, coalesce(m.flags, e.flags) AS flags,
      u.external_id AS sender, coalesce(m.local_id, e.local_id) AS local_id,
      coalesce(m.content, e.content) AS content, m.options, NULL::bool AS mentioned
    FROM (
      SELECT * FROM outbox o
      WHERE o.dead_at IS NULL AND o.due_at <= now() AND NOT EXISTS (
        SELECT FROM outbox h WHERE h.line = o.line AND h.attempts > 0 AND h.dead_at IS NULL
          AND h.due_at > now())
      ORDER BY o.id LIMIT ${DUE_MAX}
    ) o
    LEFT JOIN messages m ON m.id = o.message_id
    LEFT JOIN events e ON e.id = o.event_id
    LEFT JOIN conversations c ON c.id = coalesce(m.conversation_id, e.conversation_id)
    LEFT JOIN users u ON u.id = coalesce(m.sender_id, e.actor_id)
    ORDER BY o.id`;
}

/** The JSON that is posted. Without `envelope`: what was said is gone. */
export function bodyOf(row: DueRow): string {
  const { outbox_id: eventId, event, created_ms: at } = row;
  const head = { eventId, event, at };
  if (row.body !== null) {
    return JSON.stringify({ ...head, ...(JSON.parse(row.body) as Record<string, unknown>) });
  }
  const envelope = envelopeOf(row);
  const message = row.message_id === null ? {} : { messageId: row.message_id };
  const said = envelope === undefined ? {} : { envelope: writeEnvelope(envelope, "json") };
  return JSON.stringify({ ...head, ...message, ...said });
}
