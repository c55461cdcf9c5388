/** Which messages and events the host application is told of, as rows of the outbox. */
import { snowflakeText } from "../base/snowflake.ts";
import type { Sql, Transaction } from "../postgres/client.ts";
import type { BatchRows, EventRow } from "../store/batch.ts";
import { CMD } from "../wire/commands.ts";

export const EVENTS = [
  "message.stored",
  "message.read",
  "message.recalled",
  "message.deleted",
  "message.edited",
  "message.reaction",
  "group.changed",
  "user.online",
  "user.offline",
] as const;

export type EventName = (typeof EVENTS)[number];

/** The events of logs that are told, by command. */
const EVENT_OF: Readonly<Record<number, EventName>> = {
  [CMD.read]: "message.read",
  [CMD.readAll]: "message.read",
  [CMD.readCancel]: "message.read",
  [CMD.recall]: "message.recalled",
  [CMD.delete]: "message.deleted",
  [CMD.edit]: "message.edited",
  [CMD.reaction]: "message.reaction",
  [CMD.groupCreate]: "group.changed",
  [CMD.groupJoin]: "group.changed",
  [CMD.groupLeave]: "group.changed",
  [CMD.groupDismiss]: "group.changed",
  [CMD.groupUpdate]: "group.changed",
  [CMD.groupMute]: "group.changed",
};

interface OutboxRow {
  line: string;
  event: EventName;
  message_id: string | null;
  event_id: string | null;
}

/** One row for each thing that happened, however many logs it stands in. */
export function outboxRows(rows: BatchRows, wanted: ReadonlySet<string>): OutboxRow[] {
  const out: OutboxRow[] = [];
  if (wanted.has("message.stored")) {
    for (const { id, conversationId } of rows.messages) {
      out.push({
        line: `c:${conversationId}`,
        event: "message.stored",
        message_id: snowflakeText(id),
        event_id: null,
      });
    }
  }
  const told = new Set<string>();
  for (const row of rows.events) {
    const event = EVENT_OF[row.cmd];
    if (event === undefined || !wanted.has(event)) continue;
    const what = `${row.cmd}:${row.conversationId}:${row.actorId}:${row.localId}`;
    if (told.has(what)) continue;
    told.add(what);
    out.push({ line: lineOf(row), event, message_id: null, event_id: snowflakeText(row.id) });
  }
  return out;
}

function lineOf({ conversationId, actorId }: EventRow): string {
  return conversationId > 0 ? `c:${conversationId}` : `u:${actorId}`;
}

export async function insertOutbox(tx: Transaction, rows: readonly OutboxRow[]): Promise<void> {
  await tx`
    INSERT INTO outbox (line, event, message_id, event_id)
    SELECT line, event, message_id, event_id
    FROM json_to_recordset(${JSON.stringify(rows)}::text::json)
      AS t(line text, event text, message_id int8, event_id int8)`;
}

/** Users who came online or left, told by a gateway: in no transaction with anything else. */
export async function insertMoves(
  sql: Sql,
  moves: readonly { userId: number; name: string; online: boolean; at: number }[],
  wanted: ReadonlySet<string>,
): Promise<void> {
  const rows = moves
    .map(({ userId, name, online, at }) => ({
      line: `u:${userId}`,
      event: online ? "user.online" : "user.offline",
      body: JSON.stringify({ userId: name, at }),
    }))
    .filter(({ event }) => wanted.has(event));
  if (rows.length === 0) return;
  await sql`
    INSERT INTO outbox (line, event, body)
    SELECT line, event, body FROM json_to_recordset(${JSON.stringify(rows)}::text::json)
      AS t(line text, event text, body text)`;
}
