/** The statements of the writer: lock, numbers, what is known, and the batch. */
import { type Column, parseNumbers } from "./sql-text.ts";
import { checkFence, type Execution, type Row, type Statement } from "./statement.ts";
import type { EventTableRow, InboxTableRow, MessageTableRow } from "./tables.ts";

export const WRITER_STATEMENTS: readonly Statement[] = [
  { piece: "pg_try_advisory_lock(", run: takeLock },
  { piece: "pg_terminate_backend(a.pid)", run: ({ session }) => session.server.endSilent() },
  { piece: "^SELECT greatest((SELECT max(id) FROM messages)", run: newestId },
  { piece: "array_agg(user_id ORDER BY user_id)", run: loadConversations },
  { piece: "JOIN unnest(?::text::int8[], ?::text::int8[]) AS q(low, high)", run: loadPairs },
  { piece: "q.user_id, newest.pts FROM unnest(?", run: newestPositions },
  { piece: "WHERE late.message_id = ?", run: ptsOfMessage },
  { piece: "m.dedupe_key = q.dedupe_key", run: loadKnown },
  { piece: "INSERT INTO conversations (type, pair_low, pair_high)", run: makePairs },
  { piece: "m.conversation_id, m.user_id, m.read_seq FROM unnest(?", run: loadReadSeqs },
  { piece: "seq, sender_id, dedupe_key, conversation_pts, expires_at, cmd,", run: commitBatch },
  { piece: "seq, sender_id, dedupe_key, cmd, type, flags, device_id,", run: commitPlain },
  { piece: "INSERT INTO poison", run: setAside },
  { piece: "FROM read_timeouts", run: () => [] },
  { piece: "WITH due AS (", run: expire },
  { piece: "DELETE FROM applied", run: forgetApplied },
  { piece: "SELECT linnet_fence(?)", run: beat },
];

function takeLock({ params, session, text }: Execution): Row[] {
  const taken = session.server.tryLock(session, text);
  if (taken) session.writer = String(params[2]);
  return [{ taken: taken ? params[2] : null }];
}

function newestId({ tables }: Execution): Row[] {
  return [{ newest: tables.newestId === "" ? null : tables.newestId }];
}

function beat(execution: Execution): Row[] {
  checkFence(execution);
  return [{ linnet_fence: true }];
}

function loadConversations({ tables, params }: Execution): Row[] {
  const rows: Row[] = [];
  for (const id of parseNumbers(params[0])) {
    const row = tables.conversations.get(id);
    if (row === undefined) continue;
    const lastSeq = tables.lastSeq(id);
    const members = [...(tables.members.get(id)?.keys() ?? [])].sort((a, b) => a - b);
    rows.push({
      id,
      type: row.type,
      wide: row.wide,
      pair_low: row.pairLow,
      pair_high: row.pairHigh,
      last_seq: lastSeq < 0 ? null : lastSeq,
      conversation_pts: row.wide ? tables.lastConversationPts(id) || null : null,
      members: row.wide ? null : members,
    });
  }
  return rows;
}

function loadPairs({ tables, params }: Execution): Row[] {
  const highs = parseNumbers(params[1]);
  return parseNumbers(params[0]).flatMap((low, at) => {
    const row = tables.pair(low, highs[at] as number);
    return row === undefined ? [] : [{ id: row.id, pair_low: low, pair_high: highs[at] }];
  });
}

function newestPositions({ tables, params }: Execution): Row[] {
  return parseNumbers(params[0]).flatMap((userId) => {
    const pts = tables.lastPts(userId);
    return pts === 0 ? [] : [{ user_id: userId, pts }];
  });
}

function ptsOfMessage({ tables, params }: Execution): Row[] {
  const messageId = String(params[2]);
  return parseNumbers(params[0]).flatMap((userId) => {
    for (const row of tables.inbox.get(userId)?.values() ?? []) {
      if (row.messageId !== messageId) continue;
      return [{ user_id: userId, pts: row.pts, mentioned: row.mentioned }];
    }
    return [];
  });
}

