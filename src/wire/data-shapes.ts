/**
 * What `content.data` and `response.data` hold for each command: in protobuf the member of the
 * `oneof` with its field number, in JSON and MessagePack the fields that stand directly in `data`.
 */
import { CMD } from "./commands.ts";
import { DIRECTION } from "./envelope.ts";
import { RESPONSE_DATA, SETTINGS } from "./response-shapes.ts";
import {
  BOOL,
  CONVERSATION_ID,
  ENVELOPE_LIST,
  ID64,
  ID64_LIST,
  INT64,
  JSON_TEXT_LIST,
  type Member,
  NAME,
  NAME_LIST,
  OPTIONAL_BOOL,
  OPTIONAL_STRING,
  STRING,
  STRING_LIST,
  type Shape,
  UINT32,
} from "./shapes.ts";

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

/** What is handed on: the client names the messages, and in the event is what they say. */
const FORWARD: Member = {
  name: "forward",
  number: 105,
  shape: { fromConversationId: CONVERSATION_ID, messageIds: ID64_LIST },
};

const FORWARDED: Member = {
  name: "forwarded",
  number: 106,
  shape: { ...FORWARD.shape, messages: ENVELOPE_LIST },
};

const READ_POSITION: Shape = { conversationId: CONVERSATION_ID, seq: INT64 };

/** A user who came online, left, or whose devices went to the background or came back. */
const PRESENCE: Member = {
  name: "presence",
  number: 124,
  shape: { userId: NAME, devices: STRING_LIST, background: STRING_LIST, lastSeen: INT64 },
};

/** Of REQUEST, and of PUSH unless `PUSH_DATA` says otherwise. */
const CONTENT_DATA: Readonly<Record<number, Member>> = {
  [CMD.singleChat]: FORWARD,
  [CMD.groupChat]: FORWARD,
  [CMD.chatroomChat]: FORWARD,
  [CMD.customChat]: FORWARD,
  [CMD.strangerChat]: FORWARD,
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
  [CMD.readAll]: {
    name: "readAll",
    number: 23,
    shape: { conversations: { kind: "part", shape: READ_POSITION, listMax: 500 } },
  },
  [CMD.readCancel]: { name: "readCancel", number: 24, shape: { seq: INT64 } },
  [CMD.recall]: { name: "recall", number: 25, shape: { messageId: ID64 } },
  [CMD.delete]: { name: "delete", number: 26, shape: { messageIds: ID64_LIST, forAll: BOOL } },
  [CMD.edit]: { name: "edit", number: 27, shape: { messageId: ID64, version: UINT32 } },
  [CMD.reaction]: {
    name: "reaction",
    number: 28,
    shape: { messageId: ID64, reaction: STRING, remove: BOOL, count: UINT32 },
  },
  [CMD.pin]: { name: "pin", number: 100, shape: { messageId: ID64, remove: BOOL } },
  [CMD.pinList]: { name: "pins", number: 101, shape: {} },
  [CMD.editList]: {
    name: "edits",
    number: 102,
    shape: { messageId: ID64, fromVersion: UINT32, limit: UINT32 },
  },
  [CMD.scheduled]: {
    name: "scheduled",
    number: 103,
    shape: { cancel: ID64, cursor: STRING, limit: UINT32 },
  },
  [CMD.readerList]: {
    name: "readers",
    number: 104,
    shape: { messageId: ID64, cursor: STRING, limit: UINT32 },
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
  [CMD.singleChat]: FORWARDED,
  [CMD.groupChat]: FORWARDED,
  [CMD.chatroomChat]: FORWARDED,
  [CMD.customChat]: FORWARDED,
  [CMD.strangerChat]: FORWARDED,
  [CMD.heartbeat]: GREETING,
  [CMD.conversationUpdate]: WIDE,
  [CMD.userOnline]: PRESENCE,
  [CMD.userOffline]: PRESENCE,
  [CMD.syncMsg]: HINT,
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
