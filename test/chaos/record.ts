/**
 * What a proof writes down: everything that a client sent, was answered, received and applied, the
 * faults with their times, and at the end the tables. The ledger follows from these alone;
 * docs/proof.md describes each for checkers that others write.
 */

/** `own`, or the id of a wide conversation. */
export type LogName = "own" | number;

export type Rec =
  | { kind: "client"; client: string; user: string; device: string; framing: string }
  /** The application asked for it once; `text` is unique. */
  | { kind: "sent"; atMs: number; client: string; localId: string; lane: string; text: string }
  /** A frame with it was written to the network: once more for each try. */
  | { kind: "transmitted"; atMs: number; client: string; localId: string }
  | Answered
  | Received
  | { kind: "hint"; atMs: number; client: string; log: LogName }
  | Applied
  | { kind: "reset"; atMs: number; client: string; log: LogName; position: number }
  /** `why` a connection ended, as the client knows it. */
  | { kind: "state"; atMs: number; client: string; state: string; why?: string }
  | Fault
  | { kind: "calm"; fromMs: number; toMs: number }
  /** A client's list said this, when all was over. */
  | { kind: "unread"; client: string; conversationId: number; unread: number; readSeq: number }
  /** A client was answered 200 for reading up to here. */
  | { kind: "read"; atMs: number; client: string; conversationId: number; seq: number }
  /** How far a client was when the wait was over. */
  | { kind: "end"; client: string; online: boolean; complete: boolean }
  /** What was left when it should have been gone: sessions, presence, entries, requests. */
  | { kind: "left"; what: "session" | "entry"; where: string; count: number }
  /** A counter of a server process, as seen last before it ended. */
  | { kind: "counter"; node: string; incarnation: number; name: string; value: number };

export interface Answered {
  kind: "answered";
  atMs: number;
  client: string;
  localId: string;
  code: number;
  messageId?: string;
  conversationId?: number;
  seq?: number;
  pts?: number;
  conversationPts?: number;
  duplicate: boolean;
}

export interface Received {
  kind: "received";
  atMs: number;
  client: string;
  /** Pushed, in a page that was asked for, or as the answer to the own send. */
  way: "push" | "page" | "answer";
  log: LogName;
  position: number;
  messageId?: string;
  conversationId?: number;
  seq?: number;
}

export interface Applied {
  kind: "applied";
  atMs: number;
  client: string;
  log: LogName;
  position: number;
  cmd: number;
  messageId?: string;
  conversationId?: number;
  seq?: number;
  from?: string;
  localId?: string;
  text?: string;
  /** Of 42 and 43: who joined or left. */
  userIds?: string[];
  /** Of 33: the conversation's log is followed from after here. */
  followFrom?: number;
}

export interface Fault {
  kind: "fault";
  atMs: number;
  endMs: number;
  name: string;
  target: string;
  /** Sends without an answer when it struck. */
  inFlight: number;
}

export interface Tables {
  messages: MessageRow[];
  inbox: InboxRow[];
  events: EventRow[];
  members: MemberRow[];
  conversations: ConversationRow[];
}

export interface MessageRow {
  id: string;
  conversationId: number;
  seq: number;
  sender: string;
  conversationPts: number | null;
  localId: string;
}

export interface InboxRow {
  user: string;
  pts: number;
  messageId: string | null;
  eventId: string | null;
}

export interface EventRow {
  id: string;
  conversationId: number;
  conversationPts: number | null;
  cmd: number;
}

export interface MemberRow {
  conversationId: number;
  user: string;
  readSeq: number;
  joinedSeq: number;
}

export interface ConversationRow {
  id: number;
  type: number;
  wide: boolean;
}
