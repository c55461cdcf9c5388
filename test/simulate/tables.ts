/**
 * The tables of the store model with the constraints that matter. Rows are never changed in place,
 * so a transaction's view is a copy of the maps alone.
 */

export interface ConversationTableRow {
  id: number;
  type: number;
  name: string;
  wide: boolean;
  dissolved: boolean;
  joinMode: string;
  pairLow: number | null;
  pairHigh: number | null;
}

export interface MemberTableRow {
  conversationId: number;
  userId: number;
  role: number;
  joinedSeq: number;
  joinedPts: number;
  readSeq: number;
  /** Null where he isn't. */
  mutedUntilMs: number | null;
}

export interface MessageTableRow {
  id: string;
  conversationId: number;
  seq: number;
  senderId: number;
  key: number;
  conversationPts: number | null;
  expiresAtMs: number | null;
  cmd: number;
  type: number;
  flags: number;
  deviceId: string;
  localId: string;
  content: Buffer;
  options: Buffer | null;
  target: number[] | null;
  /** How often it was edited. */
  version: number | null;
  /** What was sent, where an edit replaced it: its table message_edits. */
  sent: Buffer | null;
}

export interface EventTableRow {
  id: string;
  conversationId: number;
  conversationPts: number | null;
  cmd: number;
  flags: number;
  actorId: number;
  localId: string;
  content: Buffer;
}

export interface InboxTableRow {
  pts: number;
  messageId: string | null;
  eventId: string | null;
  mentioned: boolean | null;
}

/** An error as the driver makes it, known by its code alone. */
export class SqlError extends Error {
  readonly code: string;

  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}

/** What a statement is to write: checked as a whole, then carried out as a whole. */
export interface Writes {
  messages: MessageTableRow[];
  events: EventTableRow[];
  inbox: (InboxTableRow & { userId: number })[];
}

export class Tables {
  readonly users = new Map<number, string>();
  readonly conversations = new Map<number, ConversationTableRow>();
  readonly members = new Map<number, Map<number, MemberTableRow>>();
  readonly friends = new Set<string>();
  /** By conversation, then by seq. */
  readonly messages = new Map<number, Map<number, MessageTableRow>>();
  readonly events = new Map<string, EventTableRow>();
  readonly inbox = new Map<number, Map<number, InboxTableRow>>();
  readonly applied = new Map<string, { conversationId: number; atMs: number }>();
  readonly poison: string[] = [];
  readonly messageIds = new Map<string, MessageTableRow>();
  readonly messageKeys = new Map<string, MessageTableRow>();
  /** Positions of wide logs that are taken, as "conversation:pts", messages and events apart. */
  readonly messagePts = new Map<string, MessageTableRow>();
  readonly eventPts = new Map<string, EventTableRow>();
  /** What clean-up has removed, for the checks. */
  readonly removed = new Map<string, MessageTableRow>();
  nextConversation = 1;
  /** Whether the unique index of request keys is there. */
  hasKeyIndex = true;
  newestId = "";

  clone(): Tables {
    const copy = new Tables();
    fill(copy.users, this.users);
    fill(copy.conversations, this.conversations);
    for (const [id, rows] of this.members) copy.members.set(id, new Map(rows));
    for (const pair of this.friends) copy.friends.add(pair);
    for (const [id, rows] of this.messages) copy.messages.set(id, new Map(rows));
    fill(copy.events, this.events);
    for (const [id, rows] of this.inbox) copy.inbox.set(id, new Map(rows));
    fill(copy.applied, this.applied);
    copy.poison.push(...this.poison);
    fill(copy.messageIds, this.messageIds);
    fill(copy.messageKeys, this.messageKeys);
    fill(copy.messagePts, this.messagePts);
    fill(copy.eventPts, this.eventPts);
    fill(copy.removed, this.removed);
    copy.hasKeyIndex = this.hasKeyIndex;
    copy.nextConversation = this.nextConversation;
    copy.newestId = this.newestId;
    return copy;
  }

