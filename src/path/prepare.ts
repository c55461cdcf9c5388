/**
 * Before a run is planned: everything that its records touch is loaded into the writer's memory.
 */
import type { GrantKey } from "../filter/access.ts";
import { GRANT } from "../filter/grant.ts";
import { REFUSAL_AGE_MS } from "../filter/grants.ts";
import { verdict } from "../filter/verdict.ts";
import { toldReads } from "../inbox/told-reads.ts";
import { idArray, type Sql } from "../postgres/client.ts";
import { RECORD_FLAG, type StreamRecord } from "../transfer/record.ts";
import { CMD, CONVERSATION } from "../wire/commands.ts";
import type { WriterMemory } from "./writer-memory.ts";

/** Told of the pairs that got a conversation, so that gateways learn of it. */
export type PairMade = (low: number, high: number, conversationId: number) => void;

/**
 * Loads conversations, grants, positions and read cursors of the records, and makes the
 * conversations of pairs that may write to each other and have none.
 */
export async function prepareRun(
  sql: Sql,
  writer: string,
  memory: WriterMemory,
  records: readonly StreamRecord[],
  nowMs: number,
  pairMade: PairMade,
): Promise<void> {
  await loadGrants(sql, memory, records, nowMs);
  await resolvePairs(sql, writer, memory, records, pairMade);
  await loadConversations(sql, memory, records);
  // A pair's conversation is known by its number only now.
  await loadGrants(sql, memory, records, nowMs);
  await loadPositions(sql, memory, records);
  await loadReadSeqs(sql, memory, records);
  await loadToldReads(sql, memory, records);
}

export function isSystem(record: StreamRecord): boolean {
  return (record.flags & RECORD_FLAG.system) !== 0;
}

async function loadGrants(
  sql: Sql,
  memory: WriterMemory,
  records: readonly StreamRecord[],
  nowMs: number,
): Promise<void> {
  const missing = new Map<string, GrantKey>();
  const { grants } = memory.access;
  for (const record of records) {
    if (isSystem(record)) continue;
    const { conversationId, peerId, senderId: userId } = record;
    const first = conversationId > 0 ? conversationId : -peerId;
    const slot = grants.find(first, userId);
    if (slot >= 0 && !refusesStale(memory, slot, record, nowMs)) continue;
    missing.set(`${first}:${userId}`, { conversationId, peerId, userId });
  }
  if (missing.size > 0) await memory.access.loadGrants(sql, [...missing.values()]);
}

/** A refusal must come from a fresh grant: a mute may have ended meanwhile. */
function refusesStale(
  memory: WriterMemory,
  slot: number,
  record: StreamRecord,
  nowMs: number,
): boolean {
  const { grants } = memory.access;
  if (grants.mayRefuse(slot, nowMs - REFUSAL_AGE_MS / 2)) return false;
  const mentionsAll = (record.flags & RECORD_FLAG.mentionsAll) !== 0;
  return verdict(grants.word(slot), record.cmd, record.target.length > 0, mentionsAll) !== 0;
}

async function resolvePairs(
  sql: Sql,
  writer: string,
  memory: WriterMemory,
  records: readonly StreamRecord[],
  pairMade: PairMade,
): Promise<void> {
  const open = records.filter((r) => r.conversationId === 0);
  if (open.length === 0) return;
  const unknown = new Map<string, { low: number; high: number }>();
  for (const record of open) {
    const { low, high } = pairOf(record);
    if (memory.numbering.pair(low, high) === undefined)
      unknown.set(`${low}:${high}`, { low, high });
  }
  if (unknown.size > 0) {
    await memory.numbering.loadPairs(sql, [...unknown.values()]);
    await makePairs(sql, writer, memory, open, pairMade);
    await memory.numbering.loadPairs(sql, [...unknown.values()]);
  }
  for (const record of open) {
    const { low, high } = pairOf(record);
    record.conversationId = memory.numbering.pair(low, high) ?? 0;
  }
}

