/** What is shown on a device that is away, and how a provider answers for it. */
import type { PushToken } from "../store/push-tokens.ts";

export interface PushNote {
  title: string;
  body: string;
  /** Unread of all conversations of the user. */
  badge: number;
  sound: string;
  channelId: string;
  /** JSON text, or "". */
  payload: string;
  conversationId: string;
  conversationType: number;
  messageId: string;
  from: string;
}

/**
 * `invalid`: the token is nobody's any more; `later`: try again; `refused`: no attempt would help.
 */
export type PushResult = "taken" | "invalid" | "later" | "refused";

export interface PushProvider {
  /** Never rejects. */
  send(token: PushToken, note: PushNote): Promise<PushResult>;
  close?(): void;
}

export const PUSH_TIMEOUT_MS = 10_000;
/** A push that a device can't be given within a day is dropped by the provider. */
export const PUSH_TTL_SECONDS = 86_400;

/** What most providers mean by a status. */
export function resultOf(status: number): PushResult {
  if (status >= 200 && status < 300) return "taken";
  if (status === 404 || status === 410) return "invalid";
  return status === 408 || status === 429 || status >= 500 ? "later" : "refused";
}

/** One notification a conversation: a later one takes the place of an earlier one. */
export function collapseKey(note: PushNote): string {
  return `c${note.conversationId}`;
}

/** What an app needs to open the conversation, all of it text. */
export function noteData(note: PushNote): Record<string, string> {
  const { conversationId, messageId, from, payload } = note;
  return {
    conversationId,
    conversationType: String(note.conversationType),
    messageId,
    from,
    ...(payload === "" ? {} : { payload }),
  };
}