  /** All or nothing; with `skipConflicts` what conflicts is left out instead. */
  write(writes: Writes, skipConflicts = false): void {
    const taken = new Set<string>();
    const isFree = (name: string, inTable: boolean): boolean => {
      if (inTable || taken.has(name)) {
        if (!skipConflicts) throw new SqlError("23505", `duplicate key: ${name}`);
        return false;
      }
      taken.add(name);
      return true;
    };
    const messages = writes.messages.filter((row) => this.#isFreeMessage(row, isFree));
    for (const row of writes.events) {
      isFree(`event ${row.id}`, this.events.has(row.id));
      if (row.conversationPts === null) continue;
      const name = `${row.conversationId}:${row.conversationPts}`;
      isFree(`event pts ${name}`, this.eventPts.has(name));
    }
    for (const row of writes.inbox) {
      const held = this.inbox.get(row.userId);
      isFree(`inbox ${row.userId}:${row.pts}`, held?.has(row.pts) ?? false);
    }
    for (const row of messages) this.putMessage(row);
    for (const row of writes.events) this.#putEvent(row);
    for (const { userId, ...row } of writes.inbox) {
      const held = this.inbox.get(userId);
      if (held === undefined) this.inbox.set(userId, new Map([[row.pts, row]]));
      else held.set(row.pts, row);
    }
  }

  #isFreeMessage(
    row: MessageTableRow,
    isFree: (name: string, inTable: boolean) => boolean,
  ): boolean {
    const { id, conversationId, seq, key, conversationPts } = row;
    const held = this.messages.get(conversationId);
    const keyName = `${conversationId}:${key}`;
    if (!isFree(`message ${id}`, this.messageIds.has(id))) return false;
    if (!isFree(`seq ${conversationId}:${seq}`, held?.has(seq) ?? false)) return false;
    const isKeyTaken = this.hasKeyIndex && this.messageKeys.has(keyName);
    if (!isFree(`key ${keyName}`, isKeyTaken)) return false;
    if (conversationPts === null) return true;
    const name = `${conversationId}:${conversationPts}`;
    return isFree(`message pts ${name}`, this.messagePts.has(name));
  }

  putMessage(row: MessageTableRow): void {
    const { id, conversationId, seq, key, conversationPts } = row;
    const held = this.messages.get(conversationId);
    if (held === undefined) this.messages.set(conversationId, new Map([[seq, row]]));
    else held.set(seq, row);
    this.messageIds.set(id, row);
    this.messageKeys.set(`${conversationId}:${key}`, row);
    if (conversationPts !== null) this.messagePts.set(`${conversationId}:${conversationPts}`, row);
    this.#noteId(id);
  }

  dropMessage(row: MessageTableRow): void {
    const { id, conversationId, seq, key, conversationPts } = row;
    this.messages.get(conversationId)?.delete(seq);
    this.messageIds.delete(id);
    this.messageKeys.delete(`${conversationId}:${key}`);
    if (conversationPts !== null) this.messagePts.delete(`${conversationId}:${conversationPts}`);
    this.removed.set(id, row);
  }

  #putEvent(row: EventTableRow): void {
    this.events.set(row.id, row);
    if (row.conversationPts !== null) {
      this.eventPts.set(`${row.conversationId}:${row.conversationPts}`, row);
    }
    this.#noteId(row.id);
  }

  #noteId(id: string): void {
    const { newestId } = this;
    if (id.length > newestId.length || (id.length === newestId.length && id > newestId)) {
      this.newestId = id;
    }
  }

  /** Makes the conversation of a pair, with its members. */
  addPair(type: number, low: number, high: number): number {
    if (this.pair(low, high) !== undefined) throw new SqlError("23505", "duplicate key: pair");
    const id = this.nextConversation++;
    const shared = { name: "", wide: false, dissolved: false, joinMode: "free" };
    this.conversations.set(id, { id, type, pairLow: low, pairHigh: high, ...shared });
    for (const userId of [low, high]) {
      const numbers = { role: 0, joinedSeq: 0, joinedPts: 0, readSeq: -1, mutedUntilMs: null };
      if (userId > 0) this.putMember({ conversationId: id, userId, ...numbers });
    }
    return id;
  }

  member(conversationId: number, userId: number): MemberTableRow | undefined {
    return this.members.get(conversationId)?.get(userId);
  }

  putMember(row: MemberTableRow): void {
    const held = this.members.get(row.conversationId);
    if (held?.has(row.userId)) throw new SqlError("23505", "duplicate key: member");
    this.setMember(row);
  }

  setMember(row: MemberTableRow): void {
    const held = this.members.get(row.conversationId);
    if (held === undefined) this.members.set(row.conversationId, new Map([[row.userId, row]]));
    else held.set(row.userId, row);
  }

  /** −1 for none. */
  lastSeq(conversationId: number): number {
    let last = -1;
    for (const seq of this.messages.get(conversationId)?.keys() ?? []) if (seq > last) last = seq;
    return last;
  }

  /** 0 for none. */
  lastConversationPts(conversationId: number): number {
    let last = 0;
    for (const row of this.messages.get(conversationId)?.values() ?? []) {
      if ((row.conversationPts ?? 0) > last) last = row.conversationPts as number;
    }
    for (const row of this.events.values()) {
      if (row.conversationId !== conversationId) continue;
      if ((row.conversationPts ?? 0) > last) last = row.conversationPts as number;
    }
    return last;
  }

  lastPts(userId: number): number {
    let last = 0;
    for (const pts of this.inbox.get(userId)?.keys() ?? []) if (pts > last) last = pts;
    return last;
  }

  pair(low: number, high: number): ConversationTableRow | undefined {
    for (const row of this.conversations.values()) {
      if (row.pairLow === low && row.pairHigh === high) return row;
    }
    return undefined;
  }
}

function fill<Key, Value>(into: Map<Key, Value>, from: Map<Key, Value>): void {
  for (const [key, value] of from) into.set(key, value);
}
