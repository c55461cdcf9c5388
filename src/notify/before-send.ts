/**
 * Asks the host application about a message before it is taken: allowed, refused with a reason, or
 * rewritten.
 */
import type { Clock } from "../base/clock.ts";
import type { Log } from "../base/log.ts";
import type { OutgoingHttp } from "../base/outgoing-http.ts";
import { signedHeaders } from "../base/signature.ts";
import type { AskBeforeSend, AskedMessage, Judgement } from "../filter/before-send.ts";
import { contentOf } from "../wire/content-bytes.ts";
import { DIRECTION } from "../wire/envelope.ts";
import { CODE, CODE_TEXT } from "../wire/errors.ts";
import { createInbound } from "../wire/inbound.ts";
import { readPlainRequest } from "../wire/plain-request.ts";
import { writeContent } from "../wire/plain-write.ts";

const ASKED_AT_ONCE_MAX = 512;
const ANSWER_BYTES_MAX = 256 << 10;
const REASON_CHARACTERS_MAX = 300;

const ALLOWED: Judgement = { code: 0, problem: "", content: undefined };
const NOT_ASKED: Judgement = {
  code: CODE.unavailable,
  problem: "the host application could not be asked",
  content: undefined,
};

export function askBeforeSend(parts: {
  outgoing: OutgoingHttp;
  clock: Clock;
  log: Log;
  url: string;
  secret: string;
  timeoutMs: number;
  /** Whether a message is taken that could not be asked about. */
  failOpen: boolean;
}): AskBeforeSend {
  const { outgoing, clock, log, url, secret, timeoutMs } = parts;
  const unasked = parts.failOpen ? ALLOWED : NOT_ASKED;
  let asked = 0;
  return async (message) => {
    if (asked >= ASKED_AT_ONCE_MAX) return unasked;
    asked += 1;
    try {
      const body = bodyOf(message, clock.wallMs());
      const headers = {
        "content-type": "application/json",
        "x-linnet-event": "message.beforeSend",
        ...signedHeaders(secret, clock.wallMs(), body),
      };
      const answerBytesMax = ANSWER_BYTES_MAX;
      const outcome = await outgoing.post({ url, body, headers, timeoutMs, answerBytesMax });
      const isAnswer = outcome.kind === "answer" && outcome.status === 200;
      const judgement = isAnswer
        ? judgementOf(Buffer.from(outcome.body).toString(), message)
        : undefined;
      if (judgement !== undefined) return judgement;
      const why = outcome.kind === "answer" ? `HTTP ${outcome.status}` : outcome.problem;
      log.warn({ why }, "the host application did not say whether a message may be sent");
      return unasked;
    } finally {
      asked -= 1;
    }
  };
}

function bodyOf(message: AskedMessage, at: number): string {
  const { cmd, type, from, conversationId, conversationType, deviceId, localId } = message;
  const { to, target, content } = message;
  return JSON.stringify({
    event: "message.beforeSend",
    at,
    cmd,
    type,
    from,
    deviceId,
    localId,
    conversationType,
    ...(conversationId > 0 ? { conversationId: String(conversationId) } : {}),
    ...(to === "" ? {} : { to }),
    ...(target.length === 0 ? {} : { target }),
    content: writeContent(contentOf(content, cmd), cmd, DIRECTION.request, "json"),
  });
}

/** Undefined: nothing that can be understood. */
function judgementOf(text: string, { cmd }: AskedMessage): Judgement | undefined {
  const answer = readObject(text);
  if (answer === undefined) return undefined;
  if (answer["action"] === "allow") return ALLOWED;
  if (answer["action"] === "refuse") {
    const reason = answer["message"];
    return {
      code: refusalCode(answer["code"]),
      problem: typeof reason === "string" ? reason.slice(0, REASON_CHARACTERS_MAX) : "",
      content: undefined,
    };
  }
  if (answer["action"] !== "rewrite") return undefined;
  const content = readContent(answer["content"], cmd);
  return content === undefined ? undefined : { ...ALLOWED, content };
}

/** A code of ours that says no for good. */
function refusalCode(given: unknown): number {
  const code = typeof given === "number" ? given : 0;
  const isOurs = CODE_TEXT[code] !== undefined && code >= 400;
  return isOurs && code !== CODE.unavailable && code !== CODE.outcomeUnknown
    ? code
    : CODE.contentRefused;
}

function readObject(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null
      ? (value as Record<string, unknown>)
      : undefined;
  } catch {
    return undefined;
  }
}

/** Read as a frame's content is, with all of its checks. */
function readContent(content: unknown, cmd: number): Uint8Array | undefined {
  if (content === undefined || content === null) return undefined;
  const inbound = createInbound();
  const frame = { direction: DIRECTION.request, cmd, header: { localId: "1" }, content };
  if (readPlainRequest(frame, "json", inbound) !== 0) return undefined;
  return inbound.content.bytes.slice(inbound.content.start, inbound.content.end);
}