function loadKnown({ tables, params }: Execution): Row[] {
  if (!tables.hasKeyIndex) return [];
  const keys = parseNumbers(params[1]);
  return parseNumbers(params[0]).flatMap((conversationId, at) => {
    const row = tables.messageKeys.get(`${conversationId}:${keys[at]}`);
    if (row === undefined) return [];
    return [
      {
        conversation_id: row.conversationId,
        dedupe_key: row.key,
        id: row.id,
        seq: row.seq,
        conversation_pts: row.conversationPts,
        sender_id: row.senderId,
        cmd: row.cmd,
        type: row.type,
        flags: row.flags,
        device_id: row.deviceId,
        local_id: row.localId,
        content: row.sent ?? row.content,
        target: row.target,
      },
    ];
  });
}

function makePairs(execution: Execution): Row[] {
  checkFence(execution);
  const { tables, params } = execution;
  const lows = parseNumbers(params[1]);
  const highs = parseNumbers(params[2]);
  return parseNumbers(params[0]).map((type, at) => {
    const low = lows[at] as number;
    const high = highs[at] as number;
    return { id: tables.addPair(type, low, high), pair_low: low, pair_high: high };
  });
}

function loadReadSeqs({ tables, params }: Execution): Row[] {
  const users = parseNumbers(params[1]);
  return parseNumbers(params[0]).flatMap((id, at) => {
    const row = tables.member(id, users[at] as number);
    if (row === undefined) return [];
    return [{ conversation_id: id, user_id: row.userId, read_seq: row.readSeq }];
  });
}

function commitBatch(execution: Execution): Row[] {
  checkFence(execution);
  const { tables, params, text, nowMs } = execution;
  // The parameters stand in the order of the statement: see store/batch.ts.
  const messages = messageRows(params.slice(0, 15), nowMs);
  const events = eventRows(params.slice(16, 24));
  const inbox = inboxRows(params.slice(29, 34));
  tables.write({ messages, events, inbox }, text.includes("ON CONFLICT DO NOTHING"));
  const [conversations, users, seqs] = (params.slice(25, 28) as Column[]).map((column) =>
    column.map(Number),
  );
  for (const [at, id] of (conversations ?? []).entries()) {
    const row = tables.member(id, users?.[at] as number);
    if (row !== undefined) tables.setMember({ ...row, readSeq: seqs?.[at] as number });
  }
  return [];
}

function messageRows(params: readonly unknown[], nowMs: number): MessageTableRow[] {
  const columns = params as Column[];
  const number = (column: number, row: number) => Number(columns[column]?.[row] ?? 0);
  const text = (column: number, row: number) => String(columns[column]?.[row] ?? "");
  return (columns[0] ?? []).map((id, row): MessageTableRow => {
    const pts = columns[5]?.[row];
    const ttl = columns[6]?.[row];
    const target = columns[14]?.[row];
    return {
      id: String(id),
      conversationId: number(1, row),
      seq: number(2, row),
      senderId: number(3, row),
      key: number(4, row),
      conversationPts: pts === undefined ? null : Number(pts),
      expiresAtMs: ttl === undefined ? null : nowMs + Number(ttl) * 1000,
      cmd: number(7, row),
      type: number(8, row),
      flags: number(9, row),
      deviceId: text(10, row),
      localId: text(11, row),
      content: bytesOf(columns[12]?.[row]) ?? Buffer.alloc(0),
      options: bytesOf(columns[13]?.[row]),
      target: target === undefined ? null : parseNumbers(target),
      version: null,
      sent: null,
    };
  });
}

/** Messages and their inbox rows alone; first what most rows have in common. */
function commitPlain(execution: Execution): Row[] {
  checkFence(execution);
  const { tables, params, text } = execution;
  const messages = plainRows(params.slice(0, 4), params.slice(4, 15));
  const inbox = inboxRows(params.slice(16, 19));
  const ignoreKnown = text.includes("ON CONFLICT DO NOTHING");
  tables.write({ messages, events: [], inbox }, ignoreKnown);
  return [];
}

