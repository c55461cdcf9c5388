/**
 * The policy of each conversation type, one row a type: all that the code asks of a type is asked
 * here, so that a ninth type is a row. The filter reads it for every message: numbers alone.
 */
import { CMD } from "./commands.ts";
import { CODE } from "./errors.ts";

/** How one comes to be in a conversation. */
export const MEMBERSHIP = {
  /** Two users, by the relation between them. */
  pair: 0,
  /** Rows of members, who join and leave. */
  members: 1,
  /** A lease of the connection: who has joined from it, until it ends. */
  lease: 2,
  /** The addressee alone; only the server writes. */
  server: 3,
} as const;

/** Where a message is found by those who are to see it. */
export const FAN_OUT = {
  /** In an inbox of each. */
  inbox: 0,
  /** In the inboxes of up to `LINNET_FAN_OUT_MEMBERS` members, beyond that in a log of its own. */
  byMembers: 1,
  /** Once, in the conversation's own log. */
  wide: 2,
} as const;

/** The least role that may post: member, administrator, owner, as roles are numbered. */
const ANY_ROLE = 0;
const ADMINISTRATOR = 1;

export interface Policy {
  readonly name: string;
  readonly membership: number;
  /** One bit for each command that users may send with, see `commandBit`. */
  readonly commands: number;
  /** The command that a stored message is written with. */
  readonly writtenAs: number;
  readonly roleMin: number;
  /** The code for who is not in it. */
  readonly outsiderCode: number;
  readonly fanOut: number;
  /** Whether messages wait for who is offline, in an inbox or a log that he may read later. */
  readonly offline: boolean;
  /** Whether it stands in the list of conversations, where unread is counted. */
  readonly unread: boolean;
  /** Whether the other side is told of reads. */
  readonly readsTold: boolean;
  /** Whether there is an "all" to mention. */
  readonly mentionsAll: boolean;
  /** Whether users make it, by GROUP_CREATE. */
  readonly isMade: boolean;
  /** Whether its maker says who may send, what is kept and whom to ask. */
  readonly isCustom: boolean;
  /** Members at most; 0 for any number, or as the operator has set it. */
  readonly membersMax: number;
}

/** The bit of a command in `commands`; 0 for one that carries no message of a user. */
export function commandBit(cmd: number): number {
  if (cmd === CMD.notify) return NOTIFY_BIT;
  return cmd >= CMD.singleChat && cmd <= CMD.strangerChat ? 1 << cmd : 0;
}

const NOTIFY_BIT = 1;
const EXISTS = 1 << 12;
const PAIR_COMMANDS = NOTIFY_BIT | (1 << CMD.singleChat) | (1 << CMD.strangerChat);
const GROUP_COMMANDS = NOTIFY_BIT | (1 << CMD.groupChat);
const CHATROOM_COMMANDS = NOTIFY_BIT | (1 << CMD.chatroomChat);
const CUSTOM_COMMANDS = NOTIFY_BIT | (1 << CMD.customChat);
const SENDABLE = PAIR_COMMANDS | GROUP_COMMANDS | CHATROOM_COMMANDS | CUSTOM_COMMANDS;

const PAIR: Policy = {
  name: "SINGLE",
  membership: MEMBERSHIP.pair,
  commands: PAIR_COMMANDS,
  writtenAs: CMD.singleChat,
  roleMin: ANY_ROLE,
  outsiderCode: CODE.senderNotInConversation,
  fanOut: FAN_OUT.inbox,
  offline: true,
  unread: true,
  readsTold: true,
  mentionsAll: false,
  isMade: false,
  isCustom: false,
  membersMax: 2,
};

const GROUP: Policy = {
  name: "GROUP",
  membership: MEMBERSHIP.members,
  commands: GROUP_COMMANDS,
  writtenAs: CMD.groupChat,
  roleMin: ANY_ROLE,
  outsiderCode: CODE.notGroupMember,
  fanOut: FAN_OUT.byMembers,
  offline: true,
  unread: true,
  readsTold: false,
  mentionsAll: true,
  isMade: true,
  isCustom: false,
  membersMax: 0,
};

