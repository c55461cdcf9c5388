/** What `response.data` holds for each command, as in data-shapes.ts. */
import { CMD } from "./commands.ts";
import {
  BOOL,
  CONVERSATION_ID,
  ENVELOPE,
  ENVELOPE_LIST,
  ID64,
  INT64,
  JSON_TEXT,
  type Member,
  NAME,
  NAME_LIST,
  STRING,
  STRING_LIST,
  type Shape,
  UINT32,
} from "./shapes.ts";

/** Settings of a user, in requests and answers. */
export const SETTINGS: Shape = {
  settings: { kind: "part", shape: { key: STRING, value: JSON_TEXT }, listMax: 1000 },
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
  deliveredSeq: INT64,
  peerReadSeq: INT64,
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

const SCHEDULED_ENTRY: Shape = {
  scheduleId: ID64,
  sendAt: INT64,
  failed: BOOL,
  message: ENVELOPE,
};

/** The answer to a send that is put off. */
const PUT_OFF: Member = {
  name: "putOff",
  number: 104,
  shape: { scheduleId: ID64, sendAt: INT64 },
};

export const RESPONSE_DATA: Readonly<Record<number, Member>> = {
  [CMD.singleChat]: PUT_OFF,
  [CMD.groupChat]: PUT_OFF,
  [CMD.strangerChat]: PUT_OFF,
  [CMD.pinList]: { name: "pins", number: 100, shape: { messages: ENVELOPE_LIST } },
  [CMD.editList]: {
    name: "edits",
    number: 101,
    shape: { versions: ENVELOPE_LIST, final: BOOL },
  },
  [CMD.scheduled]: {
    name: "scheduled",
    number: 102,
    shape: {
      messages: { kind: "part", shape: SCHEDULED_ENTRY, listMax: 500 },
      cursor: STRING,
      final: BOOL,
    },
  },
  [CMD.readerList]: {
    name: "readers",
    number: 103,
    shape: { userIds: NAME_LIST, cursor: STRING, final: BOOL },
  },
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
