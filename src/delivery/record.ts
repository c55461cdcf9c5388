/**
 * The delivery record: what the writer, or a gateway with a direct push, tells one gateway. A list
 * of items, in order. Version 1, little endian.
 */
import { Buffer } from "node:buffer";
import { ByteReader } from "../base/byte-reader.ts";
import type { GrowingBuffer } from "../base/growing-buffer.ts";
import type { PushFields } from "../wire/frame.ts";

export const DELIVERY_VERSION = 1;

export const ITEM = {
  /** An event for users of this gateway, and the answer to its sender where he is here. */
  event: 1,
  /** An answer without an event: a refusal, a duplicate, a command. */
  answer: 2,
  /** Grants under a key are no longer true. */
  invalidate: 3,
  /** Users follow, or no longer follow, the log of a wide conversation. */
  follow: 4,
  unfollow: 5,
  /** A connection is to be closed. */
  close: 6,
  /** Users may have missed something: compare with the store. */
  check: 7,
  /** Tokens of a user are no longer good, and his connections that came by them end. */
  revoke: 8,
  /** Grants of a user are no longer true. The number is that of the grant's bit. */
  invalidateUser: 24,
  /** What is worth something now or never: presence, typing, calls. */
  transient: 9,
} as const;

export interface Recipient {
  userId: number;
  /** −1 for a transient push. */
  pts: number;
  mentioned: boolean;
}

export interface EventItem {
  kind: typeof ITEM.event;
  push: PushFields;
  senderId: number;
  /** The request to answer, when `answerGateway` is this gateway; 0 for none. */
  request: number;
  /** Whether all followers of the wide conversation get it; then there are no recipients. */
  wide: boolean;
  recipients: readonly Recipient[];
}

export interface AnswerItem {
  kind: typeof ITEM.answer;
  request: number;
  code: number;
  message: string;
  conversationId: number;
  conversationType: number;
  messageIdHigh: number;
  messageIdLow: number;
  seq: number;
  pts: number;
  conversationPts: number;
  timestamp: number;
  duplicate: boolean;
}

export interface InvalidateItem {
  kind: typeof ITEM.invalidate;
  first: number;
}

export interface InvalidateUserItem {
  kind: typeof ITEM.invalidateUser;
  userId: number;
}

export interface FollowItem {
  kind: typeof ITEM.follow | typeof ITEM.unfollow;
  conversationId: number;
  conversationPts: number;
  userIds: readonly number[];
}

export interface CloseItem {
  kind: typeof ITEM.close;
  userId: number;
  generation: number;
  code: number;
}

export interface CheckItem {
  kind: typeof ITEM.check;
  userIds: readonly number[];
}

export interface RevokeItem {
  kind: typeof ITEM.revoke;
  userId: number;
  /** "" for all device types. */
  device: string;
  /** What was issued at this time or before, ms since 1970. */
  untilMs: number;
  /** Until when the user is banned, ms since 1970; 0: he isn't. */
  bannedUntilMs: number;
}

export interface TransientItem {
  kind: typeof ITEM.transient;
  /** Without a request and without numbers. */
  event: EventItem;
  /** News of presence: those who watch the sender get it too; it is the first to be dropped. */
  watched: boolean;
  /** Users who don't get it as watchers. */
  except: readonly number[];
  /** The generation of a connection that doesn't get it, 0 for none. */
  exceptGeneration: number;
  /** Ms since 1970 after which it is dropped, 0 for none. */
  untilMs: number;
}

export type DeliveryItem =
  | EventItem
  | AnswerItem
  | InvalidateItem
  | InvalidateUserItem
  | FollowItem
  | CloseItem
  | CheckItem
  | RevokeItem
  | TransientItem;

const FIXED_BYTES = 160;
const RECIPIENT_BYTES = 17;

export function beginDelivery(buffer: GrowingBuffer): void {
  buffer.reset();
  buffer.reserve(FIXED_BYTES);
  buffer.u8(DELIVERY_VERSION);
}

export function writeItem(buffer: GrowingBuffer, item: DeliveryItem): void {
  buffer.reserve(FIXED_BYTES);
  buffer.u8(item.kind);
  switch (item.kind) {
    case ITEM.event:
      return writeEvent(buffer, item);
    case ITEM.answer:
      return writeAnswer(buffer, item);
    case ITEM.invalidate:
      return buffer.f64(item.first);
    case ITEM.invalidateUser:
      return buffer.f64(item.userId);
    case ITEM.follow:
    case ITEM.unfollow:
      buffer.f64(item.conversationId);
      buffer.f64(item.conversationPts);
      return writeUsers(buffer, item.userIds);
    case ITEM.close:
      buffer.f64(item.userId);
      buffer.f64(item.generation);
      return buffer.u16(item.code);
    case ITEM.check:
      return writeUsers(buffer, item.userIds);
    case ITEM.revoke:
      buffer.f64(item.userId);
      buffer.text(item.device);
      buffer.f64(item.untilMs);
      return buffer.f64(item.bannedUntilMs);
    case ITEM.transient:
      return writeTransient(buffer, item);
  }
}

/** Throws RangeError when the bytes are not a record of a known version. */
export function readDelivery(bytes: Buffer, each: (item: DeliveryItem) => void): void {
  const reader = new ByteReader(bytes);
  const version = reader.u8();
  if (version !== DELIVERY_VERSION) throw new RangeError(`delivery version ${version}`);
  while (reader.at < bytes.length) each(readItem(reader));
}

