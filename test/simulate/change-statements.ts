/** The statements of changes, within their transactions: groups, and the trace of each change. */
import { parseNumbers } from "./sql-text.ts";
import { checkFence, type Execution, type Row, type Statement } from "./statement.ts";
import { SqlError } from "./tables.ts";
import { eventRows, inboxRows } from "./writer-statements.ts";

export const CHANGE_STATEMENTS: readonly Statement[] = [
  { piece: "SELECT conversation_id FROM applied", run: findApplied },
  { piece: "INSERT INTO applied", run: insertApplied },
  { piece: "^INSERT INTO events", run: insertEvents },
  { piece: "^INSERT INTO inbox (user_id, pts, event_id)", run: insertInbox },
  { piece: "INSERT INTO conversations (type, name, owner_id", run: createGroup },
  { piece: "WHERE creator_id = ?", run: () => [{ made: 0, owned: 0 }] },
  { piece: "INSERT INTO members (conversation_id, user_id, role,", run: addFirstMembers },
  { piece: "c.join_mode, m.role", run: findGroup },
  { piece: "SELECT user_id, role FROM members", run: membersAmong },
  { piece: "FROM relations r JOIN users u", run: () => [] },
  { piece: "INSERT INTO members (conversation_id, user_id, joined_seq", run: addMembers },
  { piece: "SET wide = ?, member_count", run: turnWide },
  { piece: "WITH returned AS (DELETE FROM member_removals", run: () => [] },
  { piece: "SET member_count = ?", run: () => [{ version: 0 }] },
  { piece: "INSERT INTO member_removals", run: () => [] },
  { piece: "^DELETE FROM member_removals", run: () => [] },
  { piece: "SET members_version = members_version + ?", run: () => [{ members_version: 0 }] },
  { piece: "UPDATE conversations SET name = coalesce(", run: nameGroup },
  { piece: "UPDATE members SET muted_until = ?", run: muteMembers },
  { piece: "SET dissolved = true", run: dissolve },
  { piece: "WHERE id = ANY(?::text::int8[]) ORDER BY id", run: namesOf },
  { piece: "DELETE FROM members", run: removeMembers },
  { piece: "SELECT user_id FROM members WHERE conversation_id = ? ORDER BY", run: memberIds },
  { piece: "GROUP BY m.user_id HAVING count(*)", run: () => [{ full: false }] },
];

function findApplied({ tables, params }: Execution): Row[] {
  const row = tables.applied.get(`${params[0]}:${params[1]}`);
  return row === undefined ? [] : [{ conversation_id: row.conversationId }];
}

function insertApplied(execution: Execution): Row[] {
  checkFence(execution);
  const { tables, params, nowMs, text } = execution;
  if (!text.includes("INSERT INTO applied")) return [];
  const name = `${params[0]}:${params[1]}`;
  if (tables.applied.has(name)) throw new SqlError("23505", `duplicate key: applied ${name}`);
  tables.applied.set(name, { conversationId: Number(params[3]), atMs: nowMs });
  return [];
}

function insertEvents({ tables, params }: Execution): Row[] {
  tables.write({ messages: [], events: eventRows(params), inbox: [] });
  return [];
}

function insertInbox({ tables, params }: Execution): Row[] {
  const [users, pts, events] = params;
  tables.write({ messages: [], events: [], inbox: inboxRows([users, pts, [], events]) });
  return [];
}

function createGroup({ tables, params }: Execution): Row[] {
  const id = tables.nextConversation++;
  tables.conversations.set(id, {
    id,
    type: Number(params[0]),
    name: String(params[1]),
    wide: params[5] === true,
    dissolved: false,
    joinMode: String(params[4]),
    pairLow: null,
    pairHigh: null,
  });
  return [{ id }];
}

function addFirstMembers({ tables, params }: Execution): Row[] {
  const conversationId = Number(params[0]);
  for (const userId of parseNumbers(params[3])) {
    const role = userId === params[1] ? Number(params[2]) : 0;
    const numbers = { joinedSeq: 0, joinedPts: 0, readSeq: -1, mutedUntilMs: null };
    tables.putMember({ conversationId, userId, role, ...numbers });
  }
  return [];
}

function findGroup({ tables, params }: Execution): Row[] {
  const row = tables.conversations.get(Number(params[1]));
  if (row === undefined || row.pairLow !== null) return [];
  const { id, type, wide, dissolved } = row;
  const role = tables.member(id, Number(params[0]))?.role ?? null;
  const members = tables.members.get(id)?.size ?? 0;
  return [{ id, type, wide, dissolved, join_mode: row.joinMode, role, members, owner_id: 1 }];
}

function membersAmong({ tables, params }: Execution): Row[] {
  return parseNumbers(params[1])
    .sort((a, b) => a - b)
    .flatMap((userId) => {
      const row = tables.member(Number(params[0]), userId);
      return row === undefined ? [] : [{ user_id: userId, role: row.role }];
    });
}

function addMembers({ tables, params }: Execution): Row[] {
  const conversationId = Number(params[0]);
  const joinedSeq = tables.lastSeq(conversationId) + 1;
  const joinedPts = tables.lastConversationPts(conversationId);
  for (const userId of parseNumbers(params[5])) {
    const numbers = { joinedSeq, joinedPts, readSeq: -1, mutedUntilMs: null };
    tables.putMember({ conversationId, userId, role: 0, ...numbers });
  }
  return [];
}

function turnWide({ tables, params }: Execution): Row[] {
  const row = tables.conversations.get(Number(params[3]));
  if (row === undefined) return [];
  tables.conversations.set(row.id, { ...row, wide: params[0] === true });
  return [{ version: 0 }];
}

function nameGroup({ tables, params }: Execution): Row[] {
  const [name, , , , id] = params;
  const row = tables.conversations.get(Number(id));
  if (row !== undefined && typeof name === "string") {
    tables.conversations.set(row.id, { ...row, name });
  }
  return [];
}

function muteMembers({ tables, params }: Execution): Row[] {
  const [instant, , users, id] = params;
  const mutedUntilMs = typeof instant === "string" ? Date.parse(instant) : null;
  for (const userId of parseNumbers(users)) {
    const row = tables.member(Number(id), userId);
    if (row !== undefined) tables.setMember({ ...row, mutedUntilMs });
  }
  return [];
}

function dissolve({ tables, params }: Execution): Row[] {
  const row = tables.conversations.get(Number(params[0]));
  if (row !== undefined) tables.conversations.set(row.id, { ...row, dissolved: true });
  return [];
}

function namesOf({ tables, params }: Execution): Row[] {
  return parseNumbers(params[0])
    .sort((a, b) => a - b)
    .map((id) => ({ external_id: tables.users.get(id) }));
}

function removeMembers({ tables, params }: Execution): Row[] {
  const members = tables.members.get(Number(params[0]));
  for (const userId of parseNumbers(params[1])) members?.delete(userId);
  return [];
}

function memberIds({ tables, params }: Execution): Row[] {
  const ids = [...(tables.members.get(Number(params[0]))?.keys() ?? [])];
  return ids.sort((a, b) => a - b).map((user_id) => ({ user_id }));
}
