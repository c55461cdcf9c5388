/**
 * Step 2, protobuf: reads the offsets and numbers of a request that steps 3 and 4 need; content
 * and options stay bytes. The next file is src/filter. Plain text is read here; content with more
 * than text is rare enough for proto-rich.ts. @hot
 */
import { CMD } from "./commands.ts";
import { DIRECTION } from "./envelope.ts";
import { CODE } from "./errors.ts";
import type { Inbound, Slice } from "./frame.ts";
import { checkCommand, clearInbound, NO_BYTES, setSlice } from "./inbound.ts";
import { cachedId } from "./id-cache.ts";
import { LIMIT } from "./limits.ts";
import {
  breakCursor,
  closeCursor,
  cursorAt,
  cursorBroken,
  cursorEnd,
  moveCursor,
  nextTag,
  openCursor,
  readLength,
  readVarint,
  skipField,
  varintBool,
  varintInt64,
  varintUint32,
} from "./proto-cursor.ts";
import { readRepeated, readRichContent, readRichControl, readRichOptions } from "./proto-rich.ts";
import { utf8Decode, utf8Valid } from "./utf8.ts";

/** Ranges of the strings found, decoded when the whole frame was walked. */
let localIdStart = 0;
let localIdEnd = 0;
let deviceStart = 0;
let deviceEnd = 0;
let toStart = 0;
let toEnd = 0;
let target: string[] | undefined;
let targetCount = 0;
let contentCount = 0;
let optionsCount = 0;
/** Whether a part holds fields that this file doesn't read. */
let richContent = false;
let richControl = false;
/** Nobody needs it here, but out of range it is refused as in the other framings. */
let timestamp = 0;
let code = 0;

/** Fills `into` and answers 0 or a code. The slices in `into` are parts of `frame`, not copies. */
export function scanRequest(frame: Uint8Array, into: Inbound): number {
  clearInbound(into);
  localIdStart = localIdEnd = deviceStart = deviceEnd = toStart = toEnd = 0;
  target = undefined;
  targetCount = contentCount = optionsCount = code = timestamp = 0;
  richContent = richControl = false;
  into.direction = DIRECTION.request;
  openCursor(frame, 0, frame.length);
  scanEnvelope(frame, into);
  if (cursorBroken()) {
    // What can't be read to its end is answered as such, whatever command it began with.
    into.cmd = CMD.error;
    refuseWith(into, CODE.malformed, "not readable as protobuf");
  }
  closeCursor();
  takeStrings(frame, into);
  if (code === 0 && (contentCount > 1 || optionsCount > 1)) {
    code = readRepeated(frame, into);
  } else {
    if (code === 0 && richControl) code = readRichControl(frame, into);
    if (code === 0 && richContent) code = readRichContent(into);
    if (code === 0 && optionsCount > 0) code = readRichOptions(into);
  }
  if (code === 0) code = checkCommand(into, contentCount > 0);
  target = undefined;
  return code;
}

function refuseWith(into: Inbound, refusal: number, problem: string): void {
  if (code !== 0) return;
  code = refusal;
  into.problem = problem;
}

function scanEnvelope(frame: Uint8Array, into: Inbound): void {
  into.cmd = 0;
  for (let tag = nextTag(); tag !== 0; tag = nextTag()) {
    switch (tag) {
      case 0x08:
        readVarint();
        into.direction = varintUint32() | 0;
        break;
      case 0x10:
        readVarint();
        into.cmd = varintUint32();
        break;
      case 0x1a:
        scanPart(frame, into, PART.header);
        break;
      case 0x22:
        scanPart(frame, into, PART.route);
        break;
      case 0x2a:
        contentCount += 1;
        scanPart(frame, into, PART.content);
        break;
      case 0x32:
        scanPart(frame, into, PART.control);
        break;
      case 0x3a:
        optionsCount += 1;
        takeSlice(frame, into.options);
        break;
      default:
        skipField(tag, 0);
    }
  }
  if (into.direction === 0) into.direction = DIRECTION.request;
  else if (into.direction < 0) refuseWith(into, CODE.malformed, "direction: not a direction");
}

const PART = { header: 0, route: 1, content: 2, control: 3 } as const;

function scanPart(frame: Uint8Array, into: Inbound, part: number): void {
  const length = readLength();
  if (cursorBroken()) return;
  const start = cursorAt();
  const outer = cursorEnd();
  const stop = start + length;
  moveCursor(start, stop);
  if (part === PART.header) scanHeader(frame);
  else if (part === PART.route) scanRoute(frame, into);
  else if (part === PART.content) scanContent(frame, into, start, stop);
  else scanControl(into);
  moveCursor(stop, outer);
}

function takeSlice(frame: Uint8Array, slice: Slice): void {
  const length = readLength();
  if (cursorBroken()) return;
  const start = cursorAt();
  setSlice(slice, frame, start, start + length);
  moveCursor(start + length, cursorEnd());
}

/** Moves past a string and answers its length, −1 when it can't be read. It ends at the cursor. */
function skipString(frame: Uint8Array): number {
  const length = readLength();
  if (cursorBroken()) return -1;
  const stop = cursorAt() + length;
  if (utf8Valid(frame, cursorAt(), stop)) {
    moveCursor(stop, cursorEnd());
    return length;
  }
  breakCursor();
  return -1;
}

