/**
 * What a sender wishes for a message beside its delivery: how it is pushed to devices that are
 * away, and who else is told. Few messages have any, so they travel as JSON text in front of the
 * options.
 */
import type { Control } from "./envelope.ts";
import { CODE } from "./errors.ts";
import type { Inbound, Slice } from "./frame.ts";
import { utf8Decode, utf8Encode } from "./utf8.ts";

export interface Wishes {
  push?: {
    enable?: boolean;
    title?: string;
    content?: string;
    /** JSON text. */
    payload?: string;
    badge?: number;
    sound?: string;
    channelId?: string;
  };
  /** How the content is encrypted; "" or absent: it isn't. */
  encryption?: string;
  /** Seconds after somebody has read it. */
  readTimeout?: number;
  callback?: {
    url?: string;
    events?: readonly string[];
    /** Milliseconds. */
    timeout?: number;
    retry?: { maxTimes?: number; interval?: number };
    security?: { token?: string; signType?: string };
  };
}

/** Providers take 4 KiB at most, and a callback is a URL. */
const WISHES_BYTES_MAX = 8192;

/** "" for the many that wish for nothing. */
export function wishesText({ push, security, callback, readTimeout = 0 }: Control): string {
  const encryption = security?.["encryption"];
  const isEncrypted = typeof encryption === "string" && encryption !== "";
  const isCalledBack = callback?.["enable"] === true;
  const isTimed = readTimeout > 0;
  if (push === undefined && !isEncrypted && !isCalledBack && !isTimed) return "";
  return JSON.stringify({
    ...(push === undefined ? {} : { push }),
    ...(isEncrypted ? { encryption } : {}),
    ...(isTimed ? { readTimeout } : {}),
    ...(isCalledBack ? { callback } : {}),
  });
}

export function readWishes(text: string): Wishes {
  return text === "" ? {} : (JSON.parse(text) as Wishes);
}

/** 0, or the code of a frame that wishes for more than is carried. */
export function checkWishes(into: Inbound): number {
  if (into.wishes.length * 3 <= WISHES_BYTES_MAX) return 0;
  if (utf8Encode(into.wishes).length <= WISHES_BYTES_MAX) return 0;
  into.problem = `control: push and callback take more than ${WISHES_BYTES_MAX} bytes`;
  return CODE.tooLarge;
}

/** Field 130 of linnet.v1.Options, length-delimited; only the server writes it. */
const TAG = [0x92, 0x08] as const;
/** The tag, and a length of two bytes whatever it is. */
export const WISHES_HEAD_BYTES = 4;

/** The options with the wishes in front, in bytes of their own. */
export function withWishes(options: Slice, wishes: string): Slice {
  const text = utf8Encode(wishes);
  const bytes = new Uint8Array(WISHES_HEAD_BYTES + text.length + options.end - options.start);
  bytes.set([...TAG, (text.length & 0x7f) | 0x80, text.length >>> 7]);
  bytes.set(text, WISHES_HEAD_BYTES);
  bytes.set(options.bytes.subarray(options.start, options.end), WISHES_HEAD_BYTES + text.length);
  return { bytes, start: 0, end: bytes.length };
}

/** Whether wishes stand in front of options that don't say so elsewhere. */
export function hasWishes(options: Uint8Array): boolean {
  return options[0] === TAG[0] && options[1] === TAG[1];
}

/** Where the options begin behind the wishes. */
export function wishesEnd(bytes: Uint8Array, start: number): number {
  const length = ((bytes[start + 2] as number) & 0x7f) + ((bytes[start + 3] as number) << 7);
  return start + WISHES_HEAD_BYTES + length;
}

/** The wishes in front of options that begin at `start`. */
export function wishesAt(bytes: Uint8Array, start: number): string {
  return utf8Decode(bytes, start + WISHES_HEAD_BYTES, wishesEnd(bytes, start));
}
