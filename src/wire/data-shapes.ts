/**
 * What `content.data` and `response.data` hold for each command: in protobuf the member of the
 * `oneof` with its field number, in JSON and MessagePack the fields that stand directly in `data`.
 */
import { CMD } from "./commands.ts";
import { DIRECTION } from "./envelope.ts";
import {
  BOOL,
  CONVERSATION_ID,
  ENVELOPE,
  ENVELOPE_LIST,
  ID64,
  ID64_LIST,
  INT64,
  JSON_TEXT,
  JSON_TEXT_LIST,
  NAME,
  NAME_LIST,
  OPTIONAL_BOOL,
  OPTIONAL_STRING,
  STRING,
  STRING_LIST,
  type Shape,
  UINT32,
} from "./shapes.ts";

export interface Member {
  /** Name in the `oneof`, lowerCamelCase. */
  readonly name: string;
  readonly number: number;
  readonly shape: Shape;
}

const GREETING: Member = {
  name: "greeting",
  number: 16,
  shape: {
    epoch: STRING,
    pts: INT64,
    heartbeatMs: UINT32,
    generation: INT64,
    serverTime: INT64,
    userId: NAME,
  },
};

const HINT: Member = {
  name: "hint",
  number: 17,
  shape: { pts: INT64, conversationId: CONVERSATION_ID, conversationPts: INT64 },
};

/** Turned wide, with `wide`; without it the user's own settings of the conversation. */
const WIDE: Member = {
  name: "wide",
  number: 42,
  shape: { wide: BOOL, conversationPts: INT64, top: OPTIONAL_BOOL, mute: OPTIONAL_BOOL },
};

const BLOCK: Member = {
  name: "friendBlock",
  number: 39,
  shape: { userId: NAME, blocked: OPTIONAL_BOOL },
};

const SETTINGS: Shape = {
  settings: { kind: "part", shape: { key: STRING, value: JSON_TEXT }, listMax: 1000 },
};

const GROUP_SYNC: Member = {
  name: "groupSync",
  number: 85,
  shape: { version: INT64, cursor: STRING, limit: UINT32, requests: BOOL },
};

const TYPING: Member = { name: "typing", number: 40, shape: {} };

const CALL: Member = {
  name: "call",
  number: 41,
  shape: {
    callId: STRING,
    callType: UINT32,
    mediaType: STRING,
    sdp: STRING,
    candidates: JSON_TEXT_LIST,
    answerType: UINT32,
    status: UINT32,
    duration: UINT32,
    reason: STRING,
    ttl: UINT32,
  },
};

/** Of a custom conversation. */
const CUSTOM_POLICY: Shape = {
  send: STRING,
  persist: OPTIONAL_BOOL,
  fanOut: STRING,
  webhook: {
    kind: "part",
    optional: true,
    shape: { url: STRING, timeoutMs: UINT32, failOpen: BOOL },
  },
};

/** A user who came online, left, or whose devices went to the background or came back. */
const PRESENCE: Member = {
  name: "presence",
  number: 124,
  shape: { userId: NAME, devices: STRING_LIST, background: STRING_LIST, lastSeen: INT64 },
};

