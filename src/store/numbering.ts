/** What the writer knows of the conversations that it numbers: loaded at first touch, bounded. */
import { Recent } from "../base/recent.ts";
import { idArray, type Sql } from "../postgres/client.ts";

export interface ConversationState {
  readonly id: number;
  type: number;
  wide: boolean;
  /** −1 is none. */
  lastSeq: number;
  /** Position of the newest event in the wide log; 0 is none. */
  conversationPts: number;
  /** The members in ascending order; empty for a wide conversation. */
  members: readonly number[];
  /** Of a pair; both −1 otherwise. 0 is the system. */
  readonly pairLow: number;
  readonly pairHigh: number;
  /** Of a pair: whether there is a message of whose reading its sender doesn't want to know. */
  quiet: boolean;
}

interface ConversationRow {
  id: number;
  type: number;
  wide: boolean;
  last_seq: number | null;
  conversation_pts: number | null;
  members: (number | string)[] | null;
  pair_low: number | null;
  pair_high: number | null;
  quiet: boolean;
}

export class Numbering {
  readonly #states: Recent<number, ConversationState>;
  readonly #pairs: Recent<string, number>;

  constructor(conversationsMax: number) {
    this.#states = new Recent(conversationsMax);
    this.#pairs = new Recent(conversationsMax);
  }

  get(conversationId: number): ConversationState | undefined {
    return this.#states.get(conversationId);
  }

  pair(low: number, high: number): number | undefined {
    return this.#pairs.get(`${low}:${high}`);
  }

  forget(conversationId: number): void {
    this.#states.delete(conversationId);
  }

  forgetAll(): void {
    this.#states.clear();
    this.#pairs.clear();
  }

  /** Loads those that exist. */
  async load(sql: Sql, conversationIds: readonly number[]): Promise<void> {
    const rows = await sql<ConversationRow[]>`
      SELECT c.id, c.type, c.wide, c.pair_low, c.pair_high, c.quiet,
        (SELECT seq FROM messages WHERE conversation_id = c.id
          ORDER BY seq DESC LIMIT 1) AS last_seq,
        CASE WHEN c.wide THEN greatest(
          (SELECT max(conversation_pts) FROM messages
            WHERE conversation_id = c.id AND conversation_pts IS NOT NULL),
          (SELECT max(conversation_pts) FROM events
            WHERE conversation_id = c.id AND conversation_pts IS NOT NULL)) END AS conversation_pts,
        CASE WHEN NOT c.wide THEN (SELECT array_agg(user_id ORDER BY user_id) FROM members
          WHERE conversation_id = c.id) END AS members
      FROM conversations c WHERE c.id = ANY(${idArray(conversationIds)}::text::int8[])`;
    for (const row of rows) this.#states.set(row.id, stateOf(row));
  }

  /** Loads the conversations of pairs, those that exist. */
  async loadPairs(sql: Sql, pairs: readonly { low: number; high: number }[]): Promise<void> {
    const rows = await sql<{ id: number; pair_low: number; pair_high: number }[]>`
      SELECT id, pair_low, pair_high FROM conversations
      JOIN unnest(${idArray(pairs.map((p) => p.low))}::text::int8[],
        ${idArray(pairs.map((p) => p.high))}::text::int8[]) AS q(low, high)
        ON pair_low = q.low AND pair_high = q.high`;
    for (const row of rows) this.#pairs.set(`${row.pair_low}:${row.pair_high}`, row.id);
  }
}

function stateOf(row: ConversationRow): ConversationState {
  return {
    id: row.id,
    type: row.type,
    wide: row.wide,
    lastSeq: row.last_seq ?? -1,
    conversationPts: row.conversation_pts ?? 0,
    members: (row.members ?? []).map(Number),
    pairLow: row.pair_low ?? -1,
    pairHigh: row.pair_high ?? -1,
    quiet: row.quiet,
  };
}