const CHATROOM: Policy = {
  ...GROUP,
  name: "CHATROOM",
  membership: MEMBERSHIP.lease,
  commands: CHATROOM_COMMANDS,
  writtenAs: CMD.chatroomChat,
  outsiderCode: CODE.senderNotInConversation,
  fanOut: FAN_OUT.wide,
  offline: false,
  unread: false,
  membersMax: 0,
};

const CHANNEL: Policy = {
  ...GROUP,
  name: "CHANNEL",
  roleMin: ADMINISTRATOR,
  fanOut: FAN_OUT.wide,
  membersMax: 0,
};

const MILLION_GROUP: Policy = {
  ...GROUP,
  name: "MILLION_GROUP",
  fanOut: FAN_OUT.wide,
  membersMax: 0,
};

const SYSTEM: Policy = {
  ...PAIR,
  name: "SYSTEM_CONVERSATION",
  membership: MEMBERSHIP.server,
  commands: 0,
  writtenAs: CMD.sysNotify,
  readsTold: false,
  membersMax: 1,
};

const CUSTOM: Policy = {
  ...GROUP,
  name: "CUSTOM_CONVERSATION",
  commands: CUSTOM_COMMANDS,
  writtenAs: CMD.customChat,
  outsiderCode: CODE.senderNotInConversation,
  isCustom: true,
};

const STRANGER: Policy = { ...PAIR, name: "STRANGER_CHAT", writtenAs: CMD.strangerChat };

/** By the code of `route.conversationType`; nothing stands at 0. */
export const POLICY: readonly (Policy | undefined)[] = Object.freeze([
  undefined,
  Object.freeze(PAIR),
  Object.freeze(GROUP),
  Object.freeze(CHATROOM),
  Object.freeze(CHANNEL),
  Object.freeze(MILLION_GROUP),
  Object.freeze(SYSTEM),
  Object.freeze(CUSTOM),
  Object.freeze(STRANGER),
]);

/** What the filter asks for every message, a word a type: bits 0 to 6 hold the commands. */
export const POLICY_WORD = {
  membershipShift: 8,
  membershipMask: 3 << 8,
  roleShift: 10,
  roleMask: 3 << 10,
} as const;

/** Index is the type; 0 where there is none. As many as the bits of a type in a grant can name. */
export const POLICY_WORDS = Int32Array.from({ length: 16 }, (_, type) => wordOf(POLICY[type]));

function wordOf(policy: Policy | undefined): number {
  if (policy === undefined) return 0;
  const { commands, membership, roleMin } = policy;
  const { membershipShift, roleShift } = POLICY_WORD;
  return EXISTS | commands | (membership << membershipShift) | (roleMin << roleShift);
}

/** The command that a message of a type is written with; 0 is no type, and taken for a pair. */
export function chatCommand(type: number): number | undefined {
  return type === 0 ? CMD.singleChat : POLICY[type]?.writtenAs;
}

/** The command of a message to a group of a type that its sender doesn't know. */
export function groupCommand(type: number): number {
  return isJoined(type) ? (chatCommand(type) ?? CMD.groupChat) : CMD.groupChat;
}

/** Who makes a conversation of this type, and by what: users, by GROUP_CREATE. */
export function isMade(type: number): boolean {
  return POLICY[type]?.isMade ?? false;
}

/** The code for a user who is not in a conversation of this type. */
export function outsiderCode(type: number): number {
  return POLICY[type]?.outsiderCode ?? CODE.senderNotInConversation;
}

/** Whether users join it and leave it. */
export function isJoined(type: number): boolean {
  const membership = POLICY[type]?.membership;
  return membership === MEMBERSHIP.members || membership === MEMBERSHIP.lease;
}

/** Whether its membership is a lease of the connection. */
export function isLeased(type: number): boolean {
  return POLICY[type]?.membership === MEMBERSHIP.lease;
}

/** Whether users send with this command. */
export function isSendable(cmd: number): boolean {
  return (commandBit(cmd) & SENDABLE) !== 0;
}
