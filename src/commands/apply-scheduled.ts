/** The writer's side of messages for later: kept, or no longer to be sent. */
import { Buffer } from "node:buffer";
import { type Applier, refused } from "../path/change.ts";
import { scheduledValue } from "../path/prepared-send.ts";
import { idArray } from "../postgres/client.ts";
import { RECORD_FLAG, type StreamRecord } from "../transfer/record.ts";
import { CODE } from "../wire/errors.ts";
import { LIMIT } from "../wire/limits.ts";
import { withWishes } from "../wire/wishes.ts";
import { dataOf, done } from "./change-data.ts";
import { textOf } from "./parameters.ts";

/** `record` is that of the message, with its time in `value`; without one it is a cancellation. */
export const applyScheduled: Applier = async ({ sql, record }) => {
  const { senderId } = record;
  if (record.value === 0) {
    const scheduleId = textOf(dataOf(record), "cancel");
    const gone = await sql`
      DELETE FROM scheduled_messages WHERE id = ${scheduleId}::text::int8
        AND sender_id = ${senderId}
        AND (appended_at IS NULL OR appended_at > send_at + interval '10 minutes') RETURNING 1`;
    if (gone.length > 0) return done(0, []);
    return refused(CODE.notFound, `no message waits as ${scheduleId}`);
  }
  const [held] = await sql<{ count: number }[]>`
    SELECT count(*)::int AS count FROM scheduled_messages WHERE sender_id = ${senderId}`;
  if ((held?.count ?? 0) >= LIMIT.scheduledPerUser) {
    return refused(CODE.tooLarge, `at most ${LIMIT.scheduledPerUser} messages wait for their time`);
  }
  const { sendAt, cmd, flags } = scheduledValue(record.value);
  const wishing = record.wishes === "" ? 0 : RECORD_FLAG.wishes;
  await sql`
    INSERT INTO scheduled_messages (sender_id, request_key, send_at, conversation_id, peer_id, cmd,
      type, flags, ttl, device_id, local_id, target, mentions, content, options)
    VALUES (${senderId}, ${record.key}, to_timestamp(${sendAt}::int8 / 1000.0),
      ${record.conversationId}, ${record.peerId}, ${cmd}, ${record.type},
      ${record.flags | flags | wishing},
      ${record.ttl}, ${record.deviceId}, ${record.localId},
      ${idArray(record.target)}::text::int8[], ${idArray(record.mentions)}::text::int8[],
      ${record.content}, ${optionsOf(record)})
    ON CONFLICT (sender_id, request_key) DO NOTHING`;
  return done(record.conversationId, []);
};

/** With the wishes in front, as they come in a record and go into the next. */
function optionsOf({ options, wishes }: StreamRecord): Buffer {
  if (wishes === "") return options;
  return Buffer.from(withWishes({ bytes: options, start: 0, end: options.length }, wishes).bytes);
}
