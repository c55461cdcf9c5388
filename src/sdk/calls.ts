/** The commands by name: what the application asks for beside sending. */
import { CMD } from "../wire/commands.ts";
import type { Content, Envelope } from "../wire/envelope.ts";
import { pushCalls } from "./push-calls.ts";
import { friendCalls } from "./friend-calls.ts";
import { groupCalls } from "./group-calls.ts";
import { type Reply, type RequestOptions, withData } from "./requests.ts";
import { ownConversationCalls, settingCalls } from "./setting-calls.ts";
import { signalCalls } from "./signal-calls.ts";
import { type Conversation, readConversations } from "./sync.ts";

export type Request = (cmd: number, options?: RequestOptions) => Promise<Reply>;
type Id = number | string;

export interface HistoryOptions {
  /** Inclusive; absent: from the newest backward, or from seq 0 forward. */
  fromSeq?: number;
  limit?: number;
  backward?: boolean;
  /** As many before `fromSeq` as after it. */
  around?: boolean;
}

export type Calls = ReturnType<typeof createCalls>;

export function createCalls(request: Request) {
  return {
    ...conversationCalls(request),
    ...messageCalls(request),
    ...pushCalls(request),
    ...ownConversationCalls(request),
    groups: groupCalls(request),
    friends: friendCalls(request),
    settings: settingCalls(request),
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

    read: (conversationId: Id, seq: number) => request(CMD.read, { conversationId, data: { seq } }),

    readAll: () => request(CMD.readAll),

    /** Unread again from `seq` on. */
    unread: (conversationId: Id, seq: number) =>
      request(CMD.readCancel, { conversationId, data: { seq } }),
  };
}

function messageCalls(request: Request) {
  return {
    recall: (conversationId: Id, messageId: string) =>
      request(CMD.recall, { conversationId, data: { messageId } }),

    edit: (conversationId: Id, messageId: string, content: Content) =>
      request(CMD.edit, { conversationId, content, data: { messageId } }),

    deleteMessages: (conversationId: Id, messageIds: string[], forAll = false) =>
      request(CMD.delete, { conversationId, data: { messageIds, forAll } }),

    react: (conversationId: Id, messageId: string, reaction: string, remove = false) =>
      request(CMD.reaction, { conversationId, data: { messageId, reaction, remove } }),
  };
}
