/**
 * Walks a MessagePack frame before it is decoded: bounds and depth hold, strings are valid UTF-8
 * (the decoder would mend them in silence), and one value fills the frame.
 */
import { utf8Valid } from "./utf8.ts";

let at = 0;

/** What is wrong with the frame, or "". */
export function msgpackProblem(frame: Uint8Array, depthMax: number): string {
  at = 0;
  const problem = walk(frame, depthMax);
  if (problem !== "") return problem;
  return at === frame.length ? "" : "bytes after the end of the MessagePack value";
}

const TRUNCATED = "truncated MessagePack";

function walk(frame: Uint8Array, levels: number): string {
  if (at >= frame.length) return TRUNCATED;
  const head = frame[at] as number;
  at += 1;
  if (head < 0x80 || head >= 0xe0) return "";
  if (head < 0x90) return walkEntries(frame, (head & 0x0f) * 2, levels);
  if (head < 0xa0) return walkEntries(frame, head & 0x0f, levels);
  if (head < 0xc0) return walkString(frame, head & 0x1f);
  switch (head) {
    case 0xc0:
    case 0xc2:
    case 0xc3:
      return "";
    case 0xc4:
    case 0xc5:
    case 0xc6:
      return skip(frame, readSize(frame, 1 << (head - 0xc4)));
    case 0xc7:
    case 0xc8:
    case 0xc9:
      return skip(frame, readSize(frame, 1 << (head - 0xc7)) + 1);
    case 0xca:
    case 0xcb:
      return skip(frame, head === 0xca ? 4 : 8);
    case 0xd9:
    case 0xda:
    case 0xdb:
      return walkString(frame, readSize(frame, 1 << (head - 0xd9)));
    case 0xdc:
    case 0xdd:
      return walkEntries(frame, readSize(frame, head === 0xdc ? 2 : 4), levels);
    case 0xde:
    case 0xdf:
      return walkEntries(frame, readSize(frame, head === 0xde ? 2 : 4) * 2, levels);
    case 0xc1:
      return "not MessagePack";
    default:
      // Integers of 1, 2, 4, 8 bytes; fixext of 1 to 16 bytes and a type.
      return head < 0xd4 ? skip(frame, 1 << (head & 3)) : skip(frame, (1 << (head - 0xd4)) + 1);
  }
}

/** A big-endian size, Infinity when the frame ends before it. */
function readSize(frame: Uint8Array, bytes: number): number {
  let size = 0;
  for (let count = 0; count < bytes; count += 1) {
    size = size * 256 + (frame[at + count] ?? Number.POSITIVE_INFINITY);
  }
  at += bytes;
  return size;
}

function skip(frame: Uint8Array, count: number): string {
  if (count > frame.length - at) return TRUNCATED;
  at += count;
  return "";
}

function walkString(frame: Uint8Array, length: number): string {
  if (length > frame.length - at) return TRUNCATED;
  if (!utf8Valid(frame, at, at + length)) return "invalid UTF-8";
  at += length;
  return "";
}

function walkEntries(frame: Uint8Array, count: number, levels: number): string {
  if (levels === 0) return "nested too deeply";
  // Each takes at least a byte.
  if (count > frame.length - at) return TRUNCATED;
  for (let entry = 0; entry < count; entry += 1) {
    const problem = walk(frame, levels - 1);
    if (problem !== "") return problem;
  }
  return "";
}
