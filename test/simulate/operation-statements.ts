/** The statements of recalls and edits: who acts, on what, who is told, and what becomes of it. */
import { parseArray } from "./sql-text.ts";
import type { Execution, Row, Statement } from "./statement.ts";

export const OPERATION_STATEMENTS: readonly Statement[] = [
  { piece: "SELECT c.type, c.wide, c.dissolved, m.role, coalesce(", run: findStanding },
  { piece: "x.version, x.target, x.content FROM messages x", run: findMessages },
  { piece: "AND joined_seq <= ? AND (? OR user_id = ?", run: audience },
  { piece: "WITH kept AS ( INSERT INTO message_edits", run: edit },
  { piece: "WITH edits AS (DELETE FROM message_edits", run: takeBack },
];

const EMPTIED = 8;
const RECALLED = 256;

function findStanding({ tables, params, nowMs }: Execution): Row[] {
  const [userId, id] = [Number(params[0]), Number(params.at(-1))];
  const row = tables.conversations.get(id);
  if (row === undefined) return [];
  const { type, wide, dissolved } = row;
  const member = tables.member(id, userId);
  const muted = (member?.mutedUntilMs ?? 0) > nowMs;
  const shared = { type, wide, dissolved, muted, blocked: false, now_ms: nowMs };
  return [{ ...shared, role: member?.role ?? null }];
}

function findMessages({ tables, params, nowMs }: Execution): Row[] {
  const [userId, ids, conversationId] = params;
  const joinedSeq = tables.member(Number(conversationId), Number(userId))?.joinedSeq ?? Infinity;
  return parseArray(String(ids)).flatMap((id) => {
    const row = tables.messageIds.get(id ?? "");
    if (row === undefined || row.conversationId !== conversationId) return [];
    if ((row.flags & EMPTIED) !== 0 && (row.flags & RECALLED) === 0) return [];
    if ((row.expiresAtMs ?? Infinity) <= nowMs || row.seq < joinedSeq) return [];
    const { seq, senderId: sender_id, flags, cmd, version, target, content } = row;
    return [{ id: row.id, seq, sender_id, flags, cmd, version, target, content }];
  });
}

function audience({ tables, params }: Execution): Row[] {
  const [id, seq] = params.map(Number) as [number, number];
  return [...(tables.members.get(id)?.values() ?? [])]
    .filter(({ joinedSeq }) => joinedSeq <= seq)
    .map(({ userId }) => ({ user_id: userId }))
    .sort((a, b) => a.user_id - b.user_id);
}

function edit({ tables, params }: Execution): Row[] {
  const [, , content, version, id] = params;
  const row = tables.messageIds.get(String(id));
  if (row === undefined) return [];
  const sent = row.sent ?? row.content;
  tables.putMessage({ ...row, content: content as Buffer, version: Number(version), sent });
  return [];
}

function takeBack({ tables, params }: Execution): Row[] {
  for (const id of parseArray(String(params[0]))) {
    const row = tables.messageIds.get(id ?? "");
    if (row === undefined) continue;
    const flags = row.flags | EMPTIED | RECALLED;
    const nothing = { content: Buffer.alloc(0), options: null, version: null, sent: null };
    tables.putMessage({ ...row, ...nothing, flags });
  }
  return [];
}
