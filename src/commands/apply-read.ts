/** The writer's side of READ_ALL (23) and READ_CANCEL (24). MSG_READ (22) is path/plan-read.ts. */
import { toldReads } from "../inbox/told-reads.ts";
import { type Applier, type Effect, refused } from "../path/change.ts";
import type { Sql, Transaction } from "../postgres/client.ts";
import { CMD } from "../wire/commands.ts";
import { contentBytes } from "../wire/content-bytes.ts";
import { DIRECTION } from "../wire/envelope.ts";
import { CODE } from "../wire/errors.ts";
import { LIMIT } from "../wire/limits.ts";
import { isLeased, outsiderCode, POLICY } from "../wire/policy.ts";
import { done } from "./change-data.ts";
import { findStanding } from "./find-messages.ts";

interface MovedRow {
  id: number;
  type: number;
  seq: number;
  peer: number | null;
  /** How far he had read before, and whether less than all of it may be told. */
  held: number;
  quiet: boolean;
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
      SELECT own.conversation_id AS id, c.type, own.read_seq AS held, c.quiet,
        CASE WHEN c.pair_low = ${userId} THEN c.pair_high ELSE c.pair_low END AS peer,
        (SELECT seq FROM messages x WHERE x.conversation_id = own.conversation_id
          ORDER BY seq DESC LIMIT 1) AS seq
      FROM members own JOIN conversations c ON c.id = own.conversation_id
      WHERE own.user_id = ${userId}
    ) newest
    WHERE m.conversation_id = newest.id AND m.user_id = ${userId} AND m.read_seq < newest.seq
    RETURNING newest.*`;
  const effects: Effect[] = [];
  for (let at = 0; at < moved.length; at += LIMIT.listIds) {
    const conversations = moved
      .slice(at, at + LIMIT.listIds)
      .map(({ id: conversationId, seq }) => ({ conversationId, seq }));
    const content = contentBytes({ data: { conversations } }, CMD.readAll, DIRECTION.push);
    const event = { cmd: CMD.readAll, conversationId: 0, conversationType: 0, content };
    effects.push({ kind: "inbox", event, userIds: [userId] });
  }
  effects.push(...(await tellingPeers(sql, userId, moved)));
  const cursors = moved.map(({ id: conversationId }) => ({ conversationId, userId }));
  return done(0, effects, cursors);
};

/** To the peers, as of a read of one conversation. */
async function tellingPeers(
  sql: Transaction,
  userId: number,
  moved: readonly MovedRow[],
): Promise<Effect[]> {
  const quiet = moved.filter((row) => row.quiet);
  const told = await toldReads(
    sql as unknown as Sql,
    quiet.map(({ id: conversationId, seq }) => ({ conversationId, userId, seq })),
  );
  const upTo = new Map(quiet.map(({ id }, at) => [id, told[at] as number]));
  return moved.flatMap(({ id, type, seq: newest, peer, held }): Effect[] => {
    const seq = upTo.get(id) ?? newest;
    if (POLICY[type]?.readsTold !== true || peer === null || seq <= held) return [];
    const content = contentBytes({ data: { seq } }, CMD.read, DIRECTION.push);
    const event = { cmd: CMD.read, conversationId: id, conversationType: type, content };
    return [{ kind: "inbox", event, userIds: [peer] }];
  });
}

/** Unread again from `record.value` on: the reader's own mark, of which nobody else hears. */
export const applyReadCancel: Applier = async (context) => {
  const { sql, record } = context;
  const standing = await findStanding(context);
  if (typeof standing === "number") return refused(standing);
  if (standing.system) return refused(CODE.forbidden, "the server reads nothing");
  if (isLeased(standing.type)) return refused(outsiderCode(standing.type));
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
