/**
 * Reads protobuf's primitives at a position that the module holds, so that nothing is allocated.
 * One frame is read at a time; what can't be read sets `broken` and moves to the end. @hot
 */

let bytes: Uint8Array = new Uint8Array(0);
let at = 0;
let end = 0;
let broken = false;
/** Halves of the varint read last. */
let high = 0;
let low = 0;

/** As the generated code bounds the nesting of groups. */
const GROUPS_MAX = 100;

export function openCursor(source: Uint8Array, start: number, stop: number): void {
  bytes = source;
  at = start;
  end = stop;
  broken = false;
}

/** Lets go of the frame, so that it can be collected. */
export function closeCursor(): void {
  bytes = EMPTY;
}

const EMPTY = new Uint8Array(0);

export function cursorAt(): number {
  return at;
}

export function cursorEnd(): number {
  return end;
}

export function cursorBroken(): boolean {
  return broken;
}

export function breakCursor(): void {
  broken = true;
  at = end;
}

/** Bounds the reading to a part that begins here, or moves on behind it. */
export function moveCursor(start: number, stop: number): void {
  if (broken) return;
  at = start;
  end = stop;
}

/** The next tag, or 0 at the end and when it can't be read. */
export function nextTag(): number {
  if (at >= end) return 0;
  const first = bytes[at] as number;
  if (first < 0x80) {
    at += 1;
    if (first >= 8) return first;
    breakCursor();
    return 0;
  }
  const tag = readLength32(0x0f);
  if (tag >= 8) return tag;
  breakCursor();
  return 0;
}

/** The length before a string or message, checked against the end of what surrounds it. */
export function readLength(): number {
  if (at < end) {
    const first = bytes[at] as number;
    if (first < 0x80 && at + 1 + first <= end) {
      at += 1;
      return first;
    }
  }
  const length = readLength32(0x07);
  if (broken) return 0;
  if (length <= end - at) return length;
  breakCursor();
  return 0;
}

/** A varint of at most five bytes, whose fifth is at most `lastMost`. */
function readLength32(lastMost: number): number {
  let value = 0;
  let scale = 1;
  for (let count = 0; count < 5; count += 1) {
    if (at >= end) break;
    const byte = bytes[at] as number;
    at += 1;
    if (count === 4 && byte > lastMost) break;
    value += (byte & 0x7f) * scale;
    if (byte < 0x80) return value;
    scale *= 0x80;
  }
  breakCursor();
  return 0;
}

/** A varint of up to 64 bits, into the two halves that `varint…` answers. */
export function readVarint(): void {
  high = 0;
  low = 0;
  if (at < end) {
    const first = bytes[at] as number;
    if (first < 0x80) {
      at += 1;
      low = first;
      return;
    }
  }
  for (let shift = 0; shift < 70; shift += 7) {
    if (at >= end) break;
    const byte = bytes[at] as number;
    at += 1;
    const bits = byte & 0x7f;
    if (shift < 28) low |= bits << shift;
    else if (shift === 28) {
      low |= bits << 28;
      high = bits >>> 4;
    } else high |= bits << (shift - 32);
    if (byte < 0x80) return;
  }
  breakCursor();
}

/** The low 32 bits, unsigned. */
export function varintUint32(): number {
  return low >>> 0;
}

export function varintBool(): boolean {
  return (low | high) !== 0;
}

/** The signed 64 bits as a number, NaN beyond ±(2^53 − 1). */
export function varintInt64(): number {
  const value = (high | 0) * 0x1_0000_0000 + (low >>> 0);
  return Number.isSafeInteger(value) ? value : Number.NaN;
}

/** Moves past a field whose tag was read; `depth` counts the messages and groups around it. */
export function skipField(tag: number, depth: number): void {
  if (depth > GROUPS_MAX) {
    breakCursor();
    return;
  }
  switch (tag & 7) {
    case 0:
      readVarint();
      return;
    case 1:
      skipBytes(8);
      return;
    case 2:
      skipBytes(readLength());
      return;
    case 3:
      skipGroup(tag, depth);
      return;
    case 5:
      skipBytes(4);
      return;
    default:
      breakCursor();
  }
}

function skipBytes(count: number): void {
  if (count > end - at) breakCursor();
  else at += count;
}

function skipGroup(tag: number, depth: number): void {
  for (;;) {
    const inner = nextTag();
    if (inner === 0) {
      breakCursor();
      return;
    }
    if ((inner & 7) === 4) {
      if (inner >>> 3 !== tag >>> 3) breakCursor();
      return;
    }
    skipField(inner, depth + 1);
  }
}
