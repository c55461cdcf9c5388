/**
 * Envelopes and their parts in protobuf, by the generated code: everything off the hot path.
 * The generated decoder refuses invalid UTF-8, bad lengths and deep nesting by throwing.
 */
import type { Content, Control, Envelope, Options } from "./envelope.ts";
import { CODE } from "./errors.ts";
import { linnet } from "./generated/envelope.js";
import { readShape, type Reading, refuse, under } from "./plain-fields.ts";
import { readContent, readEnvelope } from "./plain-read.ts";
import { writeContent, writeEnvelope, writeShape } from "./plain-write.ts";
import { CONTROL, OPTIONS } from "./shapes.ts";

const UNREADABLE = "not readable as protobuf";

export function decodeEnvelope(bytes: Uint8Array, reading: Reading): Envelope | undefined {
  let message: unknown;
  try {
    message = linnet.v1.Envelope.decode(bytes);
  } catch {
    return refuse(reading, CODE.malformed, UNREADABLE);
  }
  return readEnvelope(message, reading);
}

export function encodeEnvelope(envelope: Envelope): Uint8Array {
  return linnet.v1.Envelope.encode(writeEnvelope(envelope, "proto")).finish();
}

/** `cmd` and `direction` say which member `data` is. */
export function decodeContent(
  bytes: Uint8Array,
  cmd: number,
  direction: number,
  reading: Reading,
): Content | undefined {
  let message: unknown;
  try {
    message = linnet.v1.Content.decode(bytes);
  } catch {
    return refuse(reading, CODE.malformed, `content: ${UNREADABLE}`);
  }
  const content = readContent(message, cmd, direction, reading);
  if (content === undefined) reading.problem = under("content", reading.problem);
  return content;
}

export function encodeContent(content: Content, cmd: number, direction: number): Uint8Array {
  return linnet.v1.Content.encode(writeContent(content, cmd, direction, "proto")).finish();
}

export function decodeOptions(bytes: Uint8Array, reading: Reading): Options | undefined {
  let message: unknown;
  try {
    message = linnet.v1.Options.decode(bytes);
  } catch {
    return refuse(reading, CODE.malformed, `options: ${UNREADABLE}`);
  }
  const options = readShape(message, OPTIONS, reading);
  if (options === undefined) reading.problem = under("options", reading.problem);
  return options;
}

export function encodeOptions(options: Options): Uint8Array {
  return linnet.v1.Options.encode(writeShape(options, OPTIONS, "proto")).finish();
}

export function decodeControl(bytes: Uint8Array, reading: Reading): Control | undefined {
  let message: unknown;
  try {
    message = linnet.v1.Control.decode(bytes);
  } catch {
    return refuse(reading, CODE.malformed, `control: ${UNREADABLE}`);
  }
  const control = readShape(message, CONTROL, reading);
  if (control === undefined) reading.problem = under("control", reading.problem);
  return control;
}
