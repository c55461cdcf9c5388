/** The MessagePack framing: the JSON shape in binary frames, 64-bit ids as integers. */
import { Decoder, encode } from "@msgpack/msgpack";
import { answerText, hasNumbers, withList } from "./answer.ts";
import { CMD } from "./commands.ts";
import { contentOf, onlyTextStart, optionsOf } from "./content-bytes.ts";
import { DIRECTION, type Envelope } from "./envelope.ts";
import { CODE } from "./errors.ts";
import type { Codec, Inbound, PageEntry, PageList, PushFields, SendAnswer } from "./frame.ts";
import { clearInbound } from "./inbound.ts";
import { LIMIT } from "./limits.ts";
import { msgpackProblem } from "./msgpack-check.ts";
import {
  openMap,
  putInteger,
  putInteger64,
  putKey,
  putListHead,
  putText,
  putTextBytes,
  putTrue,
  putValue,
} from "./msgpack-write.ts";
import { startReading } from "./plain-fields.ts";
import { readEnvelope } from "./plain-read.ts";
import { readPlainRequest, readPlainStart } from "./plain-request.ts";
import { writeContent, writeEnvelope, writeShape } from "./plain-write.ts";
import { createScratch, putByte, putBytes, reserve, type Scratch } from "./scratch.ts";
import { OPTIONS } from "./shapes.ts";

export function createMsgpackCodec(): Codec {
  const decoder = createDecoder();
  const push = createScratch();
  const answer = createScratch(512);
  /** The head of messageExtra, its count without the parts that differ, and where those begin. */
  let extra = 0;
  let extraHead = 0;
  let shared = 0;

  const beginPush = (fields: PushFields): void => {
    push.at = 0;
    const map = writePushStart(push, fields);
    putKey(push, map, "messageExtra");
    extra = openMap(push);
    writeNumbers(push, extra, fields);
    extraHead = push.bytes[extra] as number;
    shared = push.at;
    reserve(push, TAIL_MAX);
  };
  const stampPush = (pts: number, mentioned: boolean): Scratch => {
    push.at = shared;
    push.bytes[extra] = extraHead;
    if (mentioned) {
      putKey(push, extra, "mentioned");
      putTrue(push);
    }
    if (pts >= 0) {
      putKey(push, extra, "pts");
      putInteger(push, pts);
    }
    return push;
  };

  return {
    framing: "msgpack",
    read: (frame, into) => readWith(readPlainRequest, decoder, frame, into),
    readStart: (frame, into) => readWith(readPlainStart, decoder, frame, into),
    decode(frame) {
      const problem = frameProblem(frame);
      if (problem !== "") return problem;
      const reading = startReading("msgpack", CMD.error);
      const value = parse(decoder, frame as Uint8Array);
      return readEnvelope(value, reading) ?? reading.problem;
    },
    encode(envelope) {
      return pack(writeEnvelope(envelope, "msgpack"));
    },
    encodePage(envelope, page) {
      return pageFrame(envelope, page, (entry) => {
        beginPush(entry.push);
        return stampPush(entry.pts, entry.mentioned);
      });
    },
    beginPush,
    stampPush,
    encodeAnswer(fields) {
      answer.at = 0;
      writeAnswer(answer, fields);
      return answer;
    },
  };
}

function pageFrame(
  envelope: Envelope,
  { name, entries }: PageList,
  pushOf: (entry: PageEntry) => Scratch,
): Uint8Array {
  const frame = pack(writeEnvelope(withList(envelope, name), "msgpack"));
  const listAt = emptyListAt(frame, name);
  const out = createScratch(PAGE_BYTES);
  putBytes(out, frame, 0, listAt);
  putListHead(out, entries.length);
  for (const entry of entries) {
    if ("push" in entry) {
      const { bytes, at } = pushOf(entry);
      putBytes(out, bytes, 0, at);
    } else putValue(out, pack(writeEnvelope(entry, "msgpack")));
  }
  putBytes(out, frame, listAt + 1, frame.length);
  return out.bytes.subarray(0, out.at);
}

/** About what a page of 500 short messages takes. */
const PAGE_BYTES = 1 << 17;

/**
 * Where the head of the list `name` stands. No text can look like the key with an empty list after
 * it: 0x90 follows no ASCII character in UTF-8.
 */
function emptyListAt(frame: Uint8Array, name: string): number {
  const key = createScratch(16);
  putText(key, name);
  putByte(key, EMPTY_LIST);
  let same = 0;
  let start = 0;
  for (; same < key.at && start < frame.length; start += 1) {
    same = 0;
    while (same < key.at && frame[start + same] === key.bytes[same]) same += 1;
  }
  return start + key.at - 2;
}

const EMPTY_LIST = 0x90;

/** The two keys, `true` and an integer. */
const TAIL_MAX = 32;

function createDecoder(): Decoder {
  const bytes = 1 << 20;
  return new Decoder({
    useBigInt64: true,
    maxStrLength: bytes,
    maxBinLength: bytes,
    maxArrayLength: bytes,
    maxMapLength: bytes,
    maxExtLength: bytes,
  });
}

