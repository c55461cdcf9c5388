/**
 * Ids that come again and again (users, devices) as strings, without making them again: the bytes
 * are hashed and compared with what their slot holds. @hot
 */
import { utf8Decode } from "./utf8.ts";

/** At most this many ids of `LIMIT.idBytes` are kept: 256 KiB. */
const SLOTS = 4096;
const cache: string[] = [];

/** The string of bytes that `utf8Valid` has passed. */
export function cachedId(bytes: Uint8Array, start: number, end: number): string {
  let hash = end - start;
  for (let at = start; at < end; at += 1) hash = (Math.imul(hash, 31) + (bytes[at] as number)) | 0;
  const slot = (hash ^ (hash >>> 12)) & (SLOTS - 1);
  const known = cache[slot];
  if (known !== undefined && equalsAscii(known, bytes, start, end)) return known;
  const made = utf8Decode(bytes, start, end);
  // Only ASCII is kept, where a character is a byte, so that the comparison above is sound.
  if (made.length === end - start) cache[slot] = made;
  return made;
}

function equalsAscii(text: string, bytes: Uint8Array, start: number, end: number): boolean {
  const length = end - start;
  if (text.length !== length) return false;
  for (let at = 0; at < length; at += 1) {
    if (text.charCodeAt(at) !== bytes[start + at]) return false;
  }
  return true;
}
