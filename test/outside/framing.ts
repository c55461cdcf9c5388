/**
 * The three framings as an outside client would write them from the protocol page: JSON text,
 * MessagePack, and protobuf by reflection over the .proto file, with nothing of the server's code.
 */

import { fileURLToPath } from "node:url";
import { Decoder, Encoder } from "@msgpack/msgpack";
import protobuf from "protobufjs";

export type Framing = "json" | "proto" | "msgpack";

export const framings: readonly Framing[] = ["json", "msgpack", "proto"];

/** A command's parameters or results; which fields it has follows from `cmd` and `direction`. */
export interface Data {
  epoch?: string;
  pts?: number;
  conversationPts?: number;
  conversationId?: string;
  limit?: number;
  cursor?: string;
  final?: boolean;
  reset?: boolean;
  wide?: boolean;
  seq?: number;
  fromSeq?: number;
  backward?: boolean;
  userId?: string;
  heartbeatMs?: number;
  serverTime?: number;
  events?: Envelope[];
  messages?: Envelope[];
  conversations?: Conversation[];
  [name: string]: unknown;
}

export interface Conversation {
  conversationId?: string;
  conversationType?: number;
  lastSeq?: number;
  conversationPts?: number;
  unread?: number;
}

export interface Envelope {
  direction?: number;
  cmd?: number | string;
  header?: { localId?: string; deviceId?: string; version?: number; timestamp?: number };
  route?: {
    type?: number;
    conversationId?: string | number;
    conversationType?: number;
    from?: string;
    to?: string;
    target?: string[];
    source?: string;
  };
  content?: { text?: string; data?: Data; [name: string]: unknown };
  control?: { ttl?: number; persistent?: boolean; [name: string]: unknown };
  options?: Record<string, unknown>;
  response?: { code?: number; message?: string; data?: Data };
  messageExtra?: {
    messageId?: string;
    conversationSeq?: number;
    pts?: number;
    conversationPts?: number;
    timestamp?: number;
    duplicate?: boolean;
    hidden?: boolean;
    [name: string]: unknown;
  };
}

/** Ids stay decimal strings; every other 64-bit number is below 2^53 and becomes a number. */
const idNames = new Set(["messageId", "conversationId", "messageIds", "msgId"]);

const contentMembers: Record<number, string> = {
  11: "recall",
  12: "delete",
  13: "edit",
  14: "reaction",
  21: "receipt",
  22: "read",
  23: "readAll",
  24: "readCancel",
  34: "history",
  41: "groupCreate",
  42: "groupJoin",
  43: "groupLeave",
  44: "groupDismiss",
  45: "groupUpdate",
  46: "groupMute",
  53: "online",
  61: "friendAdd",
  62: "friendDelete",
  63: "friendUpdate",
  64: "friendBlock",
  71: "sync",
  72: "conversationList",
  81: "typing",
  82: "typing",
};

const schemaPath = fileURLToPath(new URL("../../proto/linnet/v1/envelope.proto", import.meta.url));

let loadedSchema: protobuf.Type | undefined;

/** The envelope's type, read from the .proto file on first use. */
export function envelopeSchema(): protobuf.Type {
  loadedSchema ??= new protobuf.Root().loadSync(schemaPath).lookupType("linnet.v1.Envelope");
  return loadedSchema;
}

const encoder = new Encoder({ useBigInt64: true, ignoreUndefined: true });
const decoder = new Decoder({ useBigInt64: true });

export function encodeFrame(framing: Framing, envelope: Envelope): string | Uint8Array {
  if (framing === "json") return JSON.stringify(envelope);
  if (framing === "msgpack") return encoder.encode(withIntegers(envelope, ""));
  return encodeProto(envelope);
}

export function decodeFrame(framing: Framing, frame: string | Uint8Array): Envelope {
  if (typeof frame === "string") {
    if (framing !== "json") throw new Error(`a text frame on a ${framing} connection`);
    return withNames(JSON.parse(frame), "") as Envelope;
  }
  if (framing === "json") throw new Error("a binary frame on a JSON connection");
  if (framing === "msgpack") return withNames(decoder.decode(frame), "") as Envelope;
  return fromProto(envelopeSchema().decode(frame));
}

export function encodeProto(envelope: Envelope): Uint8Array {
  const { content, ...rest } = envelope;
  const plain: Record<string, unknown> = { ...rest };
  if (content) {
    const { data, ...body } = content;
    const member = contentMembers[Number(envelope.cmd)];
    plain["content"] = data && member ? { ...body, [member]: data } : body;
  }
  const schema = envelopeSchema();
  return schema.encode(schema.fromObject(plain)).finish();
}

function fromProto(message: protobuf.Message): Envelope {
  const plain = envelopeSchema().toObject(message, { longs: String, oneofs: true, arrays: false });
  return withNames(liftData(plain), "") as Envelope;
}

/** Puts the member that each `oneof data` names into `data` itself, as JSON has it. */
function liftData(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(liftData);
  if (typeof value !== "object" || value === null || value instanceof Uint8Array) return value;
  const source = value as Record<string, unknown>;
  const member = typeof source["data"] === "string" ? source["data"] : undefined;
  const lifted: Record<string, unknown> = {};
  for (const [name, inner] of Object.entries(source)) {
    if (name.startsWith("_")) continue;
    if (name === "data" && member !== undefined) continue;
    lifted[name === member ? "data" : name] = liftData(inner);
  }
  return lifted;
}

/** Brings what was decoded to the JSON shape's types: ids strings, other integers numbers. */
function withNames(value: unknown, name: string): unknown {
  if (value === null) return undefined;
  if (Array.isArray(value)) return value.map((inner) => withNames(inner, name));
  if (typeof value === "object" && !(value instanceof Uint8Array)) {
    const named: Record<string, unknown> = {};
    for (const [key, inner] of Object.entries(value)) {
      const kept = withNames(inner, key);
      if (kept !== undefined) named[key] = kept;
    }
    return named;
  }
  if (idNames.has(name) && (typeof value === "number" || typeof value === "bigint")) {
    return value.toString();
  }
  if (idNames.has(name)) return value;
  if (typeof value === "bigint") return Number(value);
  return typeof value === "string" && numberNames.has(name) ? Number(value) : value;
}

const numberNames = new Set([
  "pts",
  "conversationPts",
  "conversationSeq",
  "timestamp",
  "generation",
  "serverTime",
  "lastSeq",
  "readSeq",
  "lastSeen",
  "seq",
  "fromSeq",
  "until",
]);

/** MessagePack carries 64-bit ids as integers. */
function withIntegers(value: unknown, name: string): unknown {
  if (Array.isArray(value)) return value.map((inner) => withIntegers(inner, name));
  if (typeof value === "object" && value !== null && !(value instanceof Uint8Array)) {
    const named: Record<string, unknown> = {};
    for (const [key, inner] of Object.entries(value)) named[key] = withIntegers(inner, key);
    return named;
  }
  if (idNames.has(name) && typeof value === "string" && /^-?\d+$/.test(value)) {
    return BigInt(value);
  }
  const wideInteger = Number.isInteger(value) && Math.abs(value as number) > 0xffff_ffff;
  return wideInteger ? BigInt(value as number) : value;
}
