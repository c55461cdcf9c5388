/** The statements of gateways: users, grants, positions, pages of logs, the list. */
import { parseNumbers } from "./sql-text.ts";
import type { Execution, Row, Statement } from "./statement.ts";
import type { EventTableRow, MessageTableRow, Tables } from "./tables.ts";

export const READ_STATEMENTS: readonly Statement[] = [
  { piece: "WHERE external_id = ANY(?::text[])", run: usersByName },
  { piece: "WITH ORDINALITY AS q(conversation_id, peer_id, user_id, position)", run: grants },
  { piece: "SELECT i.pts AS position", run: ownDifference },
  { piece: "SELECT c.id, c.type, m.cleared_seq, ARRAY(", run: placesOf },
  { piece: "SELECT id, external_id AS name FROM users", run: namesOf },
  { piece: "^SELECT pts FROM inbox", run: newestOwn },
  { piece: "SELECT c.id, c.type, m.joined_pts, greatest(0,", run: wideLogs },
  { piece: "SELECT q.id, greatest(0,", run: newestWide },
  { piece: "SELECT m.user_id, c.id FROM unnest(", run: wideMemberships },
  { piece: "SELECT c.type, m.joined_pts, greatest(0,", run: findWideLog },
  { piece: "x.position AS conversation_pts", run: wideDifference },
  { piece: "SELECT c.type, m.joined_seq,", run: findReader },
  { piece: "SELECT page.*", run: conversationList },
  { piece: "SELECT type, dissolved FROM conversations", run: typeOf },
];

function usersByName({ tables, params }: Execution): Row[] {
  const names = params[0] as { array: readonly string[] };
  const rows: Row[] = [];
  for (const [id, name] of tables.users) {
    if (names.array.includes(name)) rows.push({ id, external_id: name });
  }
  return rows;
}

function grants({ tables, params, nowMs }: Execution): Row[] {
  const [conversations, peers, users] = params.slice(0, 3).map(parseNumbers);
  return (conversations ?? []).map((asked, at) => {
    const userId = users?.[at] as number;
    const peerId = peers?.[at] as number;
    const row =
      asked > 0
        ? tables.conversations.get(asked)
        : tables.pair(Math.min(peerId, userId), Math.max(peerId, userId));
    const member = row && tables.member(row.id, userId);
    const other = row?.pairLow === userId ? row.pairHigh : row?.pairLow;
    const peer = row?.pairLow === null || row === undefined ? peerId : other;
    const isPair = row !== undefined && row.pairLow !== null;
    const early = isPair ? firstMessages(tables, row.id) : [];
    return {
      position: at + 1,
      conversation_id: row?.id ?? null,
      type: row?.type ?? null,
      wide: row?.wide ?? null,
      dissolved: row?.dissolved ?? null,
      all_muted: null,
      is_member: member !== undefined,
      role: member?.role ?? null,
      muted: member === undefined ? null : (member.mutedUntilMs ?? 0) > nowMs,
      friends: tables.friends.has(`${userId}:${peer}`) && tables.friends.has(`${peer}:${userId}`),
      blocked_by_peer: false,
      blocked_peer: false,
      sent: early.filter((message) => message.senderId === userId).length,
      answered: early.length === 0 ? null : early.some((message) => message.senderId !== userId),
      user_muted: null,
    };
  });
}

function firstMessages(tables: Tables, conversationId: number): MessageTableRow[] {
  const rows = [...(tables.messages.get(conversationId)?.values() ?? [])];
  return rows.sort((a, b) => a.seq - b.seq).slice(0, 32);
}

function typeOf({ tables, params }: Execution): Row[] {
  const row = tables.conversations.get(Number(params[0]));
  return row === undefined ? [] : [{ type: row.type, dissolved: row.dissolved }];
}

function newestOwn({ tables, params }: Execution): Row[] {
  const pts = tables.lastPts(Number(params[0]));
  return pts === 0 ? [] : [{ pts }];
}

function ownDifference({ tables, params, nowMs }: Execution): Row[] {
  const userId = Number(params[0]);
  const after = Number(params[2]);
  const newest = tables.lastPts(userId);
  const rows = [...(tables.inbox.get(userId)?.values() ?? [])]
    .filter((row) => row.pts > after)
    .sort((a, b) => a.pts - b.pts)
    .slice(0, Number(params[3]));
  return rows.map((row) => {
    const held = row.messageId === null ? undefined : tables.messageIds.get(row.messageId);
    const message = held && isThere(held, nowMs) ? held : undefined;
    const event = row.eventId === null ? undefined : tables.events.get(row.eventId);
    const { pts: position, mentioned } = row;
    return { position, mentioned, newest, ...shown(tables, message, event) };
  });
}

function placesOf({ tables, params }: Execution): Row[] {
  return parseNumbers(params[1]).flatMap((id) => {
    const row = tables.conversations.get(id);
    return row === undefined ? [] : [{ id, type: row.type, cleared_seq: null, hidden: [] }];
  });
}

