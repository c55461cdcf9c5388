/** The writer's side of READ_ALL (23) and READ_CANCEL (24). MSG_READ (22) is path/plan-read.ts. */
import { type Applier, type Effect, refused } from "../path/change.ts";
import { CMD, CONVERSATION } from "../wire/commands.ts";
import { contentBytes } from "../wire/content-bytes.ts";
import { DIRECTION } from "../wire/envelope.ts";
import { CODE } from "../wire/errors.ts";
import { LIMIT } from "../wire/limits.ts";
import { done } from "./change-data.ts";
import { findStanding } from "./find-messages.ts";

interface MovedRow {
  id: number;
  type: number;
  seq: number;
  peer: number | null;
}

/**
 * All conversations, up to their newest message. One event of the reader's says how far, so that
 * a device that is behind in a wide log knows what of it was meant.
 */
export const applyReadAll: Applier = async ({ sql, record }) => {
  const userId = record.senderId;
  const moved = await sql<MovedRow[]>`
    UPDATE members m SET read_seq = newest.seq
    FROM (
      SELECT own.conversation_id AS id, c.type,
        CASE WHEN c.pair_low = ${userId} THEN c.pair_high ELSE c.pair_low END AS peer,
        (SELECT seq FROM messages x WHERE x.conversation_id = own.conversation_id
          ORDER BY seq DESC LIMIT 1) AS seq
      FROM members own JOIN conversations c ON c.id = own.conversation_id
      WHERE own.user_id = ${userId}
    ) newest
    WHERE m.conversation_id = newest.id AND m.user_id = ${userId} AND m.read_seq < newest.seq
    RETURNING newest.id, newest.type, newest.seq, newest.peer`;
  const effects: Effect[] = [];
  for (let at = 0; at < moved.length; at += LIMIT.listIds) {
    const conversations = moved
      .slice(at, at + LIMIT.listIds)
      .map(({ id: conversationId, seq }) => ({ conversationId, seq }));
    const content = contentBytes({ data: { conversations } }, CMD.readAll, DIRECTION.push);
    const event = { cmd: CMD.readAll, conversationId: 0, conversationType: 0, content };
    effects.push({ kind: "inbox", event, userIds: [userId] });
  }
  for (const { id, type, seq, peer } of moved) {
    if ((type !== CONVERSATION.single && type !== CONVERSATION.stranger) || peer === null) continue;
    const content = contentBytes({ data: { seq } }, CMD.read, DIRECTION.push);
    const event = { cmd: CMD.read, conversationId: id, conversationType: type, content };
    effects.push({ kind: "inbox", event, userIds: [peer] });
  }
  const cursors = moved.map(({ id: conversationId }) => ({ conversationId, userId }));
  return done(0, effects, cursors);
};

/** Unread again from `record.value` on: the reader's own mark, of which nobody else hears. */
export const applyReadCancel: Applier = async (context) => {
  const { sql, record } = context;
  const standing = await findStanding(context);
  if (typeof standing === "number") return refused(standing);
  if (standing.system) return refused(CODE.forbidden, "the server reads nothing");
  const { senderId: userId, conversationId, value: seq } = record;
  const moved = await sql`
    UPDATE members SET read_seq = ${seq - 1} WHERE conversation_id = ${conversationId}
      AND user_id = ${userId} AND read_seq > ${seq - 1} RETURNING 1`;
  if (moved.length === 0) return done(conversationId, []);
  const event = {
    cmd: CMD.readCancel,
    conversationId,
    conversationType: standing.type,
    content: contentBytes({ data: { seq } }, CMD.readCancel, DIRECTION.push),
  };
  const effects: Effect[] = [{ kind: "inbox", event, userIds: [userId] }];
  return done(conversationId, effects, [{ conversationId, userId }]);
};
