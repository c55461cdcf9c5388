/** The envelopes of the golden vectors: every data shape in every direction, and the edges. */
import { CMD } from "../../src/wire/commands.ts";
import type { Data, Envelope } from "../../src/wire/envelope.ts";

export interface Case {
  name: string;
  envelope: Envelope;
}

const CONVERSATION = 9007199254740991;
const MESSAGE = "1234567890123456789";
const MOST = "9223372036854775807";
const AT = 1795212345678;

export const REQUESTS: readonly Case[] = [
  {
    name: "the least that an imai client sends",
    envelope: {
      direction: 1,
      cmd: CMD.singleChat,
      header: { localId: "a-1" },
      route: { conversationId: 123 },
      content: { text: "hello" },
    },
  },
  {
    name: "a chat message with every part",
    envelope: {
      direction: 1,
      cmd: CMD.groupChat,
      header: { version: 1, localId: "ü-2", timestamp: AT, platform: "web", deviceId: "im_web" },
      route: {
        type: 11,
        conversationId: CONVERSATION,
        conversationType: 2,
        to: "bob",
        target: ["bob", "çelik", "日本"],
      },
      content: {
        text: 'Grüße, 世界 👋\u0000\n"\\',
        items: [
          { type: "text", start: 1, end: 5, name: "Grüße" },
          { type: "image", uid: "u", url: "https://x/y.png", thumbnail: "t", width: 2, height: 3 },
          { type: "file", size: 0 },
          { type: "file", size: CONVERSATION },
        ],
        mentions: { all: true, uids: ["bob", "eve"], pushContent: "you" },
        quote: { msgId: MOST, text: "quoted" },
        extension: '{"a":[1,{"b":null}]}',
      },
      control: {
        persistent: false,
        syncDevice: true,
        priority: 9,
        ttl: 60,
        needReceipt: false,
        receiptType: 2,
        readTimeout: 30,
        push: {
          enable: true,
          title: "t",
          content: "c",
          payload: '{"k":1}',
          badge: 1,
          sound: "ding",
          channelId: "ch",
        },
        security: { checkSensitive: true, checkSpam: true, encryption: "none", sign: "s" },
        callback: {
          enable: true,
          url: "https://cb",
          events: ["delivered", "read"],
          timeout: 500,
          retry: { maxTimes: 3, interval: 10 },
          security: { token: "tok", signType: "hmac" },
        },
      },
      options: {
        bizType: "order",
        bizId: "7",
        conversation: { top: true, mute: false, unread: true },
        custom: '{"x":true}',
        extra: "plain",
      },
    },
  },
  {
    name: "empty parts are not absent ones",
    envelope: {
      direction: 1,
      cmd: CMD.customChat,
      header: { localId: "e" },
      route: {},
      content: { mentions: {}, quote: {} },
      control: { push: {}, callback: { retry: {}, security: {} }, security: {} },
      options: { conversation: {} },
    },
  },
  {
    name: "the default of a field whose default isn't zero, and conversation 0",
    envelope: {
      direction: 1,
      cmd: CMD.strangerChat,
      header: { localId: "z", timestamp: 0 },
      route: { conversationId: 0 },
      control: { persistent: true, needReceipt: true, syncDevice: false },
    },
  },
  {
    name: "JSON text in extension",
    envelope: { direction: 1, cmd: 1, content: { extension: '{"a":[1,null]}' } },
  },
  { name: "heartbeat", envelope: { direction: 1, cmd: 0 } },
  {
    name: "a message type and a command that no server knows",
    envelope: { direction: 1, cmd: 4_294_967_295, route: { type: 4_294_967_295 } },
  },
  request("sync of the own log", CMD.syncMsg, { epoch: "e1", pts: 0, limit: 500 }),
  request("sync of a wide log", CMD.syncMsg, { epoch: "e1", conversationPts: CONVERSATION }),
  request("conversation list", CMD.syncConversation, { cursor: "c", limit: 20 }),
  request("history from the first message", CMD.conversationSync, { fromSeq: 0, limit: 7 }),
  request("history backward", CMD.conversationSync, { fromSeq: 99, limit: 7, backward: true }),
  request("receipt", CMD.receipt, { pts: 17 }),
  request("read up to the first message", CMD.read, { seq: 0 }),
  request("read all", CMD.readAll, {}),
  request("unread from here", CMD.readCancel, { seq: 3 }),
  request("recall", CMD.recall, { messageId: MESSAGE }),
  request("delete", CMD.delete, { messageIds: ["0", "1", "9007199254740993", MOST], forAll: true }),
  {
    name: "edit carries the new content beside its data",
    envelope: {
      direction: 1,
      cmd: CMD.edit,
      header: { localId: "ed" },
      route: { conversationId: 5 },
      content: { text: "new", data: { messageId: MESSAGE } },
    },
  },
  request("reaction", CMD.reaction, { messageId: MESSAGE, reaction: "👍", remove: true }),
  request("a device for offline pushes", CMD.pushToken, {
    provider: "webpush",
    token: "https://push.example/1",
    app: "example.choir",
    p256dh: "BP4z",
    auth: "k8JV",
    remove: true,
  }),
  request("who is online", CMD.userOnline, { watch: ["a"], cursor: "2" }),
  request("friend request", CMD.friendAdd, { userId: "bob", message: "hi" }),
  request("friend refusal", CMD.friendAdd, { requestId: "r", accept: false }),
  request("friend delete", CMD.friendDelete, { userId: "bob" }),
  request("friend remark", CMD.friendUpdate, { userId: "bob", remark: "Bobby" }),
  request("friend unblock", CMD.friendBlock, { userId: "bob", blocked: false }),
  request("who is offline too", CMD.userOnline, { offline: true, unwatch: true }),
  {
    name: "to the background",
    envelope: { direction: 1, cmd: CMD.userOffline, header: { localId: "bg" } },
  },
  request("typing", CMD.typingStatus, {}),
  request("typing cancelled", CMD.typingCancel, {}),
  request("call", CMD.webrtcInvite, {
    callId: "c1",
    callType: 2,
    mediaType: "av",
    sdp: "v=0\r\n",
    candidates: ['{"candidate":"x"}', "y"],
    answerType: 1,
    status: 2,
    duration: 3,
    reason: "r",
  }),
  request("screen share ended", CMD.screenShareStop, { callId: "c2", reason: "done" }),
];