/** Of REQUEST, and of PUSH unless `PUSH_DATA` says otherwise. */
const CONTENT_DATA: Readonly<Record<number, Member>> = {
  [CMD.syncMsg]: {
    name: "sync",
    number: 18,
    shape: { epoch: STRING, pts: INT64, conversationPts: INT64, limit: UINT32 },
  },
  [CMD.syncConversation]: {
    name: "conversationList",
    number: 19,
    shape: { cursor: STRING, limit: UINT32 },
  },
  [CMD.conversationSync]: {
    name: "history",
    number: 20,
    shape: { fromSeq: INT64, limit: UINT32, backward: BOOL, around: BOOL },
  },
  [CMD.receipt]: { name: "receipt", number: 21, shape: { pts: INT64 } },
  [CMD.read]: { name: "read", number: 22, shape: { seq: INT64 } },
  [CMD.readAll]: { name: "readAll", number: 23, shape: {} },
  [CMD.readCancel]: { name: "readCancel", number: 24, shape: { seq: INT64 } },
  [CMD.recall]: { name: "recall", number: 25, shape: { messageId: ID64 } },
  [CMD.delete]: { name: "delete", number: 26, shape: { messageIds: ID64_LIST, forAll: BOOL } },
  [CMD.edit]: { name: "edit", number: 27, shape: { messageId: ID64 } },
  [CMD.reaction]: {
    name: "reaction",
    number: 28,
    shape: { messageId: ID64, reaction: STRING, remove: BOOL },
  },
  [CMD.groupCreate]: {
    name: "groupCreate",
    number: 29,
    shape: {
      name: STRING,
      memberIds: NAME_LIST,
      conversationType: UINT32,
      joinMode: STRING,
      policy: { kind: "part", optional: true, shape: CUSTOM_POLICY },
    },
  },
  [CMD.groupJoin]: {
    name: "groupJoin",
    number: 30,
    shape: { userIds: NAME_LIST, message: STRING, requestId: STRING, accept: OPTIONAL_BOOL },
  },
  [CMD.groupLeave]: { name: "groupLeave", number: 31, shape: { userIds: NAME_LIST } },
  [CMD.groupDismiss]: { name: "groupDismiss", number: 32, shape: {} },
  [CMD.groupUpdate]: {
    name: "groupUpdate",
    number: 33,
    shape: {
      name: OPTIONAL_STRING,
      avatar: OPTIONAL_STRING,
      announcement: OPTIONAL_STRING,
      joinMode: OPTIONAL_STRING,
      roles: { kind: "part", shape: { userId: NAME, role: UINT32 }, listMax: 500 },
      owner: NAME,
    },
  },
  [CMD.pushToken]: {
    name: "pushToken",
    number: 130,
    shape: {
      provider: STRING,
      token: STRING,
      app: STRING,
      p256dh: STRING,
      auth: STRING,
      remove: BOOL,
    },
  },
  [CMD.groupMute]: { name: "groupMute", number: 34, shape: { userIds: NAME_LIST, until: INT64 } },
  [CMD.syncGroup]: GROUP_SYNC,
  [CMD.userOnline]: {
    name: "online",
    number: 35,
    shape: { watch: NAME_LIST, cursor: STRING, offline: BOOL, unwatch: BOOL },
  },
  [CMD.friendAdd]: {
    name: "friendAdd",
    number: 36,
    shape: { userId: NAME, message: STRING, requestId: STRING, accept: OPTIONAL_BOOL },
  },
  [CMD.friendDelete]: { name: "friendDelete", number: 37, shape: { userId: NAME } },
  [CMD.friendUpdate]: { name: "friendUpdate", number: 38, shape: { userId: NAME, remark: STRING } },
  [CMD.friendBlock]: BLOCK,
  [CMD.userBlock]: BLOCK,
  [CMD.conversationCreate]: { name: "conversationCreate", number: 70, shape: { userId: NAME } },
  [CMD.conversationDelete]: {
    name: "conversationDelete",
    number: 71,
    shape: { clear: BOOL, seq: INT64 },
  },
  [CMD.conversationUpdate]: {
    name: "conversationUpdate",
    number: 72,
    shape: { top: OPTIONAL_BOOL, mute: OPTIONAL_BOOL },
  },
  [CMD.userMute]: { name: "userMute", number: 73, shape: { userId: NAME, until: INT64 } },
  [CMD.userSetting]: { name: "userSetting", number: 74, shape: SETTINGS },
  [CMD.syncFriend]: {
    name: "syncFriend",
    number: 75,
    shape: { version: INT64, limit: UINT32, requests: BOOL, cursor: STRING },
  },
  [CMD.typingStatus]: TYPING,
  [CMD.typingCancel]: TYPING,
  [CMD.webrtcInvite]: CALL,
  [CMD.webrtcAnswer]: CALL,
  [CMD.webrtcCandidate]: CALL,
  [CMD.webrtcStatus]: CALL,
  [CMD.webrtcSwitch]: CALL,
  [CMD.webrtcQuality]: CALL,
  [CMD.screenShareStart]: CALL,
  [CMD.screenShareStop]: CALL,
  [CMD.screenShareQuality]: CALL,
};

const PUSH_DATA: Readonly<Record<number, Member>> = {
  [CMD.heartbeat]: GREETING,
  [CMD.conversationUpdate]: WIDE,
  [CMD.userOnline]: PRESENCE,
  [CMD.userOffline]: PRESENCE,
  [CMD.syncMsg]: HINT,
};

const CONVERSATION_ENTRY: Shape = {
  conversationId: CONVERSATION_ID,
  conversationType: UINT32,
  lastSeq: INT64,
  readSeq: INT64,
  unread: UINT32,
  unreadMentions: UINT32,
  conversationPts: INT64,
  top: BOOL,
  mute: BOOL,
  last: ENVELOPE,
  peer: NAME,
  name: STRING,
};

