/**
 * What many rows of a page have in common is read once a page: as joins of the page's statement it
 * cost a third of Postgres' time for it, for each row and in planning.
 */
import { idArray, type Sql } from "../postgres/client.ts";
import type { LogRow } from "./events.ts";

/** A row as it lies in the tables: `conversation_type`, `sender` and `gone` are still to come. */
export interface BareRow extends LogRow {
  sender_id: number | null;
}

interface Place {
  type: number;
  cleared_seq: number | null;
  /** What the reader has deleted for himself. */
  hidden: number[];
}

/**
 * Adds their conversations' types, their senders, and whether this reader sees them. In the rows
 * themselves: a copy of 500 rows costs more than reading them.
 */
export async function completeRows(
  sql: Sql,
  userId: number,
  rows: readonly BareRow[],
): Promise<void> {
  const [places, senders] = await Promise.all([
    placesOf(sql, userId, spansOf(rows)),
    namesOf(sql, new Set(rows.flatMap((row) => row.sender_id ?? []))),
  ]);
  for (const row of rows) {
    const { conversation_id: id, sender_id: senderId, seq } = row;
    const place = id === null ? undefined : places.get(id);
    row.conversation_type = place?.type ?? null;
    row.sender = senderId === null ? null : (senders.get(senderId) ?? null);
    row.gone = place !== undefined && seq !== null && isGone(place, seq);
  }
}

function isGone({ cleared_seq: clearedSeq, hidden }: Place, seq: number): boolean {
  return seq <= (clearedSeq ?? -1) || (hidden.length > 0 && hidden.includes(seq));
}

/** The least and the largest seq of each conversation; both −1 where there are only events. */
interface Span {
  low: number;
  high: number;
}

function spansOf(rows: readonly BareRow[]): Map<number, Span> {
  const spans = new Map<number, Span>();
  for (const { conversation_id: id, seq } of rows) {
    if (id === null) continue;
    const span = spans.get(id);
    if (span === undefined) spans.set(id, { low: seq ?? -1, high: seq ?? -1 });
    else if (seq !== null) {
      span.low = span.low < 0 ? seq : Math.min(span.low, seq);
      span.high = Math.max(span.high, seq);
    }
  }
  return spans;
}

async function placesOf(
  sql: Sql,
  userId: number,
  spans: ReadonlyMap<number, Span>,
): Promise<Map<number, Place>> {
  if (spans.size === 0) return new Map();
  const ranges = [...spans.values()];
  const rows = await sql<(Place & { id: number })[]>`
    SELECT c.id, c.type, m.cleared_seq, ARRAY(SELECT h.seq FROM hidden_messages h
        WHERE h.user_id = ${userId} AND h.conversation_id = c.id
          AND h.seq BETWEEN q.low AND q.high) AS hidden
    FROM unnest(${idArray([...spans.keys()])}::text::int8[],
      ${idArray(ranges.map(({ low }) => low))}::text::int8[],
      ${idArray(ranges.map(({ high }) => high))}::text::int8[]) AS q(id, low, high)
    JOIN conversations c ON c.id = q.id
    LEFT JOIN members m ON m.conversation_id = c.id AND m.user_id = ${userId}`;
  return new Map(rows.map((row) => [row.id, row]));
}

async function namesOf(sql: Sql, ids: ReadonlySet<number>): Promise<Map<number, string>> {
  if (ids.size === 0) return new Map();
  const rows = await sql<{ id: number; name: string }[]>`
    SELECT id, external_id AS name FROM users WHERE id = ANY(${idArray([...ids])}::text::int8[])`;
  return new Map(rows.map(({ id, name }) => [id, name]));
}
