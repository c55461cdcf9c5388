/** Writes an envelope as plain data for JSON, MessagePack or the generated protobuf code. */
import { contentMember, responseMember } from "./data-shapes.ts";
import type { Content, Envelope } from "./envelope.ts";
import {
  CONTENT,
  CONTROL,
  type Field,
  HEADER,
  MESSAGE_EXTRA,
  OPTIONS,
  RESPONSE,
  ROUTE,
  type Shape,
} from "./shapes.ts";

type Plain = Record<string, unknown>;
export type Target = "json" | "msgpack" | "proto";

/** The parts in the protocol's order, `messageExtra` last. */
export function writeEnvelope(envelope: Envelope, target: Target): Plain {
  const { direction, cmd } = envelope;
  const plain: Plain = { direction, cmd };
  if (envelope.header) plain["header"] = writeShape(envelope.header, HEADER, target);
  if (envelope.route) plain["route"] = writeShape(envelope.route, ROUTE, target);
  if (envelope.content) plain["content"] = writeContent(envelope.content, cmd, direction, target);
  if (envelope.control) plain["control"] = writeShape(envelope.control, CONTROL, target);
  if (envelope.options) plain["options"] = writeShape(envelope.options, OPTIONS, target);
  if (envelope.response) {
    const member = responseMember(cmd, direction);
    const response = writeShape(envelope.response, RESPONSE, target);
    plain["response"] = withData(response, envelope.response.data, member, target);
  }
  if (envelope.messageExtra) {
    plain["messageExtra"] = writeShape(envelope.messageExtra, MESSAGE_EXTRA, target);
  }
  return plain;
}

export function writeContent(
  content: Content,
  cmd: number,
  direction: number,
  target: Target,
): Plain {
  const plain = writeShape(content, CONTENT, target);
  return withData(plain, content.data, contentMember(cmd, direction), target);
}

export function writeShape(part: object, shape: Shape, target: Target): Plain {
  const plain: Plain = {};
  for (const name in shape) {
    const value = (part as Plain)[name];
    if (value === undefined || value === null) continue;
    const field = shape[name] as Field;
    plain[name] =
      field.listMax === undefined
        ? writeValue(value, field, target)
        : (value as unknown[]).map((entry) => writeValue(entry, field, target));
  }
  return plain;
}

function withData(
  plain: Plain,
  data: Plain | undefined,
  member: { name: string; shape: Shape } | undefined,
  target: Target,
): Plain {
  if (data === undefined || member === undefined) return plain;
  plain[target === "proto" ? member.name : "data"] = writeShape(data, member.shape, target);
  return plain;
}

function writeValue(value: unknown, field: Field, target: Target): unknown {
  switch (field.kind) {
    case "conversationId":
      return target === "json" ? String(value) : writeInteger(value as number, target);
    case "id64":
      return target === "msgpack" ? writeBigId(value as string) : value;
    case "int64":
      return writeInteger(value as number, target);
    case "part":
      return writeShape(value as object, field.shape as Shape, target);
    case "envelope":
      return writeEnvelope(value as Envelope, target);
    default:
      return value;
  }
}

/** The MessagePack encoder makes floats of what is wider than 32 bits and no bigint. */
function writeInteger(value: number, target: Target): number | bigint {
  const narrow = value >= -0x8000_0000 && value <= 0xffff_ffff;
  return target === "msgpack" && !narrow ? BigInt(value) : value;
}

function writeBigId(value: string): number | bigint {
  const number = Number(value);
  return number <= 0xffff_ffff ? number : BigInt(value);
}