function request(name: string, cmd: number, data: Data): Case {
  const header = { localId: `r${cmd}` };
  return {
    name,
    envelope: { direction: 1, cmd, header, route: { conversationId: 5 }, content: { data } },
  };
}

export const RESPONSES: readonly Case[] = [
  {
    name: "the answer to a first send",
    envelope: {
      direction: 2,
      cmd: CMD.singleChat,
      header: { localId: "a-1" },
      route: { conversationId: 123, conversationType: 1 },
      response: { code: 200, message: "ok" },
      messageExtra: { messageId: MESSAGE, conversationSeq: 0, timestamp: AT, pts: 1 },
    },
  },
  {
    name: "the answer to a send that was known, in a wide conversation",
    envelope: {
      direction: 2,
      cmd: CMD.groupChat,
      header: { localId: "a-1" },
      route: { conversationId: CONVERSATION, conversationType: 5 },
      response: { code: 200 },
      messageExtra: {
        messageId: MOST,
        conversationSeq: CONVERSATION,
        conversationPts: 9,
        timestamp: AT,
        duplicate: true,
      },
    },
  },
  {
    name: "refusal of a frame that can't be read",
    envelope: {
      direction: 2,
      cmd: CMD.error,
      response: { code: 1004, message: "route.to: not a string" },
    },
  },
  response("heartbeat at pts 0", CMD.heartbeat, { pts: 0, serverTime: AT }),
  response("a page of the own log", CMD.syncMsg, {
    events: [
      {
        direction: 3,
        cmd: CMD.singleChat,
        route: { conversationId: 1, from: "bob" },
        content: { text: "one" },
        messageExtra: { messageId: MESSAGE, conversationSeq: 0, pts: 1 },
      },
      {
        direction: 3,
        cmd: CMD.read,
        header: { localId: "own" },
        route: { conversationId: 1 },
        content: { data: { seq: 0 } },
        messageExtra: { pts: 2 },
      },
    ],
    pts: 2,
    final: true,
    epoch: "e1",
  }),
  response("a page of a wide log", CMD.syncMsg, { conversationPts: 0, final: true, reset: true }),
  response("conversations, none read and nothing there", CMD.syncConversation, {
    conversations: [
      { conversationId: 1, conversationType: 1, lastSeq: -1, readSeq: -1 },
      {
        conversationId: CONVERSATION,
        conversationType: 5,
        lastSeq: CONVERSATION,
        readSeq: 0,
        unread: 4,
        unreadMentions: 1,
        conversationPts: 0,
        top: true,
        mute: true,
        last: { direction: 3, cmd: 2, content: { text: "last" }, messageExtra: { pts: 3 } },
      },
    ],
    cursor: "next",
    final: true,
  }),
  response("history with a tombstone", CMD.conversationSync, {
    messages: [
      { direction: 3, cmd: 1, messageExtra: { conversationSeq: 0, hidden: true } },
      { direction: 3, cmd: 1, content: { text: "x" }, messageExtra: { conversationSeq: 1 } },
    ],
    final: true,
  }),
  response("a group was made", CMD.groupCreate, { conversationId: CONVERSATION }),
  response("a request waits for a decision", CMD.groupJoin, { requestId: "7" }),
  response("a page of the members of a group", CMD.syncGroup, {
    group: {
      name: "team",
      avatar: "a.png",
      announcement: "hi",
      joinMode: "approval",
      owner: "a",
      memberCount: 3,
      mutedUntil: 0,
      dissolved: true,
    },
    members: [
      { userId: "a", nickname: "A", avatar: "b.png", role: 2, mutedUntil: AT, joinedAt: AT },
      { userId: "b", mutedUntil: 0 },
    ],
    removed: ["c"],
    version: 0,
    cursor: "1.2.3",
    final: true,
    reset: true,
  }),
  response("a page of requests", CMD.syncGroup, {
    requests: [
      { requestId: "7", userId: "d", nickname: "D", avatar: "d.png", message: "m", createdAt: AT },
    ],
    final: true,
  }),
  response("users online", CMD.userOnline, {
    users: [{ userId: "a", devices: ["im_web", "im_pc_mac"], lastSeen: AT }, { userId: "b" }],
    cursor: "n",
  }),
  response("users online, one in the background", CMD.userOnline, {
    users: [{ userId: "a", devices: ["im_web", "im_app_ios"], background: ["im_app_ios"] }],
  }),
  response("a friend request was made", CMD.friendAdd, { requestId: "r-1" }),
];

