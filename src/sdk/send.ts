/** A send: what the application says, the frame made of it, and what came of it. */
import { CMD } from "../wire/commands.ts";
import {
  type Content,
  type Control,
  DIRECTION,
  type Envelope,
  type Options,
} from "../wire/envelope.ts";
import { CODE, CODE_TEXT } from "../wire/errors.ts";
import type { Answer } from "./connection.ts";
import { chatCommand } from "../wire/policy.ts";

const KIND_COMMAND = {
  single: CMD.singleChat,
  group: CMD.groupChat,
  chatroom: CMD.chatroomChat,
  broadcast: CMD.broadcast,
  custom: CMD.customChat,
  stranger: CMD.strangerChat,
} as const;

export type SendKind = keyof typeof KIND_COMMAND;

export interface SendOptions {
  /** User id: enough for a one-to-one send. */
  to?: string;
  conversationId?: number | string;
  /** Default: `single` with `to`, else `group`. */
  kind?: SendKind;
  /** In place of `kind`. */
  cmd?: number;
  /** Short for `content: { text }`. */
  text?: string;
  content?: Content;
  /** Message type, default 1 TEXT. */
  type?: number;
  /** Only these members of a group see it. */
  target?: string[];
  control?: Control;
  options?: Options;
  /** The idempotency key, for an application that keeps its own; made up otherwise. */
  localId?: string;
}

/** Of `ok` sends the server's numbers; else a code of the protocol's table and what is wrong. */
export interface SendResult {
  ok: boolean;
  code: number;
  message: string;
  localId: string;
  messageId?: string;
  conversationId?: number;
  conversationType?: number;
  seq?: number;
  pts?: number;
  conversationPts?: number;
  /** Milliseconds since 1970, the server's clock. */
  timestamp?: number;
  /** The server knew it from before: an answer was lost on the way, not the message. */
  duplicate: boolean;
}

export interface Sender {
  deviceId: string | undefined;
  now: number;
}

export function sendEnvelope(options: SendOptions, localId: string, sender: Sender): Envelope {
  const kind = options.kind ?? (options.to === undefined ? "group" : "single");
  const content = { ...options.content };
  if (options.text !== undefined) content.text = options.text;
  const envelope: Envelope = {
    direction: DIRECTION.request,
    cmd: options.cmd ?? KIND_COMMAND[kind],
    header: { version: 1, localId, timestamp: Math.floor(sender.now) },
    route: { type: options.type ?? 1 },
    content,
  };
  if (sender.deviceId !== undefined) envelope.header = withDevice(envelope, sender.deviceId);
  const route = envelope.route ?? {};
  if (options.to !== undefined) route.to = options.to;
  if (options.conversationId !== undefined) route.conversationId = Number(options.conversationId);
  if (options.target !== undefined) route.target = options.target;
  if (options.control !== undefined) envelope.control = options.control;
  if (options.options !== undefined) envelope.options = options.options;
  return envelope;
}

function withDevice(envelope: Envelope, deviceId: string) {
  return { ...envelope.header, deviceId };
}

/** What came of it, from the server's answer. */
export function sendResult(localId: string, answer: Answer): SendResult {
  if (answer === "lost") {
    return failedSend(localId, CODE.outcomeUnknown, "the connection was lost before the answer");
  }
  if (answer === "late") return failedSend(localId, CODE.outcomeUnknown, "no answer came");
  const { code = CODE.internal, message } = answer.response ?? {};
  const extra = answer.messageExtra;
  const result = failedSend(localId, code, message ?? "");
  result.ok = code === CODE.ok;
  if (answer.route?.conversationId !== undefined) {
    result.conversationId = answer.route.conversationId;
  }
  if (answer.route?.conversationType !== undefined) {
    result.conversationType = answer.route.conversationType;
  }
  if (extra === undefined) return result;
  if (extra.messageId !== undefined) result.messageId = extra.messageId;
  if (extra.conversationSeq !== undefined) result.seq = extra.conversationSeq;
  if (extra.pts !== undefined) result.pts = extra.pts;
  if (extra.conversationPts !== undefined) result.conversationPts = extra.conversationPts;
  if (extra.timestamp !== undefined) result.timestamp = extra.timestamp;
  result.duplicate = extra.duplicate === true;
  return result;
}

export function failedSend(localId: string, code: number, message: string): SendResult {
  const text = message === "" ? (CODE_TEXT[code] ?? "") : message;
  return { ok: false, code, message: text, localId, duplicate: false };
}

/**
 * The event that a request became, as the sender's other connections are pushed it: the answer
 * carries its numbers, and the rest is what was sent.
 */
export function ownEvent(request: Envelope, answer: Envelope, userId: string): Envelope {
  const type = answer.route?.conversationType ?? 0;
  const isSend = request.cmd >= CMD.singleChat && request.cmd <= CMD.strangerChat;
  const cmd = isSend ? (chatCommand(type) ?? request.cmd) : request.cmd;
  const event: Envelope = {
    direction: DIRECTION.push,
    cmd: isSend && type === 0 ? request.cmd : cmd,
    header: { localId: request.header?.localId ?? "" },
    route: { ...request.route, ...answer.route, from: userId, source: "websocket" },
  };
  delete event.route?.to;
  if (request.content !== undefined) event.content = request.content;
  if (request.options !== undefined) event.options = request.options;
  if (answer.messageExtra !== undefined) event.messageExtra = answer.messageExtra;
  return event;
}
