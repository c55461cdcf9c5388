/** Conversations as this user has them, and the settings that his devices share. */
import { CMD } from "../wire/commands.ts";
import { numberOf, textOf } from "./data.ts";
import { type Id, type Request, withData } from "./requests.ts";

export function ownConversationCalls(request: Request) {
  return {
    /** Opens the conversation with a user without a message. */
    async openConversation(userId: string) {
      const answer = await request(CMD.conversationCreate, { data: { userId } });
      return withData(answer, { conversationId: numberOf(answer.data, "conversationId", 0) });
    },

    /** Out of the list until the next message. */
    hideConversation: (conversationId: Id) =>
      request(CMD.conversationDelete, { conversationId, data: {} }),

    /** The same, and what lies before is gone for this user. */
    clearConversation: (conversationId: Id) =>
      request(CMD.conversationDelete, { conversationId, data: { clear: true } }),

    setConversation: (conversationId: Id, settings: { top?: boolean; mute?: boolean }) =>
      request(CMD.conversationUpdate, { conversationId, data: { ...settings } }),
  };
}

export function settingCalls(request: Request) {
  /** Answers all settings; an empty value removes one. */
  const set = async (settings: Readonly<Record<string, string>>) => {
    const named = Object.entries(settings).map(([key, value]) => ({ key, value }));
    const answer = await request(CMD.userSetting, { data: { settings: named } });
    const given = (answer.data["settings"] ?? []) as Record<string, unknown>[];
    return withData(
      answer,
      new Map(given.map((one) => [textOf(one, "key"), textOf(one, "value")])),
    );
  };
  return { set, get: () => set({}) };
}