function plainRows(common: readonly unknown[], params: readonly unknown[]): MessageTableRow[] {
  const columns = params as Column[];
  const number = (column: number, row: number) => Number(columns[column]?.[row]);
  return (columns[0] ?? []).map((id, row): MessageTableRow => {
    return {
      id: String(id),
      conversationId: number(1, row),
      seq: number(2, row),
      senderId: number(3, row),
      key: number(4, row),
      conversationPts: null,
      expiresAtMs: null,
      cmd: Number(columns[5]?.[row] ?? common[0]),
      type: Number(columns[6]?.[row] ?? common[1]),
      flags: Number(columns[7]?.[row] ?? common[2]),
      deviceId: String(columns[8]?.[row] ?? common[3]),
      localId: String(columns[9]?.[row] ?? ""),
      content: bytesOf(columns[10]?.[row]) ?? Buffer.alloc(0),
      options: null,
      target: null,
      version: null,
      sent: null,
    };
  });
}

/** Eight columns, of a batch and of a change alike. */
export function eventRows(params: readonly unknown[]): EventTableRow[] {
  const columns = params as Column[];
  return (columns[0] ?? []).map((id, row) => {
    const pts = columns[2]?.[row];
    return {
      id: String(id),
      conversationId: Number(columns[1]?.[row]),
      conversationPts: pts === undefined ? null : Number(pts),
      cmd: Number(columns[3]?.[row]),
      flags: Number(columns[4]?.[row]),
      actorId: Number(columns[5]?.[row]),
      localId: String(columns[6]?.[row] ?? ""),
      content: bytesOf(columns[7]?.[row]) ?? Buffer.alloc(0),
    };
  });
}

export function inboxRows(params: readonly unknown[]): (InboxTableRow & { userId: number })[] {
  const columns = params as Column[];
  return (columns[0] ?? []).map((userId, row) => ({
    userId: Number(userId),
    pts: Number(columns[1]?.[row]),
    messageId: textOf(columns[2]?.[row]),
    eventId: textOf(columns[3]?.[row]),
    mentioned: columns[4]?.[row] === "t" ? true : null,
  }));
}

function bytesOf(element: Column[number]): Buffer | null {
  return element instanceof Buffer ? element : null;
}

function textOf(element: Column[number]): string | null {
  return typeof element === "string" ? element : null;
}

function setAside(execution: Execution): Row[] {
  checkFence(execution);
  execution.tables.poison.push(String(execution.params[2]));
  return [];
}

const EMPTIED = 8;

function expire(execution: Execution): Row[] {
  checkFence(execution);
  const { tables, nowMs, text } = execution;
  const due = [...tables.messageIds.values()].filter(
    (row) => (row.expiresAtMs ?? nowMs + 1) <= nowMs,
  );
  const keepsNewest = text.includes("AND NOT due.newest");
  for (const row of due) {
    const { conversationId } = row;
    const isNewest =
      row.seq === tables.lastSeq(conversationId) ||
      (row.conversationPts !== null &&
        row.conversationPts === tables.lastConversationPts(conversationId));
    if (keepsNewest && isNewest) {
      const content = Buffer.alloc(0);
      const flags = row.flags | EMPTIED;
      tables.removed.set(row.id, row);
      tables.putMessage({ ...row, content, options: null, flags, expiresAtMs: nowMs + 3_600_000 });
    } else {
      tables.dropMessage(row);
    }
  }
  return [{ count: due.length }];
}

function forgetApplied(execution: Execution): Row[] {
  checkFence(execution);
  const { tables, nowMs } = execution;
  for (const [name, { atMs }] of tables.applied) {
    if (atMs < nowMs - 86_400_000) tables.applied.delete(name);
  }
  return [];
}