function writeEvent(buffer: GrowingBuffer, item: EventItem): void {
  const { push, recipients } = item;
  buffer.reserve(
    FIXED_BYTES +
      3 * (push.from.length + push.localId.length + push.source.length) +
      (push.content.end - push.content.start) +
      (push.options.end - push.options.start) +
      recipients.length * RECIPIENT_BYTES,
  );
  buffer.u16(push.cmd);
  buffer.u8((push.mentionedAll ? 1 : 0) | (push.duplicate ? 2 : 0) | (item.wide ? 4 : 0));
  buffer.u32(item.request);
  buffer.f64(item.senderId);
  buffer.u32(push.type);
  buffer.f64(push.conversationId);
  buffer.u8(push.conversationType);
  buffer.u32(push.messageIdHigh);
  buffer.u32(push.messageIdLow);
  buffer.f64(push.seq);
  buffer.f64(push.conversationPts);
  buffer.f64(push.timestamp);
  buffer.text(push.from);
  buffer.text(push.source);
  buffer.text(push.localId);
  buffer.block(push.content.bytes, push.content.start, push.content.end);
  buffer.block(push.options.bytes, push.options.start, push.options.end);
  buffer.u32(recipients.length);
  for (let i = 0; i < recipients.length; i++) {
    const recipient = recipients[i] as Recipient;
    buffer.f64(recipient.userId);
    buffer.f64(recipient.pts);
    buffer.u8(recipient.mentioned ? 1 : 0);
  }
}

function writeTransient(buffer: GrowingBuffer, item: TransientItem): void {
  writeEvent(buffer, item.event);
  writeUsers(buffer, item.except);
  buffer.reserve(FIXED_BYTES);
  buffer.u8(item.watched ? 1 : 0);
  buffer.f64(item.exceptGeneration);
  buffer.f64(item.untilMs);
}

function writeAnswer(buffer: GrowingBuffer, item: AnswerItem): void {
  buffer.reserve(FIXED_BYTES + 3 * item.message.length);
  buffer.u32(item.request);
  buffer.u16(item.code);
  buffer.text(item.message);
  buffer.f64(item.conversationId);
  buffer.u8(item.conversationType);
  buffer.u32(item.messageIdHigh);
  buffer.u32(item.messageIdLow);
  buffer.f64(item.seq);
  buffer.f64(item.pts);
  buffer.f64(item.conversationPts);
  buffer.f64(item.timestamp);
  buffer.u8(item.duplicate ? 1 : 0);
}

function writeUsers(buffer: GrowingBuffer, userIds: readonly number[]): void {
  buffer.reserve(4 + 8 * userIds.length);
  buffer.u32(userIds.length);
  for (const userId of userIds) buffer.f64(userId);
}

function readItem(reader: ByteReader): DeliveryItem {
  const kind = reader.u8();
  switch (kind) {
    case ITEM.event:
      return readEvent(reader);
    case ITEM.answer:
      return readAnswer(reader);
    case ITEM.invalidate:
      return { kind, first: reader.f64() };
    case ITEM.invalidateUser:
      return { kind, userId: reader.f64() };
    case ITEM.follow:
    case ITEM.unfollow: {
      const conversationId = reader.f64();
      const conversationPts = reader.f64();
      return { kind, conversationId, conversationPts, userIds: readUsers(reader) };
    }
    case ITEM.close:
      return { kind, userId: reader.f64(), generation: reader.f64(), code: reader.u16() };
    case ITEM.check:
      return { kind, userIds: readUsers(reader) };
    case ITEM.revoke:
      return {
        kind,
        userId: reader.f64(),
        device: reader.text(),
        untilMs: reader.f64(),
        bannedUntilMs: reader.f64(),
      };
    case ITEM.transient: {
      const event = readEvent(reader);
      const except = readUsers(reader);
      const watched = reader.u8() === 1;
      return {
        kind,
        event,
        except,
        watched,
        exceptGeneration: reader.f64(),
        untilMs: reader.f64(),
      };
    }
    default:
      throw new RangeError(`delivery item ${kind} is not known`);
  }
}

function readEvent(reader: ByteReader): EventItem {
  const cmd = reader.u16();
  const flags = reader.u8();
  const request = reader.u32();
  const senderId = reader.f64();
  const push: PushFields = {
    cmd,
    type: reader.u32(),
    conversationId: reader.f64(),
    conversationType: reader.u8(),
    messageIdHigh: reader.u32(),
    messageIdLow: reader.u32(),
    seq: reader.f64(),
    conversationPts: reader.f64(),
    timestamp: reader.f64(),
    from: reader.text(),
    source: reader.text(),
    localId: reader.text(),
    content: reader.slice(),
    options: reader.slice(),
    mentionedAll: (flags & 1) !== 0,
    duplicate: (flags & 2) !== 0,
  };
  const recipients: Recipient[] = [];
  const count = reader.u32();
  for (let i = 0; i < count; i++) {
    recipients.push({ userId: reader.f64(), pts: reader.f64(), mentioned: reader.u8() === 1 });
  }
  return { kind: ITEM.event, push, senderId, request, wide: (flags & 4) !== 0, recipients };
}

function readAnswer(reader: ByteReader): AnswerItem {
  return {
    kind: ITEM.answer,
    request: reader.u32(),
    code: reader.u16(),
    message: reader.text(),
    conversationId: reader.f64(),
    conversationType: reader.u8(),
    messageIdHigh: reader.u32(),
    messageIdLow: reader.u32(),
    seq: reader.f64(),
    pts: reader.f64(),
    conversationPts: reader.f64(),
    timestamp: reader.f64(),
    duplicate: reader.u8() === 1,
  };
}

function readUsers(reader: ByteReader): number[] {
  const count = reader.u32();
  const userIds: number[] = [];
  for (let i = 0; i < count; i++) userIds.push(reader.f64());
  return userIds;
}