function response(name: string, cmd: number, data: Data): Case {
  const header = { localId: `q${cmd}` };
  return { name, envelope: { direction: 2, cmd, header, response: { code: 200, data } } };
}

export const PUSHES: readonly Case[] = [
  push("greeting of a user who has received nothing", CMD.heartbeat, {
    epoch: "e1",
    pts: 0,
    heartbeatMs: 30_000,
    generation: 1,
    serverTime: AT,
    userId: "alice",
  }),
  push("hint of the own log", CMD.syncMsg, { pts: 12 }),
  push("hint of a wide log", CMD.syncMsg, { conversationId: CONVERSATION, conversationPts: 4 }),
  push("turning wide", CMD.conversationUpdate, { wide: true, conversationPts: 0 }),
  push("read by the user elsewhere", CMD.read, { seq: 0 }),
  push("a member left", CMD.groupLeave, { userIds: ["c"] }),
  push("a user came online", CMD.userOnline, {
    userId: "a",
    devices: ["im_web"],
    background: ["im_web"],
    lastSeen: AT,
  }),
  push("a user left", CMD.userOffline, { userId: "a", lastSeen: AT }),
  push("an invitation that stands for a while", CMD.webrtcInvite, { callId: "c3", ttl: 30 }),
  push("a recall", CMD.recall, { messageId: MESSAGE }),
  {
    name: "a message with everything that a push says",
    envelope: {
      direction: 3,
      cmd: CMD.groupChat,
      header: { localId: "own" },
      route: {
        type: 1,
        conversationId: 7,
        conversationType: 2,
        from: "bob",
        source: "websocket",
      },
      content: { text: "hi" },
      options: { custom: "{}" },
      messageExtra: {
        messageId: "9007199254740993",
        conversationSeq: 0,
        timestamp: AT,
        mentionedAll: true,
        senderNickname: "Bob",
        senderAvatar: "a.png",
        silent: true,
        duplicate: true,
        mentioned: true,
        pts: 1,
      },
    },
  },
];

function push(name: string, cmd: number, data: Data): Case {
  const route = { conversationId: 6, source: "system" };
  return {
    name,
    envelope: { direction: 3, cmd, route, content: { data }, messageExtra: { pts: 4 } },
  };
}