function scanHeader(frame: Uint8Array): void {
  let length = 0;
  for (let tag = nextTag(); tag !== 0; tag = nextTag()) {
    switch (tag) {
      case 0x12:
        length = skipString(frame);
        if (length < 0) return;
        localIdEnd = cursorAt();
        localIdStart = localIdEnd - length;
        break;
      case 0x18:
        readVarint();
        timestamp = varintInt64();
        break;
      case 0x22:
        skipString(frame);
        break;
      case 0x2a:
        length = skipString(frame);
        if (length < 0) return;
        deviceEnd = cursorAt();
        deviceStart = deviceEnd - length;
        break;
      default:
        skipField(tag, 1);
    }
  }
}

function scanRoute(frame: Uint8Array, into: Inbound): void {
  let length = 0;
  for (let tag = nextTag(); tag !== 0; tag = nextTag()) {
    switch (tag) {
      case 0x08:
        readVarint();
        into.type = varintUint32();
        break;
      case 0x10:
        readVarint();
        into.conversationId = varintInt64();
        if (into.conversationId < 0) into.conversationId = Number.NaN;
        break;
      case 0x18:
        readVarint();
        into.conversationType = varintUint32();
        break;
      case 0x22:
      case 0x3a:
        skipString(frame);
        break;
      case 0x2a:
        length = skipString(frame);
        if (length < 0) return;
        toEnd = cursorAt();
        toStart = toEnd - length;
        break;
      case 0x32:
        scanTarget(frame, into);
        break;
      default:
        skipField(tag, 1);
    }
  }
}

function scanTarget(frame: Uint8Array, into: Inbound): void {
  const length = skipString(frame);
  if (length < 0) return;
  targetCount += 1;
  if (targetCount > LIMIT.listIds) {
    refuseWith(into, CODE.tooLarge, `route.target: more than ${LIMIT.listIds} entries`);
    return;
  }
  target ??= [];
  const stop = cursorAt();
  target.push(takeId(frame, into, stop - length, stop, LIMIT.idBytes, "route.target"));
}

function scanContent(frame: Uint8Array, into: Inbound, start: number, stop: number): void {
  if (contentCount === 1) setSlice(into.content, frame, start, stop);
  for (let tag = nextTag(); tag !== 0; tag = nextTag()) {
    if (tag === 0x0a) {
      into.textBytes = skipString(frame);
    } else if (tag === 0x2a) {
      skipString(frame);
    } else {
      const field = tag >>> 3;
      const known = field <= 4 || field >= 16;
      if (known && (tag & 7) === 2) richContent = true;
      skipField(tag, 1);
    }
  }
}

function scanControl(into: Inbound): void {
  for (let tag = nextTag(); tag !== 0; tag = nextTag()) {
    switch (tag) {
      case 0x08:
        readVarint();
        into.persistent = varintBool();
        into.persistentGiven = true;
        break;
      case 0x10:
        readVarint();
        into.syncDevice = varintBool();
        break;
      case 0x18:
        readVarint();
        into.priority = varintUint32();
        break;
      case 0x20:
        readVarint();
        into.ttl = varintUint32();
        break;
      case 0x28:
        readVarint();
        into.noReceipt = !varintBool();
        break;
      case 0x30:
        readVarint();
        into.receiptType = varintUint32();
        break;
      case 0x320:
        readVarint();
        into.sendAt = varintInt64();
        if (Number.isNaN(into.sendAt)) richControl = true;
        break;
      case 0x38:
      case 0x42:
      case 0x4a:
      case 0x52:
        richControl = true;
        skipField(tag, 1);
        break;
      default:
        skipField(tag, 1);
    }
  }
}

function takeStrings(frame: Uint8Array, into: Inbound): void {
  if (Number.isNaN(timestamp)) {
    refuseWith(into, CODE.malformed, "header.timestamp: not an integer below 2^53");
  }
  if (Number.isNaN(into.conversationId)) {
    into.conversationId = -1;
    refuseWith(into, CODE.malformed, "route.conversationId: not an id below 2^53");
  }
  into.localId = takeId(
    frame,
    into,
    localIdStart,
    localIdEnd,
    LIMIT.localIdBytes,
    "header.localId",
  );
  into.deviceId = takeId(frame, into, deviceStart, deviceEnd, LIMIT.idBytes, "header.deviceId");
  into.to = takeId(frame, into, toStart, toEnd, LIMIT.idBytes, "route.to");
  if (target !== undefined) into.target = target;
  if (into.content.end === into.content.start) setSlice(into.content, NO_BYTES, 0, 0);
}

/** An id as a string, "" with a refusal when it is too long or has a NUL. */
function takeId(
  frame: Uint8Array,
  into: Inbound,
  start: number,
  stop: number,
  bytesMax: number,
  path: string,
): string {
  if (stop <= start) return "";
  if (stop - start > bytesMax) {
    refuseWith(into, CODE.tooLarge, `${path}: more than ${bytesMax} bytes`);
    return "";
  }
  for (let at = start; at < stop; at += 1) {
    if (frame[at] === 0) {
      refuseWith(into, CODE.malformed, `${path}: a NUL character`);
      return "";
    }
  }
  // A localId comes once, the others come again.
  return bytesMax === LIMIT.idBytes ? cachedId(frame, start, stop) : utf8Decode(frame, start, stop);
}
