/** Search over what one user may read: his conversations, from where on they are his. */
import { runsSought } from "../base/words.ts";
import { type Sql } from "../postgres/client.ts";
import type { Envelope } from "../wire/envelope.ts";
import { envelopeOf, type LogRow } from "./events.ts";

export interface SearchAsked {
  text: string;
  /** Absent: in all of the user's conversations. */
  conversationId: number | undefined;
  /** Inner id of the sender. */
  senderId: number | undefined;
  /** Messages older than this id; absent: from the newest. */
  before: string | undefined;
  limit: number;
}

/** Of more conversations the words alone are looked up, and the rest is left out afterwards. */
const NAMED_MAX = 200;

/** Newest first. Undefined where the text has no word. */
export async function searchMessages(
  sql: Sql,
  userId: number,
  asked: SearchAsked,
): Promise<{ messages: Envelope[]; final: boolean } | undefined> {
  const sought = queryOf(asked.text);
  if (sought === "") return undefined;
  const { conversationId, senderId, before, limit } = asked;
  const own = await sql<{ conversation_id: number }[]>`
      SELECT conversation_id FROM members WHERE user_id = ${userId}
        AND conversation_id = coalesce(${conversationId ?? null}::int8, conversation_id)
      LIMIT ${NAMED_MAX + 1}`;
  const ids = own.map((row) => row.conversation_id);
  if (ids.length === 0) return { messages: [], final: true };
  const named = ids.length > NAMED_MAX ? "" : ` & (${ids.map((id) => `'#${id}'`).join(" | ")})`;
  const rows = await sql<LogRow[]>`
      SELECT m.seq AS position, m.id::text AS id, m.conversation_id, c.type AS conversation_type,
        m.seq, m.conversation_pts, m.cmd, m.type, m.flags, u.external_id AS sender, m.local_id,
        m.content, m.options, NULL AS mentioned
      FROM search s
      JOIN messages m ON m.id = s.message_id
      JOIN members r ON r.conversation_id = m.conversation_id AND r.user_id = ${userId}
      JOIN conversations c ON c.id = m.conversation_id
      LEFT JOIN users u ON u.id = m.sender_id
      WHERE s.words @@ ${sought + named}::tsquery
        AND s.message_id < coalesce(${before ?? null}::text::int8, 9223372036854775807)
        AND m.sender_id = coalesce(${senderId ?? null}::int8, m.sender_id)
        AND m.seq >= r.joined_seq AND m.seq > r.cleared_seq
          AND (m.expires_at IS NULL OR m.expires_at > now())
        AND (m.target IS NULL OR ${userId} = ANY(m.target) OR m.sender_id = ${userId})
        AND NOT EXISTS (SELECT FROM hidden_messages h WHERE h.user_id = ${userId}
          AND h.conversation_id = m.conversation_id AND h.seq = m.seq)
      ORDER BY s.message_id DESC LIMIT ${limit + 1}`;
  const messages = rows.slice(0, limit).flatMap((row) => envelopeOf(row) ?? []);
  return { messages, final: rows.length <= limit };
}

/** All words, in any order; those of a script without spaces as a phrase. */
function queryOf(text: string): string {
  return runsSought(text)
    .slice(0, WORDS_SOUGHT_MAX)
    .map(({ phrase, isPrefix }) =>
      isPrefix ? `'${phrase[0]}':*` : `(${phrase.map((word) => `'${word}'`).join(" <-> ")})`,
    )
    .join(" & ");
}

const WORDS_SOUGHT_MAX = 16;
