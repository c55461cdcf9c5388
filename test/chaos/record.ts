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
  /** The application asked once for an operation on a message. */
  | OperationAsked
  /** Its outcome: as answered, or 504 where none was ever known. */
  | { kind: "operated"; atMs: number; client: string; localId: string; code: number }
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

export interface OperationAsked {
  kind: "operation";
  atMs: number;
  client: string;
  localId: string;
  /** 11 recall, 12 delete for all, 13 edit, 14 reaction. */
  cmd: number;
  conversationId: number;
  messageId: string;
  /** Of an edit, what it is to say: unique. */
  text?: string;
  reaction?: string;
  /** The reaction is taken away. */
  remove?: boolean;
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
  /** Of a message from a page: it was taken back. */
  recalled?: boolean;
  /** How often a message had been edited; of 13, which edit it was. */
  version?: number;
  /** Of 11 to 14: the messages that it is about. */
  about?: string[];
  reaction?: string;
  /** Of 14: how many gave it after that. */
  count?: number;
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
  edits: EditRow[];
  reactions: ReactionRow[];
  reactionCounts: ReactionCountRow[];
}

export interface MessageRow {
  id: string;
  conversationId: number;
  seq: number;
  sender: string;
  conversationPts: number | null;
  localId: string;
  /** Of its content; "" where there is none. */
  text: string;
  /** Nothing is left of its content. */
  emptied: boolean;
  recalled: boolean;
  /** How often it was edited. */
  version: number;
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
  actor: string;
  localId: string;
  /** Of 11 to 14: the messages that it is about. */
  about: string[];
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

/** What an edited message said before: version 0 is what was sent. */
export interface EditRow {
  messageId: string;
  version: number;
  text: string;
}

export interface ReactionRow {
  messageId: string;
  user: string;
  reaction: string;
}

export interface ReactionCountRow {
  messageId: string;
  reaction: string;
  count: number;
}
