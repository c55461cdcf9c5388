/**
 * UTF-8 in both directions, and its checks. Short ASCII, as ids are, is done by hand and makes no
 * objects; longer text is left to the engine, which is five to ten times as fast at 200 bytes. @hot
 */
import { nativeBytes } from "./native-bytes.ts";

/** Up to here a loop is as fast as the engine's codec. */
const SHORT = 24;

let decoder: TextDecoder | undefined;
let encoder: TextEncoder | undefined;

/** Whether the bytes are valid UTF-8: no overlong forms, no surrogates, nothing above U+10FFFF. */
export function utf8Valid(bytes: Uint8Array, start: number, end: number): boolean {
  let at = start;
  while (at < end) {
    while (at + 8 <= end && eightAscii(bytes, at)) at += 8;
    if (at >= end) return true;
    const first = bytes[at] as number;
    if (first < 0x80) {
      at += 1;
      continue;
    }
    const length = sequenceLength(bytes, at, end);
    if (length === 0) return false;
    at += length;
  }
  return true;
}

function eightAscii(bytes: Uint8Array, at: number): boolean {
  const low =
    (bytes[at] as number) |
    (bytes[at + 1] as number) |
    (bytes[at + 2] as number) |
    (bytes[at + 3] as number);
  const high =
    (bytes[at + 4] as number) |
    (bytes[at + 5] as number) |
    (bytes[at + 6] as number) |
    (bytes[at + 7] as number);
  return (low | high) < 0x80;
}

/** Bytes of the sequence of two to four bytes at `at`, 0 when it is not one. */
function sequenceLength(bytes: Uint8Array, at: number, end: number): number {
  const first = bytes[at] as number;
  if (first < 0xc2 || first > 0xf4) return 0;
  const length = first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
  if (at + length > end) return 0;
  const second = bytes[at + 1] as number;
  // The second byte's range rules out overlong forms, surrogates and what lies above U+10FFFF.
  const least = first === 0xe0 ? 0xa0 : first === 0xf0 ? 0x90 : 0x80;
  const most = first === 0xed ? 0x9f : first === 0xf4 ? 0x8f : 0xbf;
  if (second < least || second > most) return 0;
  for (let next = at + 2; next < at + length; next += 1) {
    if (((bytes[next] as number) & 0xc0) !== 0x80) return 0;
  }
  return length;
}

/** The string of bytes that `utf8Valid` has passed. */
export function utf8Decode(bytes: Uint8Array, start: number, end: number): string {
  if (end - start > SHORT / 2) return decodeLong(bytes, start, end);
  let text = "";
  for (let at = start; at < end; at += 1) {
    const code = bytes[at] as number;
    if (code >= 0x80) return text + decodeRest(bytes, at, end);
    text += String.fromCharCode(code);
  }
  return text;
}

/** ASCII, as nearly all ids are, costs no view of the bytes: a sixth of the engine's decoder. */
function decodeLong(bytes: Uint8Array, start: number, end: number): string {
  const native = nativeBytes();
  if (native === undefined || !isAscii(bytes, start, end)) return decodeRest(bytes, start, end);
  return native.latin1Slice.call(bytes, start, end);
}

function isAscii(bytes: Uint8Array, start: number, end: number): boolean {
  let at = start;
  while (at + 8 <= end && eightAscii(bytes, at)) at += 8;
  while (at < end && (bytes[at] as number) < 0x80) at += 1;
  return at === end;
}

function decodeRest(bytes: Uint8Array, start: number, end: number): string {
  decoder ??= new TextDecoder("utf-8", { ignoreBOM: true });
  return decoder.decode(bytes.subarray(start, end));
}

/** Bytes that the string takes; a lone surrogate counts 3, as what replaces it. */
export function utf8Length(text: string): number {
  if (text.length > SHORT) return utf8Encode(text).length;
  let length = 0;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code < 0x80) length += 1;
    else if (code < 0x800) length += 2;
    else if ((code & 0xfc00) === 0xd800 && (text.charCodeAt(at + 1) & 0xfc00) === 0xdc00) {
      length += 4;
      at += 1;
    } else length += 3;
  }
  return length;
}

/** Writes the string, for which there must be room, and answers where it ends. */
export function utf8Write(text: string, into: Uint8Array, start: number): number {
  if (text.length > SHORT) return writeRest(text, into, start);
  let at = start;
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    if (code >= 0x80) return writeRest(text.slice(index), into, at);
    into[at] = code;
    at += 1;
  }
  return at;
}

/** Bytes of their own. */
export function utf8Encode(text: string): Uint8Array {
  encoder ??= new TextEncoder();
  return encoder.encode(text);
}

function writeRest(text: string, into: Uint8Array, at: number): number {
  encoder ??= new TextEncoder();
  return at + encoder.encodeInto(text, into.subarray(at)).written;
}