/** Makes the conversations that the records need and may have. */
async function makePairs(
  sql: Sql,
  writer: string,
  memory: WriterMemory,
  records: readonly StreamRecord[],
  pairMade: PairMade,
): Promise<void> {
  const wanted = new Map<string, { low: number; high: number; type: number }>();
  for (const record of records) {
    const { low, high } = pairOf(record);
    if (memory.numbering.pair(low, high) !== undefined) continue;
    const type = newPairType(memory, record);
    if (type > 0) wanted.set(`${low}:${high}`, { low, high, type });
  }
  if (wanted.size === 0) return;
  const pairs = [...wanted.values()];
  const rows = await sql<{ id: number; pair_low: number; pair_high: number }[]>`
    WITH made AS (
      INSERT INTO conversations (type, pair_low, pair_high)
      SELECT * FROM unnest(${idArray(pairs.map((p) => p.type))}::text::int2[],
        ${idArray(pairs.map((p) => p.low))}::text::int8[],
        ${idArray(pairs.map((p) => p.high))}::text::int8[])
      WHERE linnet_fence(${writer})
      RETURNING id, pair_low, pair_high
    ), member AS (
      INSERT INTO members (conversation_id, user_id)
      SELECT id, user_id FROM made, unnest(ARRAY[pair_low, pair_high]) AS user_id
      WHERE user_id > 0 AND linnet_fence(${writer})
    )
    SELECT id, pair_low, pair_high FROM made`;
  for (const row of rows) {
    memory.access.grants.invalidate(-row.pair_low);
    memory.access.grants.invalidate(-row.pair_high);
    pairMade(row.pair_low, row.pair_high, row.id);
  }
}

/** The type of the conversation that a record would begin, 0 when it may not. */
function newPairType(memory: WriterMemory, record: StreamRecord): number {
  if (isSystem(record)) return CONVERSATION.system;
  const { grants } = memory.access;
  const slot = grants.find(-record.peerId, record.senderId);
  if (slot < 0) return 0;
  const word = grants.word(slot);
  if (verdict(word, record.cmd, record.target.length > 0, false) !== 0) return 0;
  return (word & GRANT.friends) !== 0 ? CONVERSATION.single : CONVERSATION.stranger;
}

function pairOf(record: StreamRecord): { low: number; high: number } {
  const { senderId, peerId } = record;
  return { low: Math.min(senderId, peerId), high: Math.max(senderId, peerId) };
}

async function loadConversations(
  sql: Sql,
  memory: WriterMemory,
  records: readonly StreamRecord[],
): Promise<void> {
  const missing = new Set<number>();
  for (const { conversationId } of records) {
    if (conversationId > 0 && memory.numbering.get(conversationId) === undefined) {
      missing.add(conversationId);
    }
  }
  if (missing.size > 0) await memory.numbering.load(sql, [...missing]);
}

async function loadPositions(
  sql: Sql,
  memory: WriterMemory,
  records: readonly StreamRecord[],
): Promise<void> {
  const missing = new Set<number>();
  for (const record of records) {
    const state = memory.numbering.get(record.conversationId);
    for (const userId of state?.members ?? []) {
      if (!memory.positions.has(userId)) missing.add(userId);
    }
    const { senderId } = record;
    if (senderId > 0 && !memory.positions.has(senderId)) missing.add(senderId);
  }
  if (missing.size > 0) await memory.positions.load(sql, [...missing]);
}

async function loadReadSeqs(
  sql: Sql,
  memory: WriterMemory,
  records: readonly StreamRecord[],
): Promise<void> {
  const missing = records.filter(
    (r) => r.cmd === CMD.read && memory.readSeqs.get(readName(r)) === undefined,
  );
  if (missing.length === 0) return;
  const rows = await sql<{ conversation_id: number; user_id: number; read_seq: number }[]>`
    SELECT m.conversation_id, m.user_id, m.read_seq
    FROM unnest(${idArray(missing.map((r) => r.conversationId))}::text::int8[],
      ${idArray(missing.map((r) => r.senderId))}::text::int8[]) AS q(conversation_id, user_id)
    JOIN members m ON m.conversation_id = q.conversation_id AND m.user_id = q.user_id`;
  for (const row of rows) {
    memory.readSeqs.set(`${row.conversation_id}:${row.user_id}`, row.read_seq);
  }
}

async function loadToldReads(
  sql: Sql,
  memory: WriterMemory,
  records: readonly StreamRecord[],
): Promise<void> {
  const reads = records.filter(
    (r) => r.cmd === CMD.read && memory.numbering.get(r.conversationId)?.quiet === true,
  );
  if (reads.length === 0) return;
  const told = await toldReads(
    sql,
    reads.map(({ conversationId, senderId: userId, value: seq }) => {
      return { conversationId, userId, seq };
    }),
  );
  for (const [at, record] of reads.entries()) memory.toldReads.set(record, told[at] as number);
}

export function readName(record: StreamRecord): string {
  return `${record.conversationId}:${record.senderId}`;
}
