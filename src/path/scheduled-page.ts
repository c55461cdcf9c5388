/** A page of the messages that a user has put off. */
import type { Sql } from "../postgres/client.ts";
import { listScheduled, type ScheduledMessage } from "../store/scheduled.ts";
import { contentOf } from "../wire/content-bytes.ts";
import { type Data, DIRECTION, type Envelope } from "../wire/envelope.ts";

/** `cursor` is that of the page before, or "". */
export async function scheduledPage(
  sql: Sql,
  userId: number,
  cursor: string,
  limit: number,
): Promise<Data> {
  const after = /^\d{1,15}$/.test(cursor) ? Number(cursor) : 0;
  const found = await listScheduled(sql, userId, after, limit + 1);
  const shown = found.slice(0, limit);
  const final = found.length <= limit;
  return {
    messages: shown.map((one) => ({
      scheduleId: one.id,
      sendAt: one.sendAt,
      failed: one.failed,
      message: envelopeOf(one),
    })),
    cursor: final ? "" : (shown.at(-1)?.id ?? ""),
    final,
  };
}

function envelopeOf(message: ScheduledMessage): Envelope {
  const { cmd, type, conversationId, content, localId } = message;
  return {
    direction: DIRECTION.push,
    cmd,
    header: { version: 1, localId },
    route: { type, ...(conversationId > 0 ? { conversationId } : {}), from: message.sender },
    content: contentOf({ bytes: content, start: 0, end: content.length }, cmd),
  };
}
