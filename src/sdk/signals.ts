/** What is pushed and not stored, as the application hears of it. */
import { CMD, isSignal } from "../wire/commands.ts";
import type { Data, Envelope } from "../wire/envelope.ts";
import { textOf } from "./data.ts";

export interface PresenceEvent {
  userId: string;
  online: boolean;
  devices: string[];
  background: string[];
  /** Ms; of somebody who is online the time at which it was told. */
  lastSeen: number;
}

export interface TypingEvent {
  userId: string;
  /** Undefined where the two have no conversation yet. */
  conversationId: number | undefined;
  typing: boolean;
}

export interface CallEvent {
  /** 101 to 106, 111 to 113. */
  cmd: number;
  /** Who signals; the user himself where another of his devices has answered. */
  from: string;
  conversationId: number | undefined;
  call: Data;
}

type Signal =
  | { kind: "presence"; event: PresenceEvent }
  | { kind: "typing"; event: TypingEvent }
  | { kind: "call"; event: CallEvent };

/** Undefined for a push of another kind. */
export function signalOf({ cmd, route, content }: Envelope): Signal | undefined {
  if (!isSignal(cmd)) return undefined;
  const data = content?.data ?? {};
  const from = route?.from ?? "";
  const conversationId = route?.conversationId;
  if (cmd === CMD.typingStatus || cmd === CMD.typingCancel) {
    const typing = cmd === CMD.typingStatus;
    return { kind: "typing", event: { userId: from, conversationId, typing } };
  }
  if (cmd !== CMD.userOnline && cmd !== CMD.userOffline) {
    return { kind: "call", event: { cmd, from, conversationId, call: data } };
  }
  const lastSeen = typeof data["lastSeen"] === "number" ? data["lastSeen"] : 0;
  const online = cmd === CMD.userOnline;
  const devices = (data["devices"] ?? []) as string[];
  const background = (data["background"] ?? []) as string[];
  const userId = textOf(data, "userId");
  return { kind: "presence", event: { userId, online, devices, background, lastSeen } };
}
