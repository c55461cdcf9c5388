/** A growing buffer for protobuf and MessagePack, written front to back. @hot */
import { copyBytes } from "./native-bytes.ts";
import { utf8Length, utf8Write } from "./utf8.ts";

export interface Scratch {
  bytes: Uint8Array;
  at: number;
}

export function createScratch(size = 4096): Scratch {
  return { bytes: new Uint8Array(size), at: 0 };
}

/** Makes room for `count` more bytes; what was written stays. */
export function reserve(scratch: Scratch, count: number): void {
  const needed = scratch.at + count;
  if (needed <= scratch.bytes.length) return;
  const grown = new Uint8Array(Math.max(needed, scratch.bytes.length * 2));
  grown.set(scratch.bytes.subarray(0, scratch.at));
  scratch.bytes = grown;
}

export function putByte(scratch: Scratch, value: number): void {
  reserve(scratch, 1);
  scratch.bytes[scratch.at] = value;
  scratch.at += 1;
}

export function putBytes(scratch: Scratch, bytes: Uint8Array, start: number, end: number): void {
  const count = end - start;
  reserve(scratch, count);
  if (count > 32) {
    copyBytes(bytes, start, end, scratch.bytes, scratch.at);
  } else {
    for (let index = 0; index < count; index += 1) {
      scratch.bytes[scratch.at + index] = bytes[start + index] as number;
    }
  }
  scratch.at += count;
}

/** A base-128 varint of an integer from 0 to 2^53 − 1. */
export function putVarint(scratch: Scratch, value: number): void {
  reserve(scratch, 10);
  let rest = value;
  while (rest >= 0x80) {
    scratch.bytes[scratch.at] = (rest % 0x80) | 0x80;
    scratch.at += 1;
    rest = Math.floor(rest / 0x80);
  }
  scratch.bytes[scratch.at] = rest;
  scratch.at += 1;
}

/** A varint of 64 unsigned bits in two halves. */
export function putVarint64(scratch: Scratch, high: number, low: number): void {
  reserve(scratch, 10);
  let upper = high >>> 0;
  let lower = low >>> 0;
  while (upper !== 0 || lower >= 0x80) {
    scratch.bytes[scratch.at] = (lower & 0x7f) | 0x80;
    scratch.at += 1;
    lower = ((lower >>> 7) | (upper << 25)) >>> 0;
    upper >>>= 7;
  }
  scratch.bytes[scratch.at] = lower;
  scratch.at += 1;
}

/** A protobuf field of one varint. `tag` is one byte: field numbers up to 15. */
export function putField(scratch: Scratch, tag: number, value: number): void {
  putByte(scratch, tag);
  putVarint(scratch, value);
}

/** A protobuf string field; nothing for "". */
export function putString(scratch: Scratch, tag: number, text: string): void {
  if (text === "") return;
  if (text.length < 0x80 && putAscii(scratch, tag, text)) return;
  const length = utf8Length(text);
  putByte(scratch, tag);
  putVarint(scratch, length);
  reserve(scratch, length);
  scratch.at = utf8Write(text, scratch.bytes, scratch.at);
}

/** In one pass, as nearly all strings on the hot path go; false when one is not ASCII. */
function putAscii(scratch: Scratch, tag: number, text: string): boolean {
  const { length } = text;
  reserve(scratch, length + 2);
  const { bytes } = scratch;
  const start = scratch.at + 2;
  for (let index = 0; index < length; index += 1) {
    const code = text.charCodeAt(index);
    if (code >= 0x80) return false;
    bytes[start + index] = code;
  }
  bytes[start - 2] = tag;
  bytes[start - 1] = length;
  scratch.at = start + length;
  return true;
}

/** Big-endian, for MessagePack. */
export function putUint32(scratch: Scratch, value: number): void {
  reserve(scratch, 4);
  const { bytes, at } = scratch;
  bytes[at] = value >>> 24;
  bytes[at + 1] = value >>> 16;
  bytes[at + 2] = value >>> 8;
  bytes[at + 3] = value;
  scratch.at = at + 4;
}
