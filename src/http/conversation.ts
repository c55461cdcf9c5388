/** What calls need to know of a conversation before they act on it. */
import type { Sql } from "../postgres/client.ts";
import { CODE } from "../wire/errors.ts";
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
