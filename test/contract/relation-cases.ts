/** Golden vectors of relations, of conversations as one user has them, and of settings. */
import { CMD } from "../../src/wire/commands.ts";
import type { Data } from "../../src/wire/envelope.ts";
import type { Case } from "./cases.ts";

const AT = 1795212345678;

export const RELATION_REQUESTS: readonly Case[] = [
  request("block of a user", CMD.userBlock, { userId: "eve" }),
  request("conversation opened", CMD.conversationCreate, { userId: "bob" }),
  request("conversation hidden", CMD.conversationDelete, {}),
  request("conversation cleared", CMD.conversationDelete, { clear: true }),
  request("conversation pinned, no longer muted", CMD.conversationUpdate, {
    top: true,
    mute: false,
  }),
  request("mute of a user", CMD.userMute, { userId: "eve", until: AT }),
  request("settings read", CMD.userSetting, {}),
  request("settings set and removed", CMD.userSetting, {
    settings: [
      { key: "doNotDisturb", value: '{"from":"22:00","to":"07:00","timeZone":"UTC"}' },
      { key: "language" },
    ],
  }),
  request("friends from the beginning", CMD.syncFriend, { version: 0, limit: 50 }),
  request("open friend requests", CMD.syncFriend, { requests: true, cursor: "17" }),
];

export const RELATION_RESPONSES: readonly Case[] = [
  response("a conversation was opened", CMD.conversationCreate, { conversationId: 7 }),
  response("settings", CMD.userSetting, { settings: [{ key: "language", value: "de" }] }),
  response("friends, one of them gone", CMD.syncFriend, {
    friends: [
      {
        userId: "bob",
        nickname: "Bob",
        avatar: "b.png",
        friend: true,
        blocked: true,
        remark: "Bobby",
        version: 3,
      },
      { userId: "eve", deleted: true, version: 4 },
    ],
    version: 4,
    final: true,
  }),
  response("a friend list that begins anew", CMD.syncFriend, { version: 0, reset: true }),
  response("open friend requests", CMD.syncFriend, {
    requests: [
      {
        requestId: "17",
        userId: "bob",
        message: "hi",
        incoming: true,
        createdAt: AT,
        expiresAt: AT,
      },
    ],
    cursor: "17",
  }),
  response("a pair and a group in the list", CMD.syncConversation, {
    conversations: [
      { conversationId: 2, conversationType: 1, lastSeq: 0, readSeq: 0, peer: "bob", name: "Bob" },
      { conversationId: 3, conversationType: 2, lastSeq: 0, readSeq: -1, name: "Choir" },
    ],
    final: true,
  }),
];

export const RELATION_PUSHES: readonly Case[] = [
  push("a conversation's settings, not turning wide", CMD.conversationUpdate, {
    top: false,
    mute: true,
  }),
  push("a conversation hidden elsewhere", CMD.conversationDelete, { seq: 0 }),
  push("a friend request", CMD.friendAdd, { userId: "bob", message: "hi", requestId: "17" }),
  push("a friend request accepted", CMD.friendAdd, {
    userId: "bob",
    requestId: "17",
    accept: true,
  }),
  push("muted by an administrator", CMD.userMute, { userId: "eve", until: 0 }),
];

function request(name: string, cmd: number, data: Data): Case {
  const header = { localId: `r${cmd}` };
  const route = { conversationId: 5 };
  return { name, envelope: { direction: 1, cmd, header, route, content: { data } } };
}

function response(name: string, cmd: number, data: Data): Case {
  const header = { localId: `q${cmd}` };
  return { name, envelope: { direction: 2, cmd, header, response: { code: 200, data } } };
}

function push(name: string, cmd: number, data: Data): Case {
  const route = { conversationId: 6, source: "system" };
  const messageExtra = { pts: 4 };
  return { name, envelope: { direction: 3, cmd, route, content: { data }, messageExtra } };
}
