/** Golden vectors of what is done to messages, and of what is asked about them. */
import { CMD } from "../../src/wire/commands.ts";
import type { Data } from "../../src/wire/envelope.ts";
import type { Case } from "./cases.ts";

const MESSAGE = "1234567890123456789";
const AT = 1795212345678;
const SAID = {
  direction: 3,
  cmd: CMD.groupChat,
  route: { type: 1, conversationId: 7, conversationType: 2, from: "bob" },
  content: { text: "hi" },
  messageExtra: { messageId: MESSAGE, conversationSeq: 0, timestamp: AT },
};

export const MESSAGE_REQUESTS: readonly Case[] = [
  request("pin", CMD.pin, { messageId: MESSAGE, remove: true }),
  request("what is pinned", CMD.pinList, {}),
  request("versions", CMD.editList, { messageId: MESSAGE, fromVersion: 2, limit: 3 }),
  request("who has read it", CMD.readerList, { messageId: MESSAGE, cursor: "9", limit: 2 }),
  request("scheduled ones", CMD.scheduled, { cursor: "4", limit: 5 }),
  request("no longer scheduled", CMD.scheduled, { cancel: "8" }),
  {
    name: "a message for later that hands others on",
    envelope: {
      direction: 1,
      cmd: CMD.singleChat,
      header: { localId: "f" },
      route: { type: 23, to: "bob" },
      content: { data: { fromConversationId: 7, messageIds: [MESSAGE, "0"] } },
      control: { sendAt: AT },
    },
  },
];

export const MESSAGE_RESPONSES: readonly Case[] = [
  response("put off", CMD.groupChat, { scheduleId: "3", sendAt: AT }),
  response("pinned", CMD.pinList, { messages: [SAID] }),
  response("versions", CMD.editList, { versions: [SAID], final: true }),
  response("readers", CMD.readerList, { userIds: ["bob"], cursor: "9", final: true }),
  response("scheduled", CMD.scheduled, {
    messages: [{ scheduleId: "3", sendAt: AT, failed: true, message: SAID }],
    cursor: "4",
    final: true,
  }),
];

export const MESSAGE_PUSHES: readonly Case[] = [
  push("handed on", CMD.singleChat, {
    fromConversationId: 7,
    messageIds: [MESSAGE],
    messages: [SAID],
  }),
  push("all read", CMD.readAll, { conversations: [{ conversationId: 7, seq: 0 }] }),
  push("a reaction", CMD.reaction, { messageId: MESSAGE, reaction: "👍", count: 2 }),
  push("an edit", CMD.edit, { messageId: MESSAGE, version: 2 }),
  {
    name: "recalled, edited, reacted to",
    envelope: {
      ...SAID,
      messageExtra: {
        messageId: MESSAGE,
        conversationSeq: 0,
        hidden: true,
        recalled: true,
        version: 3,
        reactions: [
          { reaction: "👍", count: 2, mine: true },
          { reaction: "x", count: 1 },
        ],
      },
    },
  },
];

function request(name: string, cmd: number, data: Data): Case {
  const header = { localId: `m${cmd}` };
  return {
    name,
    envelope: { direction: 1, cmd, header, route: { conversationId: 5 }, content: { data } },
  };
}

function response(name: string, cmd: number, data: Data): Case {
  const header = { localId: `m${cmd}` };
  return { name, envelope: { direction: 2, cmd, header, response: { code: 200, data } } };
}

function push(name: string, cmd: number, data: Data): Case {
  const route = { conversationId: 6 };
  return {
    name,
    envelope: { direction: 3, cmd, route, content: { data }, messageExtra: { pts: 4 } },
  };
}
