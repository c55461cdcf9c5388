/** The stream record: what a gateway appends and the writer reads. Version 1, little endian. */
import { assert } from "../base/assert.ts";
import { ByteReader } from "../base/byte-reader.ts";
import type { GrowingBuffer } from "../base/growing-buffer.ts";
import { isChat } from "../wire/commands.ts";
import type { Slice } from "../wire/frame.ts";
import { WISHES_HEAD_BYTES, wishesAt, wishesEnd } from "../wire/wishes.ts";

export const RECORD_VERSION = 1;

/**
 * So many versions ahead are believed to be a later release's. A first byte beyond is no version
 * at all, and must not make every writer wait for one that never comes.
 */
const VERSIONS_AHEAD = 8;

/** An entry that a later release has written, and only that can read. */
export class NewerVersionError extends RangeError {
  override readonly name = "NewerVersionError";
}

export function isNewerVersion(version: number): boolean {
  return version > RECORD_VERSION && version <= RECORD_VERSION + VERSIONS_AHEAD;
}

export const RECORD_FLAG = {
  mentionsAll: 1,
  serverApi: 2,
  system: 4,
  /** Encrypted by its sender: opaque, neither searched nor checked nor shown in a push. */
  encrypted: 16,
  /** Not an event of its sender's own log. */
  notSynced: 32,
  /** Wishes stand in front of the options; taken off when the record is read. */
  wishes: 128,
  /** The sender wants no receipts. */
  noReceipt: 64,
} as const;

/**
 * More of them, in `value` of a message's record: the byte of the flags is full. They stand beside
 * the others in the flags of its row.
 */
export const RECORD_VALUE = {
  /** The sender doesn't want to know who has it. */
  noDelivered: 1024,
  /** The sender doesn't want to know who has read it. */
  noRead: 2048,
  /** It is no unread message. */
  uncounted: 4096,
} as const;

/** What all records share; for messages and commands alike. */
export interface RecordFields {
  cmd: number;
  flags: number;
  /** The gateway's number of the request, 0 when nobody waits for an answer. */
  request: number;
  senderId: number;
  /** 0: the conversation of the pair (sender, peer), which need not exist yet, or none. */
  conversationId: number;
  peerId: number;
  /** The request's key: keyed hash of sender, device and local id. */
  key: number;
  /** A command's own number, as the seq that was read; of a message bits of RECORD_VALUE. */
  value: number;
  type: number;
  /** Seconds, 0 for ever. */
  ttl: number;
  from: string;
  deviceId: string;
  localId: string;
  target: readonly number[];
  mentions: readonly number[];
  content: Slice;
  options: Slice;
}

/** A record as the writer holds it; the two byte parts are views of the entry. */
export interface StreamRecord extends Omit<RecordFields, "content" | "options"> {
  gatewayId: string;
  /** The number that Redis gave, −1 when it gave none. */
  provisionalSeq: number;
  content: Buffer;
  options: Buffer;
  /** JSON, see wire/wishes.ts; "" for none. */
  wishes: string;
  /** The entry that holds the record, and where. */
  entry: Buffer;
  start: number;
  end: number;
}

const FIXED_BYTES = 128;

/** Starts an entry: version and the gateway to answer. */
export function writeEntryHeader(buffer: GrowingBuffer, gatewayId: string): void {
  buffer.reset();
  buffer.reserve(FIXED_BYTES);
  buffer.u8(RECORD_VERSION);
  buffer.text(gatewayId);
}

export function writeRecord(buffer: GrowingBuffer, record: RecordFields): void {
  const contentBytes = record.content.end - record.content.start;
  const optionsBytes = record.options.end - record.options.start;
  buffer.reserve(
    FIXED_BYTES +
      3 * (record.from.length + record.deviceId.length + record.localId.length) +
      8 * (record.target.length + record.mentions.length) +
      contentBytes +
      optionsBytes,
  );
  const start = buffer.length;
  buffer.u32(0);
  buffer.u16(record.cmd);
  buffer.u8(record.flags);
  buffer.u32(record.request);
  buffer.f64(record.senderId);
  buffer.f64(record.conversationId);
  buffer.f64(record.peerId);
  buffer.f64(record.key);
  buffer.f64(record.value);
  buffer.u32(record.type);
  buffer.u32(record.ttl);
  buffer.text(record.from);
  buffer.text(record.deviceId);
  buffer.text(record.localId);
  writeIds(buffer, record.target);
  writeIds(buffer, record.mentions);
  buffer.block(record.content.bytes, record.content.start, record.content.end);
  buffer.block(record.options.bytes, record.options.start, record.options.end);
  buffer.bytes.writeUInt32LE(buffer.length - start, start);
}

