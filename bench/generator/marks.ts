// Every message carries its index twice, after a mark: "~=" in the localId, "~~" in the text.
// So a frame of any framing is told by looking for two bytes, without decoding it.
import { createCodec } from "../../src/wire/codec.ts";
import type { Framing } from "../../src/wire/frame.ts";
import type { LaneSpec } from "./job.ts";
import { frameOf } from "./web-socket.ts";

export const MARK = 0x7e;
export const MARK_LOCAL_ID = 0x3d;
export const MARK_TEXT = 0x7e;
const DIGITS = 8;
/** Mark and digits. */
export const MARKED_BYTES = 2 + DIGITS;

/** A whole frame whose two indexes are written over for each message. */
export interface Template {
  readonly bytes: Uint8Array;
  readonly localIdAt: number;
  readonly textAt: number;
}

const FIRST_BYTE_TEXT = 0x81;
const FIRST_BYTE_BINARY = 0x82;

/** `tag` sets this run's local ids apart from those of every other on the same database. */
export function templateOf(lane: LaneSpec, framing: Framing, tag: string): Template {
  const zeros = "0".repeat(DIGITS);
  const localId = `~=${zeros}-${tag}`;
  const text = `~~${zeros}`.padEnd(lane.bodyBytes, "abcdefghijklmnopqrstuvwxyz ");
  if (lane.frame !== undefined) {
    const filled = lane.frame.replace("{localId}", localId).replace("{text}", text);
    return framed(FIRST_BYTE_TEXT, new TextEncoder().encode(filled));
  }
  const codec = createCodec(framing);
  const address =
    lane.to === undefined
      ? { conversationId: lane.conversationId, conversationType: lane.conversationType ?? 0 }
      : { to: lane.to };
  const envelope = {
    direction: 1,
    cmd: lane.cmd,
    header: { localId },
    route: { type: lane.type ?? 1, ...address },
    content: { text },
    ...(lane.stored ? {} : { control: { persistent: false } }),
  };
  const encoded = codec.encode(envelope as Parameters<typeof codec.encode>[0]);
  const binary = typeof encoded !== "string";
  const payload = binary ? encoded : new TextEncoder().encode(encoded);
  return framed(binary ? FIRST_BYTE_BINARY : FIRST_BYTE_TEXT, payload);
}

function framed(first: number, payload: Uint8Array): Template {
  const bytes = frameOf(first, payload);
  return {
    bytes,
    localIdAt: findMark(bytes, 0, bytes.length, MARK_LOCAL_ID, 0),
    textAt: findMark(bytes, 0, bytes.length, MARK_TEXT, 0),
  };
}

/** Where the mark stands, −1 when there is none; looks first at `guess` bytes from `start`. */
export function findMark(
  bytes: Uint8Array,
  start: number,
  end: number,
  second: number,
  guess: number,
): number {
  const guessed = start + guess;
  if (guessed + 1 < end && bytes[guessed] === MARK && bytes[guessed + 1] === second) return guessed;
  for (let at = start; at + 1 < end; at++) {
    if (bytes[at] === MARK && bytes[at + 1] === second) return at;
  }
  return -1;
}

/** Writes an index after the mark at `at`, as hexadecimal digits. */
export function writeIndex(bytes: Uint8Array, at: number, index: number): void {
  let rest = index;
  for (let i = at + MARKED_BYTES - 1; i >= at + 2; i--) {
    const digit = rest & 15;
    bytes[i] = digit < 10 ? 48 + digit : 87 + digit;
    rest >>>= 4;
  }
}

export function readIndex(bytes: Uint8Array, at: number): number {
  let index = 0;
  for (let i = at + 2; i < at + MARKED_BYTES; i++) {
    const byte = bytes[i] as number;
    index = (index << 4) | (byte < 58 ? byte - 48 : byte - 87);
  }
  return index >>> 0;
}
