/** Writes MessagePack's primitives into a scratch buffer. @hot */
import { putByte, putBytes, putUint32, reserve, type Scratch } from "./scratch.ts";
import { utf8Length, utf8Write } from "./utf8.ts";

/** The head of a map with fewer than 16 entries, whose count is set by `closeMap`. */
export function openMap(out: Scratch): number {
  putByte(out, 0x80);
  return out.at - 1;
}

/** Counts one more entry of the map and writes its key. */
export function putKey(out: Scratch, map: number, key: string): void {
  out.bytes[map] = (out.bytes[map] as number) + 1;
  putText(out, key);
}

/** The head of a list of fewer than 65,536 entries. */
export function putListHead(out: Scratch, count: number): void {
  if (count < 16) {
    putByte(out, 0x90 | count);
    return;
  }
  putByte(out, 0xdc);
  putByte(out, count >>> 8);
  putByte(out, count & 0xff);
}

export function putText(out: Scratch, text: string): void {
  const length = utf8Length(text);
  putTextHead(out, length);
  reserve(out, length);
  out.at = utf8Write(text, out.bytes, out.at);
}

/** Text that is UTF-8 already. */
export function putTextBytes(out: Scratch, bytes: Uint8Array, start: number, end: number): void {
  putTextHead(out, end - start);
  putBytes(out, bytes, start, end);
}

function putTextHead(out: Scratch, length: number): void {
  if (length < 32) putByte(out, 0xa0 | length);
  else if (length < 0x100) {
    putByte(out, 0xd9);
    putByte(out, length);
  } else if (length < 0x1_0000) {
    putByte(out, 0xda);
    putByte(out, length >>> 8);
    putByte(out, length & 0xff);
  } else {
    putByte(out, 0xdb);
    putUint32(out, length);
  }
}

/** An integer from 0 to 2^53 − 1 in the fewest bytes. */
export function putInteger(out: Scratch, value: number): void {
  if (value < 0x80) putByte(out, value);
  else if (value < 0x100) {
    putByte(out, 0xcc);
    putByte(out, value);
  } else if (value < 0x1_0000) {
    putByte(out, 0xcd);
    putByte(out, value >>> 8);
    putByte(out, value & 0xff);
  } else if (value < 0x1_0000_0000) {
    putByte(out, 0xce);
    putUint32(out, value);
  } else putInteger64(out, Math.floor(value / 0x1_0000_0000), value % 0x1_0000_0000);
}

export function putInteger64(out: Scratch, high: number, low: number): void {
  putByte(out, 0xcf);
  putUint32(out, high);
  putUint32(out, low);
}

export function putTrue(out: Scratch): void {
  putByte(out, 0xc3);
}

/** A value that was encoded before. */
export function putValue(out: Scratch, encoded: Uint8Array): void {
  putBytes(out, encoded, 0, encoded.length);
}
