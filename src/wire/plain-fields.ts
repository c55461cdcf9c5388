/**
 * Checks and copies fields of plain data by a shape: the part of plain-read.ts that knows kinds.
 */
import type { Envelope } from "./envelope.ts";
import { CODE } from "./errors.ts";
import { LIMIT } from "./limits.ts";
import type { Field, Shape } from "./shapes.ts";
import { utf8Length } from "./utf8.ts";

/** The state of reading one frame. */
export interface Reading {
  /**
   * What made the plain data; MessagePack has bigints, protobuf `Long` objects and `data` names.
   */
  source: "json" | "msgpack" | "proto";
  /** Leaves behind what a client may not say: `from`, `source`, `response`, `messageExtra`. */
  request: boolean;
  /** 0 while all is well. */
  code: number;
  problem: string;
  depth: number;
  /** What could be read before something went wrong. */
  direction: number;
  cmd: number;
  localId: string;
}

type Plain = Record<string, unknown>;
type ReadEnvelope = (value: unknown, reading: Reading, depth: number) => Envelope | undefined;

export function startReading(source: Reading["source"], cmd: number): Reading {
  const nothing = { depth: 0, direction: 0, cmd, localId: "" };
  return { source, request: false, code: 0, problem: "", ...nothing };
}

/** Notes the first thing that is wrong. */
export function refuse(reading: Reading, code: number, problem: string): undefined {
  if (reading.code === 0) {
    reading.code = code;
    reading.problem = problem;
  }
  return undefined;
}

/** The path of a problem, one step further out: `route.to: not a string`. */
export function under(name: string, problem: string): string {
  return problem.startsWith(":") || problem.startsWith("[") ? name + problem : `${name}.${problem}`;
}

/** A field's value; `null` is absent. What `Object.prototype` has is no field of ours. */
export function ownValue(object: Plain, name: string): unknown {
  return object[name] ?? undefined;
}

/** A copy of the known fields, or undefined with what is wrong, its path begun with the field. */
export function readShape(
  value: unknown,
  shape: Shape,
  reading: Reading,
  envelopeReader?: ReadEnvelope,
): Plain | undefined {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    return refuse(reading, CODE.malformed, ": not an object");
  }
  const copy: Plain = {};
  for (const name in shape) {
    const given = (value as Plain)[name];
    if (given === undefined || given === null) continue;
    const field = shape[name] as Field;
    const read =
      field.listMax === undefined
        ? readValue(given, field, reading, envelopeReader)
        : readList(given, field, reading, envelopeReader);
    if (reading.code !== 0) {
      reading.problem = under(name, reading.problem);
      return undefined;
    }
    // Protobuf can't tell these from absent ones, so no framing does.
    if (field.optional || (read !== 0 && read !== "" && read !== false && !isEmpty(read))) {
      copy[name] = read;
    }
  }
  return copy;
}

function isEmpty(value: unknown): boolean {
  return Array.isArray(value) && value.length === 0;
}

function readList(
  value: unknown,
  field: Field,
  reading: Reading,
  envelopeReader?: ReadEnvelope,
): unknown[] | undefined {
  if (!Array.isArray(value)) return refuse(reading, CODE.malformed, ": not a list");
  if (value.length > (field.listMax as number)) {
    return refuse(reading, CODE.tooLarge, `: more than ${field.listMax} entries`);
  }
  const copy: unknown[] = [];
  for (let index = 0; index < value.length; index += 1) {
    copy.push(readValue(value[index], field, reading, envelopeReader));
    if (reading.code !== 0) {
      reading.problem = under(`[${index}]`, reading.problem);
      return undefined;
    }
  }
  return copy;
}

