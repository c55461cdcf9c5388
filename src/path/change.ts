/** A change: a record that is not a message, applied in order by the writer in one transaction. */
import type { Transaction } from "../postgres/client.ts";
import type { StreamRecord } from "../transfer/record.ts";

export interface ChangeContext {
  sql: Transaction;
  record: StreamRecord;
  /** Members that a narrow group holds at most. */
  fanOutMembers: number;
  rules: MessageRules;
  groups: GroupLimits;
}

/** What the operator allows to be done to messages. */
export interface MessageRules {
  /** For how long the sender may take a message back. */
  recallSeconds: number;
  editSeconds: number;
}

/** What one group, and one user with his groups, may have at most. */
export interface GroupLimits {
  members: number;
  millionGroupMembers: number;
  administrators: number;
  /** Groups that a user makes within 24 hours. */
  madePerDay: number;
  owned: number;
  /** Whether changes of narrow groups are messages of the system too. */
  notices: boolean;
}

/** An event that a change makes; its content is protobuf bytes of linnet.v1.Content. */
export interface ChangeEvent {
  cmd: number;
  conversationId: number;
  conversationType: number;
  content: Uint8Array;
}

/** What a change does beside its tables, in order. */
export type Effect =
  | { kind: "inbox"; event: ChangeEvent; userIds: readonly number[] }
  | { kind: "log"; event: ChangeEvent }
  /** These users follow the conversation's wide log from its present end. Each gets event 33. */
  | { kind: "follow"; conversationId: number; conversationType: number; userIds: readonly number[] }
  | { kind: "unfollow"; conversationId: number; userIds: readonly number[] }
  /** A message of the system to who is a member of a narrow group after the change: it is numbered
   * like any other. Protobuf bytes of linnet.v1.Content. */
  | { kind: "notice"; conversationId: number; content: Uint8Array };

export interface ChangeResult {
  code: number;
  /** What is wrong, or "". */
  message: string;
  conversationId: number;
  effects: Effect[];
  /** Conversations whose grants, members or type are no longer what memory says. */
  conversations: number[];
  /** Pairs of users whose relation changed. */
  pairs: { low: number; high: number }[];
  /** Whose read cursor in which conversation is no longer what memory says. */
  cursors?: readonly { conversationId: number; userId: number }[];
  /** Users for whom what they may do anywhere has changed. */
  users?: readonly number[];
}

export type Applier = (context: ChangeContext) => Promise<ChangeResult>;

/** Command code → what applies it. */
export type Appliers = Readonly<Record<number, Applier>>;

export function refused(code: number, message = ""): ChangeResult {
  return { code, message, conversationId: 0, effects: [], conversations: [], pairs: [] };
}