function readWith(
  readPlain: typeof readPlainRequest,
  decoder: Decoder,
  frame: string | Uint8Array,
  into: Inbound,
): number {
  clearInbound(into);
  into.problem = frameProblem(frame);
  if (into.problem !== "") return CODE.malformed;
  const value = parse(decoder, frame as Uint8Array);
  if (value !== undefined) return readPlain(value, "msgpack", into);
  into.problem = "not MessagePack that can be taken";
  return CODE.malformed;
}

function frameProblem(frame: string | Uint8Array): string {
  if (typeof frame === "string") return "a text frame on a MessagePack connection";
  return msgpackProblem(frame, LIMIT.depth);
}

function parse(decoder: Decoder, frame: Uint8Array): unknown {
  try {
    return decoder.decode(frame);
  } catch {
    return undefined;
  }
}

function pack(plain: unknown): Uint8Array {
  return encode(plain, { useBigInt64: true });
}

function writePushStart(out: Scratch, fields: PushFields): number {
  const map = openMap(out);
  putKey(out, map, "direction");
  putInteger(out, DIRECTION.push);
  putKey(out, map, "cmd");
  putInteger(out, fields.cmd);
  if (fields.localId !== "") {
    putKey(out, map, "header");
    const header = openMap(out);
    putKey(out, header, "localId");
    putText(out, fields.localId);
  }
  putKey(out, map, "route");
  writeRoute(out, fields);
  if (fields.content.end > fields.content.start) {
    putKey(out, map, "content");
    writePushContent(out, fields);
  }
  if (fields.options.end > fields.options.start) {
    putKey(out, map, "options");
    putValue(out, pack(writeShape(optionsOf(fields.options), OPTIONS, "msgpack")));
  }
  return map;
}

function writeRoute(out: Scratch, fields: PushFields): void {
  const route = openMap(out);
  putKey(out, route, "type");
  putInteger(out, fields.type);
  if (fields.conversationId >= 0) {
    putKey(out, route, "conversationId");
    putInteger(out, fields.conversationId);
  }
  if (fields.conversationType !== 0) {
    putKey(out, route, "conversationType");
    putInteger(out, fields.conversationType);
  }
  if (fields.from !== "") {
    putKey(out, route, "from");
    putText(out, fields.from);
  }
  if (fields.source !== "") {
    putKey(out, route, "source");
    putText(out, fields.source);
  }
}

function writePushContent(out: Scratch, fields: PushFields): void {
  const start = onlyTextStart(fields.content);
  if (start >= 0) {
    const content = openMap(out);
    putKey(out, content, "text");
    putTextBytes(out, fields.content.bytes, start, fields.content.end);
    return;
  }
  const content = contentOf(fields.content, fields.cmd);
  putValue(out, pack(writeContent(content, fields.cmd, DIRECTION.push, "msgpack")));
}

/** What the push and the answer to a send share of messageExtra. */
function writeNumbers(out: Scratch, map: number, fields: PushFields | SendAnswer): void {
  if (fields.messageIdHigh !== 0 || fields.messageIdLow !== 0) {
    putKey(out, map, "messageId");
    putInteger64(out, fields.messageIdHigh, fields.messageIdLow);
  }
  if (fields.seq >= 0) {
    putKey(out, map, "conversationSeq");
    putInteger(out, fields.seq);
  }
  if (fields.conversationPts >= 0) {
    putKey(out, map, "conversationPts");
    putInteger(out, fields.conversationPts);
  }
  putKey(out, map, "timestamp");
  putInteger(out, fields.timestamp);
  if ("mentionedAll" in fields && fields.mentionedAll) {
    putKey(out, map, "mentionedAll");
    putTrue(out);
  }
  if (fields.duplicate) {
    putKey(out, map, "duplicate");
    putTrue(out);
  }
}

function writeAnswer(out: Scratch, fields: SendAnswer): void {
  const map = openMap(out);
  putKey(out, map, "direction");
  putInteger(out, DIRECTION.response);
  putKey(out, map, "cmd");
  putInteger(out, fields.cmd);
  putKey(out, map, "header");
  const header = openMap(out);
  putKey(out, header, "localId");
  putText(out, fields.localId);
  if (fields.conversationId >= 0) {
    putKey(out, map, "route");
    const route = openMap(out);
    putKey(out, route, "conversationId");
    putInteger(out, fields.conversationId);
    if (fields.conversationType !== 0) {
      putKey(out, route, "conversationType");
      putInteger(out, fields.conversationType);
    }
  }
  putKey(out, map, "response");
  const response = openMap(out);
  putKey(out, response, "code");
  putInteger(out, fields.code);
  putKey(out, response, "message");
  putText(out, answerText(fields));
  if (!hasNumbers(fields)) return;
  putKey(out, map, "messageExtra");
  const extra = openMap(out);
  writeNumbers(out, extra, fields);
  if (fields.pts < 0) return;
  putKey(out, extra, "pts");
  putInteger(out, fields.pts);
}
