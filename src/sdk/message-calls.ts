/** What is done to messages, and what is known about them. */
import { CMD } from "../wire/commands.ts";
import type { Content, Control, Envelope } from "../wire/envelope.ts";
import { textOf } from "./data.ts";
import { type Id, type Request, withData } from "./requests.ts";

export interface ScheduledMessage {
  scheduleId: string;
  sendAt: number;
  failed?: boolean;
  message: Envelope;
}

interface PageOptions {
  cursor?: string;
  limit?: number;
}

export function messageCalls(request: Request) {
  return {
    recall: (conversationId: Id, messageId: string) =>
      request(CMD.recall, { conversationId, data: { messageId } }),

    edit: (conversationId: Id, messageId: string, content: Content, control: Control = {}) =>
      request(CMD.edit, { conversationId, content, control, data: { messageId } }),

    /** For oneself, or `forAll` as a recall. */
    deleteMessages: (conversationId: Id, messageIds: string[], forAll = false) =>
      request(CMD.delete, { conversationId, data: { messageIds, forAll } }),

    react: (conversationId: Id, messageId: string, reaction: string, remove = false) =>
      request(CMD.reaction, { conversationId, data: { messageId, reaction, remove } }),

    pin: (conversationId: Id, messageId: string, remove = false) =>
      request(CMD.pin, { conversationId, data: { messageId, remove } }),

    async pins(conversationId: Id) {
      const answer = await request(CMD.pinList, { conversationId });
      return withData(answer, { messages: (answer.data["messages"] ?? []) as Envelope[] });
    },

    /** What an edited message said, version by version; 0 is what was sent. */
    async versions(
      conversationId: Id,
      messageId: string,
      options: { fromVersion?: number; limit?: number } = {},
    ) {
      const data = { messageId, ...options };
      const answer = await request(CMD.editList, { conversationId, data });
      const versions = (answer.data["versions"] ?? []) as Envelope[];
      return withData(answer, { versions, final: answer.data["final"] === true });
    },

    ...readCalls(request),
    ...scheduledCalls(request),
  };
}

function readCalls(request: Request) {
  return {
    read: (conversationId: Id, seq: number) => request(CMD.read, { conversationId, data: { seq } }),

    readAll: () => request(CMD.readAll),

    /** Unread again from `seq` on. */
    unread: (conversationId: Id, seq: number) =>
      request(CMD.readCancel, { conversationId, data: { seq } }),

    /** This device has everything of the own log up to `pts`. */
    received: (pts: number) => request(CMD.receipt, { data: { pts } }),

    /** Who has read a message. */
    async readers(conversationId: Id, messageId: string, options: PageOptions = {}) {
      const data = { messageId, ...options };
      const answer = await request(CMD.readerList, { conversationId, data });
      const userIds = (answer.data["userIds"] ?? []) as string[];
      const final = answer.data["final"] === true;
      return withData(answer, { userIds, cursor: textOf(answer.data, "cursor"), final });
    },
  };
}

function scheduledCalls(request: Request) {
  return {
    /** Messages that were sent with `control.sendAt` and wait for it. */
    async scheduled(options: PageOptions = {}) {
      const answer = await request(CMD.scheduled, { data: { ...options } });
      const messages = (answer.data["messages"] ?? []) as ScheduledMessage[];
      const final = answer.data["final"] === true;
      return withData(answer, { messages, cursor: textOf(answer.data, "cursor"), final });
    },

    cancelScheduled: (scheduleId: string) =>
      request(CMD.scheduled, { data: { cancel: scheduleId } }),
  };
}
