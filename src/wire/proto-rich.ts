/**
 * The parts of a protobuf request that are rarely there, read by the generated code: content with
 * more than text, options, push settings, and parts that occur twice.
 */
import type { Inbound } from "./frame.ts";
import { fillContent, fillControl, fillInbound, fillOptions, setSlice } from "./inbound.ts";
import { checkOptions } from "./carried-options.ts";
import { startReading } from "./plain-fields.ts";
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
import { decodeContent, decodeControl, decodeEnvelope, decodeOptions } from "./proto-envelope.ts";

const TAG = { content: 0x2a, control: 0x32, options: 0x3a } as const;

export function readRichContent(into: Inbound): number {
  const { bytes, start, end } = into.content;
  const reading = startReading("proto", into.cmd);
  const content = decodeContent(bytes.subarray(start, end), into.cmd, into.direction, reading);
  if (content !== undefined) fillContent(into, content);
  into.problem = reading.problem;
  return reading.code;
}

export function readRichOptions(into: Inbound): number {
  const { bytes, start, end } = into.options;
  const reading = startReading("proto", into.cmd);
  const options = decodeOptions(bytes.subarray(start, end), reading);
  if (options !== undefined) fillOptions(into, options);
  into.problem = reading.problem;
  return reading.code || checkOptions(options, into);
}

export function readRichControl(frame: Uint8Array, into: Inbound): number {
  const reading = startReading("proto", into.cmd);
  const control = decodeControl(joinParts(frame, TAG.control), reading);
  if (control !== undefined) fillControl(into, control);
  into.problem = reading.problem;
  return reading.code;
}

/** Protobuf merges a part that occurs twice, and joining the bytes of both is that merge. */
export function readRepeated(frame: Uint8Array, into: Inbound): number {
  const reading = startReading("proto", into.cmd);
  reading.request = true;
  const envelope = decodeEnvelope(frame, reading);
  if (envelope !== undefined) fillInbound(into, envelope);
  const content = joinParts(frame, TAG.content);
  setSlice(into.content, content, 0, content.length);
  const options = joinParts(frame, TAG.options);
  setSlice(into.options, options, 0, options.length);
  into.problem = reading.problem;
  return reading.code || checkOptions(envelope?.options, into);
}

/** The bytes of all occurrences of a part in a frame that was walked before. */
function joinParts(frame: Uint8Array, wanted: number): Uint8Array {
  const joined = new Uint8Array(frame.length);
  let length = 0;
  openCursor(frame, 0, frame.length);
  for (let tag = nextTag(); tag !== 0; tag = nextTag()) {
    if (tag !== wanted) {
      skipField(tag, 0);
      continue;
    }
    const size = readLength();
    if (cursorBroken()) break;
    const start = cursorAt();
    joined.set(frame.subarray(start, start + size), length);
    length += size;
    moveCursor(start + size, cursorEnd());
  }
  closeCursor();
  return joined.subarray(0, length);
}
