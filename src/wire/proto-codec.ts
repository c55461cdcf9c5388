/** The protobuf framing: the schema of proto/linnet/v1/envelope.proto in binary frames. */
import type { Codec, Inbound, PushFields, SendAnswer } from "./frame.ts";
import { answerText, hasNumbers } from "./answer.ts";
import { startReading } from "./plain-fields.ts";
import { decodeEnvelope, encodeEnvelope } from "./proto-envelope.ts";
import { scanRequest } from "./proto-scan.ts";
import {
  createScratch,
  putByte,
  putBytes,
  putField,
  putString,
  putVarint,
  putVarint64,
  reserve,
  type Scratch,
} from "./scratch.ts";
import { CMD } from "./commands.ts";
import { CODE } from "./errors.ts";
import { clearInbound } from "./inbound.ts";

export function createProtoCodec(): Codec {
  const push = createScratch();
  const answer = createScratch(512);
  /**
   * Where the length of messageExtra stands; the parts that differ by recipient follow `shared`.
   */
  let lengthAt = 0;
  let shared = 0;
  /** Views of the scratch buffer by the length of their end, so that a recipient costs none. */
  let views: (Uint8Array | undefined)[] = [];

  return {
    framing: "proto",
    read,
    // The scan copies nothing: there is little to leave out.
    readStart: read,
    decode(frame) {
      if (typeof frame === "string") return TEXT_FRAME;
      const reading = startReading("proto", CMD.error);
      return decodeEnvelope(frame, reading) ?? reading.problem;
    },
    encode: encodeEnvelope,
    beginPush(fields) {
      push.at = 0;
      views = [];
      writePushStart(push, fields);
      putByte(push, 0x4a);
      lengthAt = push.at;
      putByte(push, 0);
      writeNumbers(push, fields);
      shared = push.at;
      reserve(push, TAIL_MAX);
    },
    stampPush(pts, mentioned) {
      push.at = shared;
      if (mentioned) putField(push, 0x58, 1);
      if (pts >= 0) putField(push, 0x60, pts);
      // The numbers of messageExtra take less than 128 bytes, so its length is one byte.
      push.bytes[lengthAt] = push.at - lengthAt - 1;
      const tail = push.at - shared;
      const view = views[tail] ?? push.bytes.subarray(0, push.at);
      views[tail] = view;
      return view;
    },
    encodeAnswer(fields) {
      answer.at = 0;
      writeAnswer(answer, fields);
      return answer.bytes.subarray(0, answer.at);
    },
  };
}

function read(frame: string | Uint8Array, into: Inbound): number {
  if (typeof frame !== "string") return scanRequest(frame, into);
  clearInbound(into);
  into.problem = TEXT_FRAME;
  return CODE.malformed;
}

const TEXT_FRAME = "a text frame on a protobuf connection";

/** `mentioned`, `pts` with their tags. */
const TAIL_MAX = 16;

function writePushStart(out: Scratch, fields: PushFields): void {
  putField(out, 0x08, 3);
  if (fields.cmd !== 0) putField(out, 0x10, fields.cmd);
  if (fields.localId !== "") {
    const at = openPart(out, 0x1a);
    putString(out, 0x12, fields.localId);
    closePart(out, at);
  }
  const at = openPart(out, 0x22);
  if (fields.type !== 0) putField(out, 0x08, fields.type);
  if (fields.conversationId >= 0) putField(out, 0x10, fields.conversationId);
  if (fields.conversationType !== 0) putField(out, 0x18, fields.conversationType);
  putString(out, 0x22, fields.from);
  putString(out, 0x3a, fields.source);
  closePart(out, at);
  putPart(out, 0x2a, fields.content);
  putPart(out, 0x3a, fields.options);
}

/** What the push and the answer to a send share of messageExtra, all before `mentioned`. */
function writeNumbers(out: Scratch, fields: PushFields | SendAnswer): void {
  if (fields.messageIdHigh !== 0 || fields.messageIdLow !== 0) {
    putByte(out, 0x08);
    putVarint64(out, fields.messageIdHigh, fields.messageIdLow);
  }
  if (fields.seq >= 0) putField(out, 0x10, fields.seq);
  if (fields.conversationPts >= 0) putField(out, 0x18, fields.conversationPts);
  putField(out, 0x20, fields.timestamp);
  if ("mentionedAll" in fields && fields.mentionedAll) putField(out, 0x28, 1);
  if (fields.duplicate) putField(out, 0x48, 1);
}

function writeAnswer(out: Scratch, fields: SendAnswer): void {
  putField(out, 0x08, 2);
  if (fields.cmd !== 0) putField(out, 0x10, fields.cmd);
  let at = openPart(out, 0x1a);
  putString(out, 0x12, fields.localId);
  closePart(out, at);
  if (fields.conversationId >= 0) {
    at = openPart(out, 0x22);
    putField(out, 0x10, fields.conversationId);
    if (fields.conversationType !== 0) putField(out, 0x18, fields.conversationType);
    closePart(out, at);
  }
  at = openPart(out, 0x42);
  putField(out, 0x08, fields.code);
  putString(out, 0x12, answerText(fields));
  closePart(out, at);
  if (!hasNumbers(fields)) return;
  at = openPart(out, 0x4a);
  writeNumbers(out, fields);
  if (fields.pts >= 0) putField(out, 0x60, fields.pts);
  closePart(out, at);
}

/** Leaves one byte for the length and answers where it stands. */
function openPart(out: Scratch, tag: number): number {
  putByte(out, tag);
  putByte(out, 0);
  return out.at;
}

/** Moves the part when its length takes more than the byte left for it. */
function closePart(out: Scratch, start: number): void {
  const end = out.at;
  const length = end - start;
  if (length < 0x80) {
    out.bytes[start - 1] = length;
    return;
  }
  const more = length < 0x4000 ? 1 : length < 0x20_0000 ? 2 : 3;
  reserve(out, more);
  out.bytes.copyWithin(start + more, start, end);
  out.at = start - 1;
  putVarint(out, length);
  out.at += length;
}

function putPart(
  out: Scratch,
  tag: number,
  slice: { bytes: Uint8Array; start: number; end: number },
): void {
  const length = slice.end - slice.start;
  if (length === 0) return;
  putByte(out, tag);
  putVarint(out, length);
  putBytes(out, slice.bytes, slice.start, slice.end);
}
