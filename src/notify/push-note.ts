/** What is shown on a device that is away, and how a provider answers for it. */
import type { PushToken } from "../store/push-tokens.ts";

export interface PushNote {
  title: string;
  body: string;
  /** Unread of all conversations of the user; undefined: as it is. */
  badge: number | undefined;
  sound: string;
  channelId: string;
  /** JSON text, or "". */
  payload: string;
  /** "" where a call is the first thing between two. */
  conversationId: string;
  conversationType: number;
  /** "" of a call. */
  messageId: string;
  from: string;
  /** Of an invitation to a call. */
  callId?: string;
  /** Of an invitation to a call: 1 audio, 2 video. */
  callType?: number;
  /** Seconds; absent: a day. */
  ttl?: number;
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
const PUSH_TTL_SECONDS = 86_400;

/** What most providers mean by a status. */
export function resultOf(status: number): PushResult {
  if (status >= 200 && status < 300) return "taken";
  if (status === 404 || status === 410) return "invalid";
  return status === 408 || status === 429 || status >= 500 ? "later" : "refused";
}

export function ttlSeconds({ ttl = PUSH_TTL_SECONDS }: PushNote): number {
  return Math.min(ttl, PUSH_TTL_SECONDS);
}

/**
 * One notification a conversation, and one a call: a later one takes the place of an earlier one.
 * Providers take 32 plain characters.
 */
export function collapseKey({ callId, conversationId }: PushNote): string {
  return callId === undefined ? `c${conversationId}` : `k${Bun.hash(callId).toString(36)}`;
}

/**
 * What an app needs to open the conversation, all of it text, by the same names from each provider:
 * FCM refuses a push with a `from`, which is a word of its own.
 */
export function noteData(note: PushNote): Record<string, string> {
  const { conversationId, messageId, from, payload, callId, callType } = note;
  return {
    conversationId,
    conversationType: String(note.conversationType),
    messageId,
    sender: from,
    ...(callId === undefined ? {} : { callId }),
    ...(callType === undefined ? {} : { callType: String(callType) }),
    ...(payload === "" ? {} : { payload }),
  };
}
