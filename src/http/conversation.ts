/** What calls need to know of a conversation before they act on it. */
import { findReader, type Reader } from "../inbox/history.ts";
import type { Sql } from "../postgres/client.ts";
import { CODE } from "../wire/errors.ts";
import { outsiderCode } from "../wire/policy.ts";
import { Refusal } from "./answer.ts";
import type { User } from "./auth.ts";

export interface Conversation {
  type: number;
  dissolved: boolean;
  /** Undefined where it has none. */
  owner: User | undefined;
}

export async function findConversation(
  sql: Sql,
  conversationId: number,
  field: string,
): Promise<Conversation | Refusal> {
  const [row] = await sql<
    { type: number; dissolved: boolean; owner_id: number | null; owner: string | null }[]
  >`
    SELECT c.type, c.dissolved, c.owner_id, u.external_id AS owner
    FROM conversations c LEFT JOIN users u ON u.id = c.owner_id WHERE c.id = ${conversationId}`;
  if (row === undefined) {
    return new Refusal(CODE.noSuchConversation, `${field}: there is no ${conversationId}`);
  }
  const { type, dissolved, owner_id: id, owner: name } = row;
  return { type, dissolved, owner: id === null || name === null ? undefined : { id, name } };
}

/** User 0 is the server: it reads from the beginning and is a member nowhere. */
export async function readerOf(
  sql: Sql,
  conversationId: number,
  userId: number,
): Promise<Reader | Refusal> {
  const found = await findReader(sql, conversationId, userId);
  if (found === undefined) {
    const problem = `query.conversationId: there is no ${conversationId}`;
    return new Refusal(CODE.noSuchConversation, problem);
  }
  if (found.reader !== undefined) return found.reader;
  const { conversationType } = found;
  if (userId !== 0) return new Refusal(outsiderCode(conversationType));
  const [row] = await sql<{ last_seq: number }[]>`
    SELECT coalesce(max(seq), -1) AS last_seq FROM messages
    WHERE conversation_id = ${conversationId}`;
  const lastSeq = row?.last_seq ?? -1;
  return { userId, conversationId, conversationType, lastSeq, joinedSeq: 0 };
}
