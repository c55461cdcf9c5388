// A delivery record is read as it was written, item for item.
import { expect, test } from "bun:test";
import * as fc from "fast-check";
import { GrowingBuffer } from "../../../src/base/growing-buffer.ts";
import {
  beginDelivery,
  type DeliveryItem,
  ITEM,
  readDelivery,
  writeItem,
} from "../../../src/delivery/record.ts";
import type { Slice } from "../../../src/wire/frame.ts";

const id = fc.nat({ max: Number.MAX_SAFE_INTEGER });
const orNone = fc.oneof(fc.constant(-1), id);
const u32 = fc.nat(2 ** 32 - 1);
const u16 = fc.nat(2 ** 16 - 1);
const u8 = fc.nat(255);
const text = fc.string({ unit: "binary", maxLength: 64 });
const slice = fc
  .uint8Array({ maxLength: 2000 })
  .map((bytes) => ({ bytes: Buffer.from(bytes), start: 0, end: bytes.length }));
const userIds = fc.array(id, { maxLength: 20 });

const push = fc.record({
  cmd: u16,
  type: u32,
  conversationId: id,
  conversationType: u8,
  messageIdHigh: u32,
  messageIdLow: u32,
  seq: orNone,
  conversationPts: orNone,
  timestamp: id,
  from: text,
  source: text,
  localId: text,
  content: slice,
  options: slice,
  mentionedAll: fc.boolean(),
  duplicate: fc.boolean(),
});

const recipient = fc.record({ userId: id, pts: orNone, mentioned: fc.boolean() });

const event = fc.record({
  kind: fc.constant(ITEM.event),
  push,
  senderId: id,
  request: u32,
  wide: fc.boolean(),
  recipients: fc.array(recipient, { maxLength: 300 }),
});

const item: fc.Arbitrary<DeliveryItem> = fc.oneof(
  event,
  fc.record({
    kind: fc.constant(ITEM.transient),
    event,
    watched: fc.boolean(),
    except: userIds,
    exceptGeneration: id,
    untilMs: id,
  }),
  fc.record({
    kind: fc.constant(ITEM.answer),
    request: u32,
    code: u16,
    message: text,
    conversationId: orNone,
    conversationType: u8,
    messageIdHigh: u32,
    messageIdLow: u32,
    seq: orNone,
    pts: orNone,
    conversationPts: orNone,
    timestamp: id,
    duplicate: fc.boolean(),
  }),
  fc.record({ kind: fc.constant(ITEM.invalidate), first: id.map((one) => -one) }),
  fc.record({ kind: fc.constant(ITEM.invalidateUser), userId: id }),
  fc.record({
    kind: fc.constantFrom(ITEM.follow, ITEM.unfollow),
    conversationId: id,
    conversationPts: orNone,
    userIds,
  }),
  fc.record({ kind: fc.constant(ITEM.close), userId: id, generation: id, code: u16 }),
  fc.record({ kind: fc.constant(ITEM.check), userIds }),
);

/** Contents as their bytes, wherever they lie; −0 is written as a number and means the same. */
function plain(one: DeliveryItem): unknown {
  const bytes = (part: Slice) => [...part.bytes.subarray(part.start, part.end)];
  if (one.kind === ITEM.invalidate) return { ...one, first: one.first + 0 };
  if (one.kind === ITEM.transient) return { ...one, event: plain(one.event) };
  if (one.kind !== ITEM.event) return one;
  const { content, options, ...rest } = one.push;
  return { ...one, push: { ...rest, content: bytes(content), options: bytes(options) } };
}

test("what is written is read, in order", () => {
  fc.assert(
    fc.property(fc.array(item, { maxLength: 20 }), (items) => {
      const buffer = new GrowingBuffer();
      beginDelivery(buffer);
      for (const one of items) writeItem(buffer, one);
      const read: DeliveryItem[] = [];
      readDelivery(Buffer.from(buffer.view()), (one) => read.push(one));
      expect(read.map(plain)).toEqual(items.map(plain));
    }),
  );
});

test("a record of another version or with an unknown item is refused", () => {
  const none = (): void => {};
  expect(() => readDelivery(Buffer.from([2]), none)).toThrow(RangeError);
  expect(() => readDelivery(Buffer.from([1, 99]), none)).toThrow(RangeError);
});
