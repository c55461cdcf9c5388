/** The commands by name: what the application asks for beside sending. */
import { CMD } from "../wire/commands.ts";
import type { Envelope } from "../wire/envelope.ts";
import { pushCalls } from "./push-calls.ts";
import { friendCalls } from "./friend-calls.ts";
import { groupCalls } from "./group-calls.ts";
import { messageCalls } from "./message-calls.ts";
import { type Id, type Request, withData } from "./requests.ts";
import { ownConversationCalls, settingCalls } from "./setting-calls.ts";
import { signalCalls } from "./signal-calls.ts";
import { type Conversation, readConversations } from "./sync.ts";

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
  };
}
