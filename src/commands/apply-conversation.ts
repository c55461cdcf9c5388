/** The writer's side of conversations as one user has them: opened, hidden, cleared, set. */
import { type Applier, type ChangeContext, type ChangeResult, refused } from "../path/change.ts";
import { CONVERSATION } from "../wire/commands.ts";
import { contentBytes } from "../wire/content-bytes.ts";
import { type Data, DIRECTION } from "../wire/envelope.ts";
import { CODE } from "../wire/errors.ts";
import { outsiderCode } from "../wire/policy.ts";
import { dataOf } from "./apply-relation.ts";
import { flagOf } from "./parameters.ts";
import { namesOf, relationOf, unchanged } from "./relation-rows.ts";

/**
 * Opens the conversation of `record.senderId` and `record.peerId` without a message. The other
 * doesn't see it before one comes.
 */
export const applyConversationCreate: Applier = async (context) => {
  const { sql, record } = context;
  const { senderId, peerId } = record;
  const low = Math.min(senderId, peerId);
  const high = Math.max(senderId, peerId);
  const [held] = await sql<{ id: number; type: number; hidden: boolean }[]>`
    SELECT c.id, c.type, m.hidden_seq IS NOT NULL AS hidden
    FROM conversations c JOIN members m ON m.conversation_id = c.id AND m.user_id = ${senderId}
    WHERE c.pair_low = ${low} AND c.pair_high = ${high}`;
  if (held !== undefined && !held.hidden) return unchanged(held.id);
  if (held !== undefined) {
    await sql`
      UPDATE members SET hidden_seq = NULL
      WHERE conversation_id = ${held.id} AND user_id = ${senderId}`;
    return await opened(context, held.id, held.type);
  }
  const mine = await relationOf(sql, senderId, peerId);
  const theirs = await relationOf(sql, peerId, senderId);
  if (mine.blocked || theirs.blocked) return refused(CODE.blocked);
  const type = mine.friend && theirs.friend ? CONVERSATION.single : CONVERSATION.stranger;
  const [made] = await sql<{ id: number }[]>`
    INSERT INTO conversations (type, pair_low, pair_high) VALUES (${type}, ${low}, ${high})
    RETURNING id`;
  const conversationId = (made as { id: number }).id;
  await sql`
    INSERT INTO members (conversation_id, user_id, hidden_seq)
    VALUES (${conversationId}, ${senderId}, NULL), (${conversationId}, ${peerId}, -1)`;
  const result = await opened(context, conversationId, type);
  return { ...result, conversations: [conversationId], pairs: [{ low, high }] };
};

async function opened(
  context: ChangeContext,
  conversationId: number,
  conversationType: number,
): Promise<ChangeResult> {
  const { sql, record } = context;
  const nameOf = await namesOf(sql, record.senderId, record.peerId);
  const data = { userId: nameOf(record.peerId) };
  return told(context, conversationId, conversationType, data);
}

/** Hidden from one's own list until the next message; with `clear` what lies before is gone too. */
export const applyConversationDelete: Applier = async (context) => {
  const { sql, record } = context;
  const { senderId, conversationId } = record;
  const member = await membership(context);
  if ("code" in member) return member;
  const clear = flagOf(dataOf(context), "clear");
  const { lastSeq } = member;
  const hidden = member.hiddenSeq === lastSeq;
  if (hidden && (!clear || member.clearedSeq >= lastSeq)) return unchanged();
  const clearedSeq = clear ? lastSeq : member.clearedSeq;
  await sql`
    UPDATE members SET hidden_seq = ${lastSeq}, cleared_seq = ${clearedSeq}
    WHERE conversation_id = ${conversationId} AND user_id = ${senderId}`;
  const data = { clear, ...(lastSeq < 0 ? {} : { seq: lastSeq }) };
  return told(context, conversationId, member.type, data);
};

/** Pinned or not, disturbing or not, for `record.senderId` alone. */
export const applyConversationUpdate: Applier = async (context) => {
  const { sql, record } = context;
  const { senderId, conversationId } = record;
  const member = await membership(context);
  if ("code" in member) return member;
  const asked = dataOf(context);
  const top = typeof asked["top"] === "boolean" ? asked["top"] : member.top;
  const mute = typeof asked["mute"] === "boolean" ? asked["mute"] : member.mute;
  if (top === member.top && mute === member.mute) return unchanged();
  await sql`
    UPDATE members SET top = ${top}, mute = ${mute}
    WHERE conversation_id = ${conversationId} AND user_id = ${senderId}`;
  return told(context, conversationId, member.type, { top, mute });
};

interface Membership {
  type: number;
  top: boolean;
  mute: boolean;
  hiddenSeq: number | null;
  clearedSeq: number;
  /** −1 for none. */
  lastSeq: number;
}

async function membership({ sql, record }: ChangeContext): Promise<Membership | ChangeResult> {
  const [row] = await sql<(Membership & { member: boolean })[]>`
    SELECT c.type, m.user_id IS NOT NULL AS member, m.top, m.mute, m.hidden_seq AS "hiddenSeq",
      m.cleared_seq AS "clearedSeq", coalesce((SELECT seq FROM messages
        WHERE conversation_id = c.id ORDER BY seq DESC LIMIT 1), -1) AS "lastSeq"
    FROM conversations c
    LEFT JOIN members m ON m.conversation_id = c.id AND m.user_id = ${record.senderId}
    WHERE c.id = ${record.conversationId}`;
  if (row === undefined) return refused(CODE.noSuchConversation);
  if (row.member) return row;
  return refused(outsiderCode(row.type));
}

/** The user's other devices hear of it in his own log. */
function told(
  { record }: ChangeContext,
  conversationId: number,
  conversationType: number,
  data: Data,
): ChangeResult {
  const { cmd, senderId } = record;
  const content = contentBytes({ data }, cmd, DIRECTION.push);
  const event = { cmd, conversationId, conversationType, content };
  return {
    ...unchanged(conversationId),
    effects: [{ kind: "inbox", event, userIds: [senderId] }],
  };
}