function readValue(
  value: unknown,
  field: Field,
  reading: Reading,
  envelopeReader?: ReadEnvelope,
): unknown {
  switch (field.kind) {
    case "uint32":
      return readInteger(value, reading, 0, 0xffff_ffff);
    case "int64":
      return readInteger(value, reading, Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER);
    case "conversationId":
      return readConversationId(value, reading);
    case "id64":
      return readId64(value, reading);
    case "bool":
      return typeof value === "boolean"
        ? value
        : refuse(reading, CODE.malformed, ": not true or false");
    case "string":
      return readString(value, reading);
    case "name":
      return readId(value, reading, LIMIT.idBytes);
    case "localId":
      return readId(value, reading, LIMIT.localIdBytes);
    case "jsonText":
      return typeof value === "object" ? readJsonText(value, reading) : readString(value, reading);
    case "part":
      return readShape(value, field.shape as Shape, reading, envelopeReader);
    case "envelope":
      return envelopeReader?.(value, reading, reading.depth + 1);
  }
}

function readInteger(value: unknown, reading: Reading, least: number, most: number): number {
  const number = plainNumber(value, reading);
  if (Number.isInteger(number) && number >= least && number <= most) return number + 0;
  refuse(reading, CODE.malformed, `: not an integer from ${least} to ${most}`);
  return 0;
}

/** A number out of what the framing makes of one; NaN for anything else. */
export function plainNumber(value: unknown, reading: Reading): number {
  if (typeof value === "number") return value;
  if (typeof value === "bigint") return Number(value);
  if (reading.source === "proto" && isLong(value)) {
    return value.high * 2 ** 32 + (value.low >>> 0);
  }
  return Number.NaN;
}

/** protobufjs' 64-bit integer, which says its decimal text. */
interface Long {
  low: number;
  high: number;
  toString(): string;
}

function isLong(value: unknown): value is Long {
  return typeof value === "object" && value !== null && "low" in value && "high" in value;
}

const DECIMAL = /^(?:0|[1-9][0-9]{0,18})$/;

function readConversationId(value: unknown, reading: Reading): number {
  const number =
    typeof value === "string" && DECIMAL.test(value) ? Number(value) : plainNumber(value, reading);
  if (Number.isSafeInteger(number) && number >= 0) return number + 0;
  refuse(reading, CODE.malformed, ": not an id below 2^53");
  return 0;
}

const INT64_MAX = "9223372036854775807";

function readId64(value: unknown, reading: Reading): string {
  let text = "";
  if (typeof value === "string") text = value;
  else if (typeof value === "bigint") text = value.toString();
  else if (typeof value === "number" && Number.isSafeInteger(value)) text = (value + 0).toString();
  else if (reading.source === "proto" && isLong(value)) text = value.toString();
  const fits = text.length < INT64_MAX.length || text <= INT64_MAX;
  if (DECIMAL.test(text) && fits) return text;
  refuse(reading, CODE.malformed, ": not an id below 2^63");
  return "";
}

function readString(value: unknown, reading: Reading): string {
  if (typeof value !== "string") refuse(reading, CODE.malformed, ": not a string");
  else if (!value.isWellFormed()) refuse(reading, CODE.malformed, ": a lone surrogate");
  else return value;
  return "";
}

function readId(value: unknown, reading: Reading, bytesMax: number): string {
  const text = readString(value, reading);
  if (text.includes("\0")) refuse(reading, CODE.malformed, ": a NUL character");
  if (text.length * 3 > bytesMax && utf8Length(text) > bytesMax) {
    refuse(reading, CODE.tooLarge, `: more than ${bytesMax} bytes`);
  }
  return text;
}

/** An object is kept as its JSON text. */
function readJsonText(value: unknown, reading: Reading): string {
  try {
    const text = JSON.stringify(value, jsonInteger);
    if (typeof text === "string") return text;
  } catch {
    // Falls through: too deep for the engine.
  }
  refuse(reading, CODE.malformed, ": not JSON");
  return "";
}

function jsonInteger(_key: string, value: unknown): unknown {
  if (typeof value !== "bigint") return value;
  return Number.isSafeInteger(Number(value)) ? Number(value) : value.toString();
}
