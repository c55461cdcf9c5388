/**
 * The texts in the bytes of a content that somebody reads: rewritten in place, while all other
 * fields, also those that this release doesn't know, stay as they are.
 */
import type { Slice } from "./frame.ts";
import {
  closeCursor,
  cursorAt,
  cursorBroken,
  cursorEnd,
  moveCursor,
  nextTag,
  openCursor,
  readLength,
  skipField,
} from "./proto-cursor.ts";
import { createScratch, putBytes, putVarint } from "./scratch.ts";
import { utf8Decode, utf8Encode } from "./utf8.ts";

/** What stands in place of a text; undefined: nothing else. */
export type Rewrite = (text: string) => string | undefined;

interface Texts {
  /** Tag → what it holds: a text, or a part with texts. */
  readonly [tag: number]: "text" | Texts;
}

/** `text`, `items[].name`, `mentions.pushContent`, `quote.text`. */
const CONTENT_TEXTS: Texts = {
  0x0a: "text",
  0x12: { 0x2a: "text" },
  0x1a: { 0x1a: "text" },
  0x22: { 0x12: "text" },
};

interface Piece {
  start: number;
  end: number;
  bytes: Uint8Array;
}

/** The bytes of a content that was read; undefined where nothing is rewritten. */
export function rewriteTexts(content: Slice, rewrite: Rewrite): Uint8Array | undefined {
  return rewritten(content.bytes, content.start, content.end, CONTENT_TEXTS, rewrite);
}

function rewritten(
  bytes: Uint8Array,
  start: number,
  end: number,
  texts: Texts,
  rewrite: Rewrite,
): Uint8Array | undefined {
  const pieces: Piece[] = [];
  for (const field of fieldsOf(bytes, start, end, texts)) {
    const { tag, from, to } = field;
    const inner = texts[tag];
    const value =
      inner === "text"
        ? encoded(rewrite(utf8Decode(bytes, from, to)))
        : rewritten(bytes, from, to, inner ?? {}, rewrite);
    if (value === undefined) continue;
    pieces.push({ start: field.start, end: to, bytes: fieldBytes(tag, value) });
  }
  if (pieces.length === 0) return undefined;
  const parts: Uint8Array[] = [];
  let at = start;
  for (const piece of pieces) {
    parts.push(bytes.subarray(at, piece.start), piece.bytes);
    at = piece.end;
  }
  return joined([...parts, bytes.subarray(at, end)]);
}

/** Where the wanted fields stand. Read to the end first: the cursor is one for all. */
function fieldsOf(bytes: Uint8Array, start: number, end: number, texts: Texts) {
  const fields: { tag: number; start: number; from: number; to: number }[] = [];
  openCursor(bytes, start, end);
  for (;;) {
    const at = cursorAt();
    const tag = nextTag();
    if (tag === 0) break;
    if (texts[tag] === undefined) {
      skipField(tag, 0);
      continue;
    }
    const length = readLength();
    if (cursorBroken()) break;
    const from = cursorAt();
    fields.push({ tag, start: at, from, to: from + length });
    moveCursor(from + length, cursorEnd());
  }
  closeCursor();
  return fields;
}

function fieldBytes(tag: number, value: Uint8Array): Uint8Array {
  const out = createScratch(value.length + 8);
  putVarint(out, tag);
  putVarint(out, value.length);
  putBytes(out, value, 0, value.length);
  return out.bytes.subarray(0, out.at);
}

function encoded(text: string | undefined): Uint8Array | undefined {
  return text === undefined ? undefined : utf8Encode(text);
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}