function namesOf({ tables, params }: Execution): Row[] {
  return parseNumbers(params[0]).flatMap((id) => {
    const name = tables.users.get(id);
    return name === undefined ? [] : [{ id, name }];
  });
}

/** The columns of a log that messages and events share. */
function shown(
  tables: Tables,
  message: MessageTableRow | undefined,
  event: EventTableRow | undefined,
): Row {
  const row = message ?? event;
  const senderId = message?.senderId ?? event?.actorId;
  const conversation = row && tables.conversations.get(row.conversationId);
  return {
    id: row?.id ?? null,
    conversation_id: row?.conversationId ?? null,
    conversation_type: conversation?.type ?? null,
    seq: message?.seq ?? null,
    conversation_pts: row?.conversationPts ?? null,
    cmd: row?.cmd ?? null,
    type: message?.type ?? null,
    flags: row?.flags ?? null,
    sender_id: senderId ?? null,
    sender: senderId === undefined ? null : (tables.users.get(senderId) ?? null),
    local_id: row?.localId ?? null,
    content: row?.content ?? null,
    options: message?.options ?? null,
    version: message?.version ?? null,
  };
}

function isThere(row: MessageTableRow, nowMs: number): boolean {
  return row.expiresAtMs === null || row.expiresAtMs > nowMs;
}

function wideLogs({ tables, params }: Execution): Row[] {
  const userId = Number(params[0]);
  const rows: Row[] = [];
  for (const { id, type, wide } of tables.conversations.values()) {
    const member = tables.member(id, userId);
    if (!wide || member === undefined) continue;
    rows.push({ id, type, joined_pts: member.joinedPts, newest: tables.lastConversationPts(id) });
  }
  return rows;
}

function wideMemberships({ tables, params }: Execution): Row[] {
  return parseNumbers(params[0]).flatMap((userId) => {
    const wide = [...tables.conversations.values()].filter((row) => row.wide);
    const own = wide.filter(({ id }) => tables.member(id, userId) !== undefined);
    return own.map(({ id }) => ({ user_id: userId, id }));
  });
}

function newestWide({ tables, params }: Execution): Row[] {
  return parseNumbers(params[0]).map((id) => ({ id, newest: tables.lastConversationPts(id) }));
}

function findWideLog({ tables, params }: Execution): Row[] {
  const id = Number(params[1]);
  const row = tables.conversations.get(id);
  const member = tables.member(id, Number(params[0]));
  if (row === undefined || !row.wide || member === undefined) return [];
  const newest = tables.lastConversationPts(id);
  return [{ type: row.type, joined_pts: member.joinedPts, newest }];
}

function wideDifference({ tables, params, nowMs }: Execution): Row[] {
  const [id, type, , after, limit] = params.map(Number) as [number, number, number, number, number];
  const messages = [...(tables.messages.get(id)?.values() ?? [])]
    .filter((row) => (row.conversationPts ?? -1) > after && isThere(row, nowMs))
    .map((row) => ({
      position: row.conversationPts as number,
      ...shown(tables, row, undefined),
    }));
  const events = [...tables.events.values()]
    .filter((row) => row.conversationId === id && (row.conversationPts ?? -1) > after)
    .map((row) => ({
      position: row.conversationPts as number,
      ...shown(tables, undefined, row),
    }));
  return [...messages, ...events]
    .sort((a, b) => a.position - b.position)
    .slice(0, limit)
    .map((row) => ({ ...row, conversation_type: type, mentioned: null }));
}

function findReader({ tables, params }: Execution): Row[] {
  const row = tables.conversations.get(Number(params[1]));
  if (row === undefined) return [];
  const member = tables.member(row.id, Number(params[0]));
  const lastSeq = tables.lastSeq(row.id);
  const last_seq = lastSeq < 0 ? null : lastSeq;
  return [{ type: row.type, joined_seq: member?.joinedSeq ?? null, last_seq }];
}

/** One page holds all: what the client reads of it is which conversations are wide, and how far. */
function conversationList({ tables, params }: Execution): Row[] {
  const userId = Number(params[0]);
  const rows: Row[] = [];
  for (const { id, type, wide } of tables.conversations.values()) {
    const member = tables.member(id, userId);
    if (member === undefined) continue;
    const lastSeq = tables.lastSeq(id);
    rows.push({
      ...shown(tables, undefined, undefined),
      list_id: id,
      list_type: type,
      wide,
      last_seq: lastSeq < 0 ? null : lastSeq,
      read_seq: member.readSeq,
      unread: 0,
      unread_mentions: 0,
      newest_pts: wide ? tables.lastConversationPts(id) : null,
      top: false,
      mute: false,
      peer: null,
      name: "",
      sort_id: "0",
    });
  }
  return rows;
}
