/**
 * Who may have to be pushed to: recipients of a stored message who have a device registered with a
 * provider. Users without one cost a look into a set.
 */
import { type Snowflake, snowflakeText } from "../base/snowflake.ts";
import type { Sql, Transaction } from "../postgres/client.ts";
import { isPushed } from "./push-text.ts";
import type { BatchRows, MessageRow } from "../store/batch.ts";

/** Beyond so many, everybody is asked for in Postgres. */
const USERS_MAX = 2_000_000;
const REFRESH_MS = 1000;
/** Transactions that began before the last look and were committed after it. */
const OVERLAP_SECONDS = 30;

/** The users with a token: those who registered within the last second may be absent. */
export class PushUsers {
  readonly #sql: Sql;
  readonly #users = new Set<number>();
  #timer: ReturnType<typeof setInterval> | undefined;
  #isLoading = false;
  #isLoaded = false;

  constructor(sql: Sql) {
    this.#sql = sql;
  }

  start(): void {
    this.#timer = setInterval(() => void this.#refresh(), REFRESH_MS);
    void this.#refresh();
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  mayHave(userId: number): boolean {
    return !this.#isLoaded || this.#users.size >= USERS_MAX || this.#users.has(userId);
  }

  async #refresh(): Promise<void> {
    if (this.#isLoading) return;
    this.#isLoading = true;
    try {
      const everything = !this.#isLoaded;
      const rows = await this.#sql<{ user_id: number }[]>`
        SELECT DISTINCT user_id FROM push_tokens
        WHERE ${everything} OR updated_at > now() - ${OVERLAP_SECONDS} * interval '1 second'
        LIMIT ${USERS_MAX}`;
      for (const row of rows) this.#users.add(row.user_id);
      this.#isLoaded = true;
    } catch {
      // Postgres is away: until it is back nothing is stored either.
    } finally {
      this.#isLoading = false;
    }
  }
}

interface DueRow {
  user_id: number;
  message_id: string;
  conversation_id: number;
  seq: number;
  pts: number;
  wishes: string;
}

/** Recipients of narrow conversations, and those whom a message in a wide one mentions. */
export function dueRows({ messages, inbox }: BatchRows, users: PushUsers): DueRow[] {
  if (messages.length === 0) return [];
  const due: DueRow[] = [];
  // The rows of one message share its id, one object.
  let byId: Map<Snowflake, MessageRow> | undefined;
  for (const { userId, pts, messageId } of inbox) {
    if (messageId === undefined || !users.mayHave(userId)) continue;
    byId ??= new Map(messages.map((message) => [message.id, message]));
    const message = byId.get(messageId);
    if (message !== undefined) add(due, message, userId, pts);
  }
  for (const message of messages) {
    if (message.conversationPts < 0) continue;
    for (const userId of message.mentions) if (users.mayHave(userId)) add(due, message, userId, -1);
  }
  return due;
}

function add(due: DueRow[], message: MessageRow, userId: number, pts: number): void {
  const { id, conversationId, seq, senderId, wishes } = message;
  if (userId === senderId || !isPushed(wishes)) return;
  due.push({
    user_id: userId,
    message_id: snowflakeText(id),
    conversation_id: conversationId,
    seq,
    pts,
    wishes,
  });
}

/** Due once the time for a receipt is over. */
export async function insertDue(
  tx: Transaction,
  rows: readonly DueRow[],
  afterMs: number,
): Promise<void> {
  await tx`
    INSERT INTO push_due (user_id, message_id, conversation_id, seq, pts, wishes, due_at)
    SELECT user_id, message_id, conversation_id, seq, pts, wishes,
      now() + ${afterMs} * interval '1 millisecond'
    FROM json_to_recordset(${JSON.stringify(rows)}::text::json) AS t(user_id int8,
      message_id int8, conversation_id int8, seq int8, pts int8, wishes text)
    WHERE EXISTS (SELECT FROM push_tokens p WHERE p.user_id = t.user_id)
    ON CONFLICT DO NOTHING`;
}
