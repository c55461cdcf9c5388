// No bytes end the process: what Redis hands over is read, or refused by an exception that callers
// catch.
import { expect, test } from "bun:test";
import * as fc from "fast-check";
import { AssertionError } from "../../../src/base/assert.ts";
import { GrowingBuffer } from "../../../src/base/growing-buffer.ts";
import {
  beginDelivery,
  DELIVERY_VERSION,
  type DeliveryItem,
  ITEM,
  readDelivery,
  writeItem,
} from "../../../src/delivery/record.ts";
import {
  NewerVersionError,
  readEntry,
  RECORD_VERSION,
  type RecordFields,
  writeEntryHeader,
  writeRecord,
} from "../../../src/transfer/record.ts";

const RUNS = Number(Bun.env["LINNET_FUZZ_RUNS"] ?? 3000);
const BYTES = Buffer.from("0a05hello", "latin1");
const SLICE = { bytes: BYTES, start: 0, end: BYTES.length };

const RECORD: RecordFields = {
  ...{ cmd: 1, flags: 0, request: 7, senderId: 3, conversationId: 9, peerId: 0 },
  ...{ key: 123, value: 0, type: 1, ttl: 60, from: "alice", deviceId: "im_web", localId: "l1" },
  ...{ target: [4, 5], mentions: [4], content: SLICE, options: SLICE },
};

const PUSH = {
  ...{ cmd: 1, type: 1, conversationId: 9, conversationType: 1, messageIdHigh: 1 },
  ...{ messageIdLow: 2, seq: 0, conversationPts: -1, timestamp: 5, from: "alice" },
  ...{ source: "websocket", localId: "l1", content: SLICE, options: SLICE },
  ...{ mentionedAll: false, duplicate: false },
};

const ITEMS: DeliveryItem[] = [
  {
    ...{ kind: ITEM.event, push: PUSH, senderId: 3, request: 7, wide: false },
    recipients: [{ userId: 4, pts: 1, mentioned: true }],
  },
  {
    ...{ kind: ITEM.answer, request: 7, code: 200, message: "ok", conversationId: 9 },
    ...{ conversationType: 1, messageIdHigh: 1, messageIdLow: 2, seq: 0, pts: 1 },
    ...{ conversationPts: -1, timestamp: 5, duplicate: false },
  },
  { kind: ITEM.invalidate, first: 9 },
  { kind: ITEM.follow, conversationId: 9, conversationPts: 1, userIds: [3, 4] },
  { kind: ITEM.close, userId: 3, generation: 17, code: 4000 },
  { kind: ITEM.check, userIds: [3] },
  { kind: ITEM.revoke, userId: 3, device: "im_web", untilMs: 1_795_302_444_698, bannedUntilMs: 7 },
];

function entry(): Buffer {
  const buffer = new GrowingBuffer();
  writeEntryHeader(buffer, "0123456789ab");
  writeRecord(buffer, RECORD);
  writeRecord(buffer, { ...RECORD, conversationId: 10 });
  return Buffer.from(buffer.view());
}

function delivery(): Buffer {
  const buffer = new GrowingBuffer();
  beginDelivery(buffer);
  for (const item of ITEMS) writeItem(buffer, item);
  return Buffer.from(buffer.view());
}

/**
 * Whether the bytes were read. Anything but the two exceptions that callers expect fails the test.
 */
function takes(read: (bytes: Buffer) => void, bytes: Buffer): boolean {
  try {
    read(bytes);
    return true;
  } catch (error) {
    if (error instanceof NewerVersionError) return false;
    if (error instanceof RangeError || error instanceof AssertionError) return false;
    throw error;
  }
}

const entries = (bytes: Buffer): void => void readEntry(bytes, [0, 0]);
const deliveries = (bytes: Buffer): void => readDelivery(bytes, () => {});

const READERS: [string, (bytes: Buffer) => void, () => Buffer, number][] = [
  ["stream entries", entries, entry, RECORD_VERSION],
  ["deliveries", deliveries, delivery, DELIVERY_VERSION],
];

test("what was written is read: the fuzz begins with what is right", () => {
  const records = readEntry(entry(), [5, 0]);
  expect(records.map(({ provisionalSeq }) => provisionalSeq)).toEqual([5, 0]);
  const kinds: number[] = [];
  readDelivery(delivery(), (item) => kinds.push(item.kind));
  expect(kinds).toEqual(ITEMS.map(({ kind }) => kind));
  let revoked: DeliveryItem | undefined;
  readDelivery(delivery(), (item) => (revoked = item));
  expect(revoked).toEqual(ITEMS.at(-1));
});

for (const [what, read, whole, version] of READERS) {
  test(`${what}: random bytes`, () => {
    const bytes = fc.uint8Array({ maxLength: 400 }).map((part) => Buffer.from(part));
    fc.assert(
      fc.property(bytes, (random) => void takes(read, random)),
      { numRuns: RUNS },
    );
    const behind = bytes.map((random) => Buffer.concat([Buffer.from([version]), random]));
    fc.assert(
      fc.property(behind, (random) => void takes(read, random)),
      { numRuns: RUNS },
    );
  });

  test(`${what}: every cut`, () => {
    const right = whole();
    expect(takes(read, right)).toBe(true);
    for (let end = 0; end < right.length; end++) takes(read, right.subarray(0, end));
    expect(takes(read, right.subarray(0, right.length - 1))).toBe(false);
  });

  test(`${what}: bytes changed, put in and taken out`, () => {
    const right = whole();
    const at = fc.nat({ max: right.length - 1 });
    const value = fc.oneof(fc.constantFrom(0, 1, 127, 128, 255), fc.nat({ max: 255 }));
    const change = fc.record({ at, value, how: fc.constantFrom("set", "insert", "remove") });
    fc.assert(
      fc.property(fc.array(change, { minLength: 1, maxLength: 6 }), (changes) => {
        let bytes: Buffer = Buffer.from(right);
        for (const { at: place, value: byte, how } of changes) {
          const before = bytes.subarray(0, place);
          const after = bytes.subarray(how === "insert" ? place : place + 1);
          const middle = how === "remove" ? [] : [byte];
          bytes = Buffer.concat([before, Buffer.from(middle), after]);
        }
        takes(read, bytes);
      }),
      { numRuns: RUNS },
    );
  });
}
