// What the generator reads of a frame beside the marks: its direction, and an answer's code.
import type { Framing } from "../../src/wire/frame.ts";

export const DIRECTION_ANSWER = 2;

/** Where each framing's direction stands; every server here writes it first. */
export function directionOf(framing: Framing, bytes: Uint8Array, start: number): number {
  switch (framing) {
    case "proto":
      return bytes[start + 1] as number;
    case "json":
      return (bytes[start + 13] as number) - 48;
    case "msgpack":
      return bytes[start + 11] as number;
  }
}

/** The code of an answer, −1 when it has none. `from` is a place before `response`. */
export function codeOf(
  framing: Framing,
  bytes: Uint8Array,
  start: number,
  from: number,
  end: number,
): number {
  switch (framing) {
    case "proto":
      return protoCode(bytes, start, end);
    case "json":
      return jsonCode(bytes, from, end);
    case "msgpack":
      return msgpackCode(bytes, from, end);
  }
}

const TAG_RESPONSE = 0x42;

function protoCode(bytes: Uint8Array, start: number, end: number): number {
  let at = start;
  while (at < end) {
    const tag = bytes[at++] as number;
    if ((tag & 7) === 0) {
      while ((bytes[at++] as number) >= 0x80);
      continue;
    }
    let length = bytes[at++] as number;
    if (length >= 0x80) length = (length & 0x7f) | ((bytes[at++] as number) << 7);
    if (tag === TAG_RESPONSE) return bytes[at] === 0x08 ? varint(bytes, at + 1) : -1;
    at += length;
  }
  return -1;
}

function varint(bytes: Uint8Array, from: number): number {
  const low = bytes[from] as number;
  return low < 0x80 ? low : (low & 0x7f) | ((bytes[from + 1] as number) << 7);
}

/** After `"code":` the digits. */
function jsonCode(bytes: Uint8Array, from: number, end: number): number {
  for (let at = from; at + 7 < end; at++) {
    if (bytes[at] !== 0x22 || bytes[at + 1] !== 0x63 || bytes[at + 2] !== 0x6f) continue;
    if (bytes[at + 3] !== 0x64 || bytes[at + 4] !== 0x65 || bytes[at + 5] !== 0x22) continue;
    let code = 0;
    for (let i = at + 7; i < end; i++) {
      const digit = (bytes[i] as number) - 48;
      if (digit < 0 || digit > 9) break;
      code = code * 10 + digit;
    }
    return code;
  }
  return -1;
}

/** After the key "code" an integer of one or two bytes with its head. */
function msgpackCode(bytes: Uint8Array, from: number, end: number): number {
  for (let at = from; at + 6 < end; at++) {
    if (bytes[at] !== 0xa4 || bytes[at + 1] !== 0x63 || bytes[at + 2] !== 0x6f) continue;
    if (bytes[at + 3] !== 0x64 || bytes[at + 4] !== 0x65) continue;
    const head = bytes[at + 5] as number;
    if (head === 0xcc) return bytes[at + 6] as number;
    if (head === 0xcd) return ((bytes[at + 6] as number) << 8) | (bytes[at + 7] as number);
    return head;
  }
  return -1;
}
