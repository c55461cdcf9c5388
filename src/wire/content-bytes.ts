/** The stored form of content, its protobuf bytes, from and to the shape that the code sees. */
import { CMD } from "./commands.ts";
import { type Content, DIRECTION, type Options } from "./envelope.ts";
import type { Slice } from "./frame.ts";
import { startReading } from "./plain-fields.ts";
import { decodeContent, decodeOptions, encodeContent } from "./proto-envelope.ts";
import { utf8Encode } from "./utf8.ts";

/** Bytes of their own. `cmd` and `direction` say which member `data` is. */
export function contentBytes(content: Content, cmd: number, direction: number): Uint8Array {
  for (const name in content) if (name !== "text") return encodeContent(content, cmd, direction);
  return textContentBytes(content.text ?? "");
}

/** The bytes of a content that is only text. */
function textContentBytes(text: string): Uint8Array {
  if (text === "") return new Uint8Array(0);
  const encoded = utf8Encode(text);
  const length = encoded.length;
  const sizeBytes = length < 0x80 ? 1 : length < 0x4000 ? 2 : length < 0x20_0000 ? 3 : 4;
  const bytes = new Uint8Array(1 + sizeBytes + length);
  bytes[0] = 0x0a;
  let rest = length;
  for (let at = 1; at < sizeBytes; at += 1) {
    bytes[at] = (rest & 0x7f) | 0x80;
    rest >>>= 7;
  }
  bytes[sizeBytes] = rest;
  bytes.set(encoded, 1 + sizeBytes);
  return bytes;
}

/** Where the text begins in content that is nothing else and ends with it; −1 for other content. */
export function onlyTextStart(slice: Slice): number {
  const { bytes, start, end } = slice;
  if (bytes[start] !== 0x0a) return -1;
  let at = start + 1;
  let length = 0;
  for (let shift = 0; shift < 28 && at < end; shift += 7) {
    const byte = bytes[at] as number;
    at += 1;
    length |= (byte & 0x7f) << shift;
    if (byte < 0x80) return at + length === end ? at : -1;
  }
  return -1;
}

/**
 * Content as it was stored or sent in a push; what can't be read (nothing that we took) is empty.
 */
export function contentOf(slice: Slice, cmd: number, direction: number = DIRECTION.push): Content {
  const bytes = slice.bytes.subarray(slice.start, slice.end);
  return decodeContent(bytes, cmd, direction, startReading("proto", CMD.error)) ?? {};
}

export function optionsOf(slice: Slice): Options {
  const bytes = slice.bytes.subarray(slice.start, slice.end);
  return decodeOptions(bytes, startReading("proto", CMD.error)) ?? {};
}