/** Whether Redis gives the record a seq: a message to a conversation that has a number itself. */
export function takesNumber(record: { cmd: number; conversationId: number }): boolean {
  return record.conversationId > 0 && isChat(record.cmd);
}

/**
 * The records of one entry, in order. `firstSeqs`: the first seq that Redis gave to each
 * conversation with messages here, in the order of their first messages.
 * Throws RangeError when the bytes are not an entry of a known version,
 * NewerVersionError when they are a later release's.
 */
export function readEntry(bytes: Buffer, firstSeqs: readonly number[]): StreamRecord[] {
  const reader = new ByteReader(bytes);
  const version = reader.u8();
  if (isNewerVersion(version)) throw new NewerVersionError(`record version ${version}`);
  if (version !== RECORD_VERSION) throw new RangeError(`record version ${version} is not known`);
  const gatewayId = reader.text();
  const records: StreamRecord[] = [];
  const nextSeqs = new Map<number, number>();
  while (reader.at < bytes.length) {
    const record = readRecord(reader, gatewayId);
    records.push(record);
    if (!takesNumber(record)) continue;
    const seq = nextSeqs.get(record.conversationId) ?? firstSeqs[nextSeqs.size];
    if (seq === undefined) throw new RangeError("fewer numbers than conversations");
    record.provisionalSeq = seq;
    nextSeqs.set(record.conversationId, seq + 1);
  }
  return records;
}

function readRecord(reader: ByteReader, gatewayId: string): StreamRecord {
  const start = reader.at;
  const length = reader.u32();
  const record: StreamRecord = {
    gatewayId,
    provisionalSeq: -1,
    cmd: reader.u16(),
    flags: reader.u8(),
    request: reader.u32(),
    senderId: reader.f64(),
    conversationId: reader.f64(),
    peerId: reader.f64(),
    key: reader.f64(),
    value: reader.f64(),
    type: reader.u32(),
    ttl: reader.u32(),
    from: reader.text(),
    deviceId: reader.text(),
    localId: reader.text(),
    target: readIds(reader),
    mentions: readIds(reader),
    content: reader.block(),
    options: reader.block(),
    wishes: "",
    entry: reader.bytes,
    start,
    end: start + length,
  };
  assert(reader.at === start + length, "a record is as long as it says");
  if ((record.flags & RECORD_FLAG.wishes) !== 0) takeWishes(record);
  return record;
}

function takeWishes(record: StreamRecord): void {
  record.flags &= ~RECORD_FLAG.wishes;
  const { options } = record;
  if (options.length < WISHES_HEAD_BYTES || wishesEnd(options, 0) > options.length) {
    throw new RangeError("the wishes are cut short");
  }
  record.wishes = wishesAt(options, 0);
  record.options = options.subarray(wishesEnd(options, 0));
}

/** The whole record as bytes, for the table of what could not be stored. */
export function rawRecord(record: StreamRecord): Buffer {
  return record.entry.subarray(record.start, record.end);
}

/** What `rawRecord` gave, without the gateway; undefined for what this release can't read. */
export function readRawRecord(bytes: Buffer): StreamRecord | undefined {
  try {
    const record = readRecord(new ByteReader(bytes), "");
    return record.end === bytes.length ? record : undefined;
  } catch {
    return undefined;
  }
}

const NO_IDS: readonly number[] = [];

function writeIds(buffer: GrowingBuffer, ids: readonly number[]): void {
  buffer.u16(ids.length);
  for (let i = 0; i < ids.length; i++) buffer.f64(ids[i] as number);
}

function readIds(reader: ByteReader): readonly number[] {
  const count = reader.u16();
  if (count === 0) return NO_IDS;
  const ids: number[] = [];
  for (let i = 0; i < count; i++) ids.push(reader.f64());
  return ids;
}

export function emptyRecord(): RecordFields {
  return {
    cmd: 0,
    flags: 0,
    request: 0,
    senderId: 0,
    conversationId: 0,
    peerId: 0,
    key: 0,
    value: 0,
    type: 0,
    ttl: 0,
    from: "",
    deviceId: "",
    localId: "",
    target: [],
    mentions: [],
    content: { bytes: NO_BYTES, start: 0, end: 0 },
    options: { bytes: NO_BYTES, start: 0, end: 0 },
  };
}

const NO_BYTES = new Uint8Array(0);
