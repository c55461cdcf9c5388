/**
 * Reads an envelope out of plain data: what JSON, MessagePack or the generated protobuf code
 * made of a frame. Known fields are copied and checked, all else is left behind.
 */
import { CHAT_ROUTE, CMD, isChat, ROUTE_COMMAND } from "./commands.ts";
import { chatCommand } from "./policy.ts";
import { contentMember, responseMember } from "./data-shapes.ts";
import { type Content, DIRECTION, type Envelope } from "./envelope.ts";
import { CODE } from "./errors.ts";
import { LIMIT } from "./limits.ts";
import { ownValue, plainNumber, type Reading, readShape, refuse, under } from "./plain-fields.ts";
import {
  CONTENT,
  CONTROL,
  HEADER,
  MESSAGE_EXTRA,
  OPTIONS,
  REQUEST_ROUTE,
  RESPONSE,
  ROUTE,
  type Member,
  type Shape,
} from "./shapes.ts";

type Plain = Record<string, unknown>;

/** The envelope, or undefined with `reading.code` and `reading.problem`. */
export function readEnvelope(value: unknown, reading: Reading, depth = 0): Envelope | undefined {
  if (!isPlain(value)) return refuse(reading, CODE.malformed, "the frame is not an object");
  if (depth > LIMIT.depth) return refuse(reading, CODE.malformed, "nested too deeply");
  const direction = readDirection(value, reading);
  const cmd = readCommand(value, reading);
  if (depth === 0) noteStart(value, direction, cmd, reading);
  if (direction < 0) return refuse(reading, CODE.malformed, "direction: not a direction");
  if (cmd < 0) return refuse(reading, CODE.malformed, "cmd: not a command code or route name");
  const envelope: Envelope = { direction, cmd };
  reading.depth = depth;
  readPart(envelope, value, "header", HEADER, reading);
  readPart(envelope, value, "route", reading.request ? REQUEST_ROUTE : ROUTE, reading);
  const content = ownValue(value, "content");
  if (content !== undefined && reading.code === 0) {
    const read = readContent(content, cmd, direction, reading);
    if (read !== undefined) envelope.content = read;
    else reading.problem = under("content", reading.problem);
  }
  readPart(envelope, value, "control", CONTROL, reading);
  readPart(envelope, value, "options", OPTIONS, reading);
  if (!reading.request) {
    readResponse(envelope, value, reading);
    readPart(envelope, value, "messageExtra", MESSAGE_EXTRA, reading);
  }
  reading.depth = depth - 1;
  return reading.code === 0 ? envelope : undefined;
}

/** What a refusal needs of a frame; false when `readEnvelope` has to say what is wrong. */
export function readStart(value: unknown, reading: Reading): boolean {
  if (!isPlain(value)) return false;
  const direction = readDirection(value, reading);
  const cmd = readCommand(value, reading);
  noteStart(value, direction, cmd, reading);
  return direction >= 0 && cmd >= 0;
}

/** The content of a command, or undefined with what is wrong in `reading`. */
export function readContent(
  value: unknown,
  cmd: number,
  direction: number,
  reading: Reading,
): Content | undefined {
  const content = readShape(value, CONTENT, reading);
  if (content === undefined) return undefined;
  const member = contentMember(cmd, direction);
  const data = ownValue(value as Plain, "data");
  const asked = direction === DIRECTION.request && isPlain(data) && Object.keys(data).length > 0;
  const read = withData(content, value as Plain, member, reading);
  if (read === undefined) return undefined;
  const isEmpty = read.data === undefined || Object.keys(read.data).length === 0;
  // A request's parameters that its command doesn't know would be dropped in silence.
  if (asked && isEmpty && (member === undefined || isChat(cmd))) {
    return refuse(reading, CODE.malformed, "data: doesn't belong to the command");
  }
  // Older clients send an empty object with every message.
  return isEmpty && isChat(cmd) ? content : read;
}

/** Absent and 0 are a request; −1 when it can't be read. */
function readDirection(value: Plain, reading: Reading): number {
  const direction = readCode(ownValue(value, "direction") ?? 0, reading);
  return direction === 0 ? DIRECTION.request : direction;
}

function readCommand(value: Plain, reading: Reading): number {
  const given = ownValue(value, "cmd") ?? CMD.heartbeat;
  return typeof given === "string"
    ? commandOfRoute(given, ownValue(value, "route"))
    : readCode(given, reading);
}

function readCode(given: unknown, reading: Reading): number {
  const code = plainNumber(given, reading);
  return Number.isInteger(code) && code >= 0 && code <= 0xffff_ffff ? code : -1;
}

function commandOfRoute(name: string, route: unknown): number {
  if (name === CHAT_ROUTE) {
    const type = isPlain(route) ? ownValue(route, "conversationType") : undefined;
    return chatCommand(Number(type ?? 1)) ?? -1;
  }
  return Object.hasOwn(ROUTE_COMMAND, name) ? (ROUTE_COMMAND[name] as number) : -1;
}

/** So that a refusal can be matched to its request, even when another part can't be read. */
function noteStart(value: Plain, direction: number, cmd: number, reading: Reading): void {
  if (direction >= 0) reading.direction = direction;
  if (cmd >= 0) reading.cmd = cmd;
  const header = ownValue(value, "header");
  const localId = isPlain(header) ? ownValue(header, "localId") : undefined;
  if (typeof localId !== "string" || localId.length > LIMIT.localIdBytes) return;
  if (localId.isWellFormed()) reading.localId = localId;
}

type PartName = "header" | "route" | "control" | "options" | "messageExtra";

function readPart(
  envelope: Envelope,
  value: Plain,
  name: PartName,
  shape: Shape,
  reading: Reading,
): void {
  const given = ownValue(value, name);
  if (given === undefined || reading.code !== 0) return;
  const part = readShape(given, shape, reading);
  // The shapes are the types of envelope.ts field by field; contract tests hold them together.
  if (part !== undefined) (envelope as unknown as Plain)[name] = part;
  else reading.problem = under(name, reading.problem);
}

function readResponse(envelope: Envelope, value: Plain, reading: Reading): void {
  const given = ownValue(value, "response");
  if (given === undefined || reading.code !== 0) return;
  const part = readShape(given, RESPONSE, reading);
  const member = responseMember(envelope.cmd, envelope.direction);
  const whole = part && withData(part, given as Plain, member, reading);
  if (whole !== undefined) envelope.response = { code: 0, ...whole };
  else reading.problem = under("response", reading.problem);
}

function withData<Part extends object>(
  part: Part,
  given: Plain,
  member: Member | undefined,
  reading: Reading,
): (Part & { data?: Plain }) | undefined {
  let value = ownValue(given, "data");
  if (reading.source === "proto" && value !== undefined) {
    // In protobuf `data` names the member that is set.
    if (value !== member?.name) {
      return refuse(reading, CODE.malformed, "data: doesn't belong to the command");
    }
    value = given[member.name];
  }
  if (member === undefined || value === undefined) return part;
  const data = readShape(value, member.shape, reading, readEnvelope);
  if (data === undefined) {
    reading.problem = under("data", reading.problem);
    return undefined;
  }
  return { ...part, data };
}

function isPlain(value: unknown): value is Plain {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
