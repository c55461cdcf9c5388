/** The records and tables of a run, arranged so that the checks can ask them. */
import type {
  Answered,
  Applied,
  MessageRow,
  OperationAsked,
  Rec,
  Received,
  Tables,
} from "./record.ts";

/** An operation that was answered 200, with its places in the order of what happened. */
export interface Operated extends OperationAsked {
  askedAt: number;
  answeredAt: number;
}

/** What is wrong, one sentence each; the ledger counts them. */
export type Findings = string[];

export interface Evidence {
  records: readonly Rec[];
  tables: Tables;
  /** Client → user. */
  users: Map<string, string>;
  /** Client → what it applied, in order. */
  applied: Map<string, Applied[]>;
  received: Map<string, Received[]>;
  /** Answers with 200. */
  answered: Answered[];
  sent: Map<string, Extract<Rec, { kind: "sent" }>>;
  /** Message → what was asked to be done to it, whatever came of it. */
  operations: Map<string, OperationAsked[]>;
  operated: Operated[];
  messages: Map<string, MessageRow>;
  /** Conversation → its messages by seq. */
  byConversation: Map<number, MessageRow[]>;
  /** User → event or message id by pts. */
  inboxes: Map<string, Map<number, string>>;
}

export function arrange(records: readonly Rec[], tables: Tables): Evidence {
  const evidence: Evidence = {
    records,
    tables,
    users: new Map(),
    applied: new Map(),
    received: new Map(),
    answered: [],
    sent: new Map(),
    operations: grouped(
      records.filter((record) => record.kind === "operation"),
      (record) => record.messageId,
    ),
    operated: operatedOf(records),
    messages: new Map(tables.messages.map((row) => [row.id, row])),
    byConversation: grouped(tables.messages, (row) => row.conversationId),
    inboxes: new Map(),
  };
  for (const record of records) place(evidence, record);
  for (const row of tables.inbox) {
    const inbox = evidence.inboxes.get(row.user) ?? new Map<number, string>();
    inbox.set(row.pts, row.messageId ?? row.eventId ?? "");
    evidence.inboxes.set(row.user, inbox);
  }
  return evidence;
}

function place(evidence: Evidence, record: Rec): void {
  switch (record.kind) {
    case "client":
      evidence.users.set(record.client, record.user);
      evidence.applied.set(record.client, []);
      evidence.received.set(record.client, []);
      return;
    case "sent":
      evidence.sent.set(record.localId, record);
      return;
    case "answered":
      if (record.code === 200) evidence.answered.push(record);
      return;
    case "applied":
      evidence.applied.get(record.client)?.push(record);
      return;
    case "received":
      evidence.received.get(record.client)?.push(record);
      return;
    default:
      return;
  }
}

function operatedOf(records: readonly Rec[]): Operated[] {
  const asked = new Map<string, { operation: OperationAsked; askedAt: number }>();
  const operated: Operated[] = [];
  for (const [at, record] of records.entries()) {
    if (record.kind === "operation") {
      asked.set(record.localId, { operation: record, askedAt: at });
    } else if (record.kind === "operated" && record.code === 200) {
      const held = asked.get(record.localId);
      if (held === undefined) continue;
      operated.push({ ...held.operation, askedAt: held.askedAt, answeredAt: at });
    }
  }
  return operated;
}

export function grouped<Row, Key>(rows: Iterable<Row>, key: (row: Row) => Key): Map<Key, Row[]> {
  const groups = new Map<Key, Row[]>();
  for (const row of rows) {
    const held = groups.get(key(row));
    if (held === undefined) groups.set(key(row), [row]);
    else held.push(row);
  }
  return groups;
}
