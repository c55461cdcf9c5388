/**
 * Conversations of two with a message of whose reading its sender doesn't want to know: a mark with
 * the conversation, so that all others need not look for such messages.
 */
import { idArray, type Transaction } from "../postgres/client.ts";
import type { MessageRow } from "./batch.ts";

/** Flags of a message row: no receipts, and none of reading. */
const UNTOLD = 64 | 2048;

export function quietConversations(messages: readonly MessageRow[]): number[] {
  const quiet: number[] = [];
  for (const { flags, conversationId } of messages) {
    if ((flags & UNTOLD) !== 0) quiet.push(conversationId);
  }
  return quiet;
}

export async function markQuiet(
  tx: Transaction,
  conversationIds: readonly number[],
): Promise<void> {
  await tx`
    UPDATE conversations SET quiet = true
    WHERE id = ANY(${idArray(conversationIds)}::text::int8[]) AND pair_low IS NOT NULL
      AND NOT quiet`;
}
