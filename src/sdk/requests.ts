/** Any command and its answer, as a value with a code; nothing is thrown for a refusal. */
import {
  type Content,
  type Control,
  type Data,
  DIRECTION,
  type Envelope,
  type Route,
} from "../wire/envelope.ts";
import { CODE, CODE_TEXT } from "../wire/errors.ts";
import type { Answer } from "./connection.ts";

export interface RequestOptions {
  conversationId?: number | string;
  to?: string;
  data?: Data;
  /** What else the content has, as of an edit. */
  content?: Content;
  route?: Route;
  control?: Control;
  localId?: string;
}

export interface Reply<Value = Data> {
  ok: boolean;
  code: number;
  message: string;
  /** Of a refusal its defaults, so that a caller who doesn't mind refusals need not look. */
  data: Value;
  /** The answer itself; absent when none came. */
  envelope?: Envelope;
}

export function requestEnvelope(
  cmd: number,
  options: RequestOptions,
  localId: string,
  now: number,
): Envelope {
  const header = { version: 1, localId, timestamp: Math.floor(now) };
  const envelope: Envelope = { direction: DIRECTION.request, cmd, header };
  const route = { ...options.route };
  if (options.conversationId !== undefined) route.conversationId = Number(options.conversationId);
  if (options.to !== undefined) route.to = options.to;
  if (Object.keys(route).length > 0) envelope.route = route;
  const content = { ...options.content };
  if (options.data !== undefined) content.data = options.data;
  if (Object.keys(content).length > 0) envelope.content = content;
  if (Object.keys(options.control ?? {}).length > 0) envelope.control = { ...options.control };
  return envelope;
}

export function reply(answer: Answer): Reply {
  if (answer === "lost") return refused(CODE.outcomeUnknown, "the connection was lost");
  if (answer === "late") return refused(CODE.outcomeUnknown, "no answer came");
  const { code = CODE.internal, message = "", data = {} } = answer.response ?? {};
  return { ok: code === CODE.ok, code, message, data, envelope: answer };
}

export function refused(code: number, message: string): Reply {
  return { ok: false, code, message: message || (CODE_TEXT[code] ?? ""), data: {} };
}

/** Asks the server; what the calls by name are made of. */
export type Request = (cmd: number, options?: RequestOptions) => Promise<Reply>;
export type Id = number | string;

/** An answer with its data read. */
export function withData<Value>(answer: Reply, data: Value): Reply<Value> {
  return { ...answer, data };
}
