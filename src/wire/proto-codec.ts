/** The protobuf framing: the schema of proto/linnet/v1/envelope.proto in binary frames. */
import type { Envelope } from "./envelope.ts";
import type { Codec, Inbound, PushFields, SendAnswer } from "./frame.ts";
import { linnet } from "./generated/envelope.js";
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

  const beginPush = (fields: PushFields): void => {
    push.at = 0;
    writePushStart(push, fields);
    putByte(push, 0x4a);
    lengthAt = push.at;
    putByte(push, 0);
    writeNumbers(push, fields);
    shared = push.at;
    reserve(push, TAIL_MAX);
  };
  const stampPush = (pts: number, mentioned: boolean): Scratch => {
    push.at = shared;
    if (mentioned) putField(push, 0x58, 1);
    if (pts >= 0) putField(push, 0x60, pts);
    // The numbers of messageExtra take less than 128 bytes, so its length is one byte.
    push.bytes[lengthAt] = push.at - lengthAt - 1;
    return push;
  };

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
    encodePage(envelope, { entries }) {
      const list = createScratch(PAGE_BYTES);
      for (const entry of entries) {
        if ("push" in entry) {
          beginPush(entry.push);
          const { bytes, at } = stampPush(entry.pts, entry.mentioned);
          putPart(list, 0x0a, { bytes, start: 0, end: at });
        } else {
          const bytes = encodeEnvelope(entry);
          putPart(list, 0x0a, { bytes, start: 0, end: bytes.length });
        }
      }
      return pageFrame(envelope, list);
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

function read(frame: string | Uint8Array, into: Inbound): number {
  if (typeof frame !== "string") return scanRequest(frame, into);
  clearInbound(into);
  into.problem = TEXT_FRAME;
  return CODE.malformed;
}

/** About what a page of 500 short messages takes. */
const PAGE_BYTES = 1 << 17;

/**
 * The list goes behind the other fields of the data, which end the frame: only the two lengths
 * around them grow.
 */
function pageFrame(envelope: Envelope, list: Scratch): Uint8Array {
  const { response, ...head } = envelope;
  const { data: _data, ...bare } = response ?? { code: 0 };
  const whole = encodeEnvelope(envelope);
  const responseAt = encodeEnvelope(head).length;
  const bareBytes = linnet.v1.Response.encode(bare).finish().length;
  const out = createScratch(whole.length + list.at + 16);
  const bodyAt = afterVarint(whole, responseAt + 1);
  const dataAt = bodyAt + bareBytes;
  const restAt = afterVarint(whole, dataAt + DATA_TAG_BYTES);
  const rest = whole.length - restAt;
  const dataLength = rest + list.at;
  putBytes(out, whole, 0, responseAt + 1);
  putVarint(out, bareBytes + DATA_TAG_BYTES + varintBytes(dataLength) + dataLength);
  putBytes(out, whole, bodyAt, dataAt + DATA_TAG_BYTES);
  putVarint(out, dataLength);
  putBytes(out, whole, restAt, whole.length);
  putBytes(out, list.bytes, 0, list.at);
  return out.bytes.subarray(0, out.at);
}

/** The members of `data` have numbers from 16 to 2047. */
const DATA_TAG_BYTES = 2;

function afterVarint(bytes: Uint8Array, start: number): number {
  let at = start;
  while ((bytes[at] as number) >= 0x80) at += 1;
  return at + 1;
}

function varintBytes(value: number): number {
  let bytes = 1;
  for (let rest = value; rest >= 0x80; rest = Math.floor(rest / 0x80)) bytes += 1;
  return bytes;
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
