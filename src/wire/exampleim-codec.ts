/**
 * ExampleIM's own frames, for its clients: text, `{frameType, id, method, data}`. A request becomes
 * the envelope in JSON's shape (exampleim-request.ts), so that its fields are checked like all.
 * What such a client has no frame for (greeting, hints, events that are no messages) is "".
 */
import { answerText, idText } from "./answer.ts";
import { CMD, isChat } from "./commands.ts";
import { contentOf, onlyTextStart } from "./content-bytes.ts";
import { DIRECTION, type Envelope } from "./envelope.ts";
import { CODE } from "./errors.ts";
import { EXAMPLEIM_FRAME, parseRequest } from "./exampleim-request.ts";
import {
  type Codec,
  type Inbound,
  type PushFields,
  READ_IGNORED,
  type Slice,
  UNANSWERED,
} from "./frame.ts";
import { clearInbound } from "./inbound.ts";
import { startReading } from "./plain-fields.ts";
import { readEnvelope } from "./plain-read.ts";
import { readPlainRequest } from "./plain-request.ts";
import { MEMBERSHIP, POLICY } from "./policy.ts";
import { writeContent } from "./plain-write.ts";
import { utf8Decode } from "./utf8.ts";

const TEXT = 1;
const GROUP = 1;
const SINGLE = 2;

export function createExampleimCodec(): Codec<"exampleim"> {
  let push = "";

  return {
    framing: "exampleim",
    read,
    readStart: read,
    decode(frame) {
      const request = parseRequest(frame);
      if ("acknowledged" in request) return "an ack is no request";
      if ("code" in request) return request.problem;
      const reading = startReading("json", CMD.error);
      reading.request = true;
      const envelope = readEnvelope(request.plain, reading);
      if (envelope === undefined) return reading.problem;
      // No other framing has these here: commands/mark-chat.ts makes them a seq.
      const { messageIds } = request;
      return messageIds === undefined ? envelope : { ...envelope, content: { data: messageIds } };
    },
    encode: encodeResponse,
    encodePage: encodeResponse,
    beginPush(fields) {
      const id = fields.conversationId < 0 ? "" : String(fields.conversationId);
      push = exampleimPush(fields, { conversationId: id, recvId: id });
    },
    stampPush: () => push,
    encodeAnswer: (answer) => answerFrame(answer.localId, answer.code, answerText(answer)),
  };
}

function read(frame: string | Uint8Array, into: Inbound): number {
  clearInbound(into);
  const request = parseRequest(frame);
  if ("acknowledged" in request) {
    into.localId = request.acknowledged;
    return READ_IGNORED;
  }
  if ("code" in request) {
    into.direction = DIRECTION.request;
    into.localId = request.id;
    into.problem = request.problem;
    return request.code;
  }
  const code = readPlainRequest(request.plain, "json", into);
  into.silent = request.silent;
  into.byType = into.cmd === CMD.groupChat;
  return code;
}

/** Whether `recvId` and `conversationId` of a message depend on who reads it. */
export function isToOne(conversationType: number): boolean {
  const membership = POLICY[conversationType]?.membership ?? MEMBERSHIP.pair;
  return membership === MEMBERSHIP.pair || membership === MEMBERSHIP.server;
}

/** What ExampleIM calls the conversation of two users: their ids in ascending order. */
export function pairName(one: string, other: string): string {
  return one < other ? `${one}_${other}` : `${other}_${one}`;
}

/** The frame of a message, "" for an event that is none. */
export function exampleimPush(
  fields: PushFields,
  names: { conversationId: string; recvId: string },
): string {
  if (!isChat(fields.cmd)) return "";
  const { messageIdHigh: high, messageIdLow: low } = fields;
  const msg = {
    msgId: high === 0 && low === 0 ? "" : idText(high, low),
    mType: fields.type === TEXT ? 0 : fields.type,
    content: contentText(fields.content, fields.cmd),
    readRecords: {},
  };
  const data = {
    conversationId: names.conversationId,
    chatType: isToOne(fields.conversationType) ? SINGLE : GROUP,
    sendId: fields.from,
    recvId: names.recvId,
    sendTime: fields.timestamp,
    msg,
  };
  return JSON.stringify({ frameType: EXAMPLEIM_FRAME.data, formId: fields.from, data });
}

/** The text; of a content without one its JSON, since there is one string for all of it. */
function contentText(slice: Slice, cmd: number): string {
  if (slice.end === slice.start) return "";
  const start = onlyTextStart(slice);
  if (start >= 0) return utf8Decode(slice.bytes, start, slice.end);
  const content = contentOf(slice, cmd);
  if (content.text !== undefined && content.text !== "") return content.text;
  return JSON.stringify(writeContent(content, cmd, DIRECTION.push, "json"));
}

function encodeResponse({ direction, cmd, header, response }: Envelope): string {
  if (direction !== DIRECTION.response || response === undefined) return "";
  const localId = header?.localId ?? "";
  const { code, message = "", data } = response;
  if (code === CODE.ok && cmd === CMD.heartbeat) {
    const id = localId === "" ? {} : { id: localId };
    return JSON.stringify({ frameType: EXAMPLEIM_FRAME.ping, ...id });
  }
  if (code !== CODE.ok || cmd !== CMD.userOnline) return answerFrame(localId, code, message);
  if (localId.startsWith(UNANSWERED)) return "";
  const users = (data?.["users"] ?? []) as readonly { userId: string }[];
  const names = users.map(({ userId }) => userId);
  const formId = data?.["userId"] ?? "";
  return JSON.stringify({ frameType: EXAMPLEIM_FRAME.data, formId, data: names });
}

/** A refusal is told also where no answer was asked for: nothing is dropped in silence. */
function answerFrame(localId: string, code: number, message: string): string {
  const silent = localId.startsWith(UNANSWERED);
  const id = silent ? localId.slice(UNANSWERED.length) : localId;
  if (code !== CODE.ok) {
    const data = `${code} ${inTheirWords(message)}`;
    return JSON.stringify({ frameType: EXAMPLEIM_FRAME.error, id, data });
  }
  return silent ? "" : JSON.stringify({ frameType: EXAMPLEIM_FRAME.answer, id });
}

/** Where something is wrong, by the name that it has in their frames. */
const THEIR_NAMES: readonly (readonly [ours: string, theirs: string])[] = [
  ["header.localId", "id"],
  ["route.conversationId", "data.conversationId"],
  ["route.to", "data.recvId"],
  ["route.type", "mType"],
  ["content.text", "content"],
];

function inTheirWords(message: string): string {
  for (const [ours, theirs] of THEIR_NAMES) {
    if (message.startsWith(ours)) return theirs + message.slice(ours.length);
  }
  return message;
}
