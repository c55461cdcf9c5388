/** The commands by name: what the application asks for beside sending. */
import { CMD } from "../wire/commands.ts";
import type { Data, Envelope } from "../wire/envelope.ts";
import { numberOf, textOf } from "./data.ts";
import { messageCalls } from "./message-calls.ts";
import { type Id, type Request, withData } from "./requests.ts";
import { signalCalls } from "./signal-calls.ts";
import { type Conversation, readConversations } from "./sync.ts";

export interface HistoryOptions {
  /** Inclusive; absent: from the newest backward, or from seq 0 forward. */
  fromSeq?: number;
  limit?: number;
  backward?: boolean;
}

export interface GroupOptions {
  name: string;
  memberIds: string[];
  /** 2 GROUP (default), 4 CHANNEL, 5 MILLION_GROUP. */
  conversationType?: number;
  joinMode?: "free" | "approval" | "invite";
}

export type Calls = ReturnType<typeof createCalls>;

export function createCalls(request: Request) {
  return {
    ...conversationCalls(request),
    ...messageCalls(request),
    groups: groupCalls(request),
    friends: friendCalls(request),
    ...signalCalls(request),
  };
}

function conversationCalls(request: Request) {
  return {
    async history(conversationId: Id, options: HistoryOptions = {}) {
      const answer = await request(CMD.conversationSync, { conversationId, data: { ...options } });
      const messages = (answer.data["messages"] ?? []) as Envelope[];
      return withData(answer, { messages, final: answer.data["final"] === true });
    },

    /** One page, newest first; go on with the page's `cursor` until it is `final`. */
    async conversations(options: { cursor?: string; limit?: number } = {}) {
      const answer = await request(CMD.syncConversation, { data: { ...options } });
      const page: { conversations: Conversation[]; cursor: string; final: boolean } =
        readConversations(answer.data);
      return withData(answer, page);
    },
  };
}

function groupCalls(request: Request) {
  return {
    async create(options: GroupOptions) {
      const answer = await request(CMD.groupCreate, { data: { conversationType: 2, ...options } });
      return withData(answer, { conversationId: numberOf(answer.data, "conversationId", 0) });
    },

    /** Without `userIds` the caller joins. */
    join: (conversationId: Id, userIds?: string[]) =>
      request(CMD.groupJoin, { conversationId, data: members(userIds) }),

    /** Without `userIds` the caller leaves. */
    leave: (conversationId: Id, userIds?: string[]) =>
      request(CMD.groupLeave, { conversationId, data: members(userIds) }),

    dismiss: (conversationId: Id) => request(CMD.groupDismiss, { conversationId, data: {} }),

    update: (conversationId: Id, changes: Data) =>
      request(CMD.groupUpdate, { conversationId, data: changes }),

    /** `until` in ms since 1970, 0 ends it; without `userIds` everyone. */
    mute: (conversationId: Id, until: number, userIds?: string[]) =>
      request(CMD.groupMute, { conversationId, data: { ...members(userIds), until } }),
  };
}

function friendCalls(request: Request) {
  return {
    async add(userId: string, message = "") {
      const answer = await request(CMD.friendAdd, { data: { userId, message } });
      return withData(answer, { requestId: textOf(answer.data, "requestId") });
    },

    answer: (requestId: string, accept: boolean) =>
      request(CMD.friendAdd, { data: { requestId, accept } }),

    delete: (userId: string) => request(CMD.friendDelete, { data: { userId } }),

    update: (userId: string, remark: string) =>
      request(CMD.friendUpdate, { data: { userId, remark } }),

    block: (userId: string, blocked = true) =>
      request(CMD.friendBlock, { data: { userId, blocked } }),
  };
}

function members(userIds: string[] | undefined): Data {
  return userIds === undefined ? {} : { userIds };
}
