/**
 * Who is named in a message, a row for each member: what counts as an unread mention, in narrow and
 * wide conversations alike. Messages that name nobody, or all, have no row.
 */
import { idArray, type Transaction } from "../postgres/client.ts";
import type { MessageRow } from "./batch.ts";

/** Flag of a message row. */
const MENTIONS_ALL = 1;

export interface NamedUser {
  userId: number;
  conversationId: number;
  seq: number;
}

/** Members or not; the sender himself and who can't see the message are left out. */
export function namedUsers(messages: readonly MessageRow[]): NamedUser[] {
  const named: NamedUser[] = [];
  for (const { mentions, flags, target, senderId, conversationId, seq } of messages) {
    if (mentions.length === 0 || (flags & MENTIONS_ALL) !== 0) continue;
    for (const userId of new Set(mentions)) {
      if (userId === senderId || (target.length > 0 && !target.includes(userId))) continue;
      named.push({ userId, conversationId, seq });
    }
  }
  return named;
}

/** Within the transaction that stores the messages, so that its members are those of its place. */
export async function insertMentions(tx: Transaction, named: readonly NamedUser[]): Promise<void> {
  await tx`
    INSERT INTO mentions (user_id, conversation_id, seq)
    SELECT n.user_id, n.conversation_id, n.seq
    FROM unnest(${idArray(named.map((one) => one.userId))}::text::int8[],
      ${idArray(named.map((one) => one.conversationId))}::text::int8[],
      ${idArray(named.map((one) => one.seq))}::text::int8[]) AS n(user_id, conversation_id, seq)
    JOIN members m ON m.conversation_id = n.conversation_id AND m.user_id = n.user_id
    ON CONFLICT DO NOTHING`;
}