const FRIEND_ENTRY: Shape = {
  userId: NAME,
  nickname: STRING,
  avatar: STRING,
  friend: BOOL,
  blocked: BOOL,
  remark: STRING,
  deleted: BOOL,
  version: INT64,
};

const REQUEST_ENTRY: Shape = {
  requestId: STRING,
  userId: NAME,
  message: STRING,
  incoming: BOOL,
  createdAt: INT64,
  expiresAt: INT64,
};

const GROUP: Shape = {
  name: STRING,
  avatar: STRING,
  announcement: STRING,
  joinMode: STRING,
  owner: NAME,
  memberCount: UINT32,
  mutedUntil: INT64,
  dissolved: BOOL,
};

const GROUP_MEMBER: Shape = {
  userId: NAME,
  nickname: STRING,
  avatar: STRING,
  role: UINT32,
  mutedUntil: INT64,
  joinedAt: INT64,
};

const GROUP_REQUEST: Shape = {
  requestId: STRING,
  userId: NAME,
  nickname: STRING,
  avatar: STRING,
  message: STRING,
  createdAt: INT64,
};

const RESPONSE_DATA: Readonly<Record<number, Member>> = {
  [CMD.heartbeat]: { name: "heartbeat", number: 16, shape: { pts: INT64, serverTime: INT64 } },
  [CMD.syncMsg]: {
    name: "sync",
    number: 17,
    shape: {
      events: ENVELOPE_LIST,
      pts: INT64,
      conversationPts: INT64,
      final: BOOL,
      reset: BOOL,
      epoch: STRING,
    },
  },
  [CMD.syncConversation]: {
    name: "conversationList",
    number: 18,
    shape: {
      conversations: { kind: "part", shape: CONVERSATION_ENTRY, listMax: 1000 },
      cursor: STRING,
      final: BOOL,
    },
  },
  [CMD.conversationSync]: {
    name: "history",
    number: 19,
    shape: { messages: ENVELOPE_LIST, final: BOOL },
  },
  [CMD.groupCreate]: {
    name: "groupCreate",
    number: 20,
    shape: { conversationId: CONVERSATION_ID },
  },
  [CMD.userOnline]: {
    name: "online",
    number: 21,
    shape: {
      users: {
        kind: "part",
        shape: { userId: NAME, devices: STRING_LIST, background: STRING_LIST, lastSeen: INT64 },
        listMax: 10_000,
      },
      cursor: STRING,
    },
  },
  [CMD.friendAdd]: { name: "friendAdd", number: 22, shape: { requestId: STRING } },
  [CMD.conversationCreate]: {
    name: "conversationCreate",
    number: 70,
    shape: { conversationId: CONVERSATION_ID },
  },
  [CMD.userSetting]: { name: "userSetting", number: 71, shape: SETTINGS },
  [CMD.syncFriend]: {
    name: "syncFriend",
    number: 72,
    shape: {
      friends: { kind: "part", shape: FRIEND_ENTRY, listMax: 1000 },
      version: INT64,
      final: BOOL,
      reset: BOOL,
      requests: { kind: "part", shape: REQUEST_ENTRY, listMax: 1000 },
      cursor: STRING,
    },
  },
  [CMD.syncGroup]: {
    name: "groupSync",
    number: 85,
    shape: {
      group: { kind: "part", optional: true, shape: GROUP },
      members: { kind: "part", shape: GROUP_MEMBER, listMax: 1000 },
      removed: { kind: "name", listMax: 1000 },
      version: INT64,
      cursor: STRING,
      final: BOOL,
      reset: BOOL,
      requests: { kind: "part", shape: GROUP_REQUEST, listMax: 1000 },
    },
  },
  [CMD.groupJoin]: { name: "groupJoin", number: 86, shape: { requestId: STRING } },
};

/** The member of `content.data`, or undefined where the command has none. */
export function contentMember(cmd: number, direction: number): Member | undefined {
  if (direction === DIRECTION.response) return undefined;
  if (direction === DIRECTION.push) return PUSH_DATA[cmd] ?? CONTENT_DATA[cmd];
  return CONTENT_DATA[cmd];
}

/** The member of `response.data`, or undefined where the command has none. */
export function responseMember(cmd: number, direction: number): Member | undefined {
  return direction === DIRECTION.response ? RESPONSE_DATA[cmd] : undefined;
}
