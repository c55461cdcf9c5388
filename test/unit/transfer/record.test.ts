// A stream entry is read as it was written; one of another version or cut short is refused.
import { expect, test } from "bun:test";
import * as fc from "fast-check";
import { GrowingBuffer } from "../../../src/base/growing-buffer.ts";
import {
  NewerVersionError,
  readEntry,
  type RecordFields,
  takesNumber,
  writeEntryHeader,
  writeRecord,
} from "../../../src/transfer/record.ts";

const id = fc.nat({ max: Number.MAX_SAFE_INTEGER });
const u32 = fc.nat(2 ** 32 - 1);
const text = fc.string({ unit: "binary", maxLength: 64 });
const slice = fc
  .uint8Array({ maxLength: 300 })
  .chain((bytes) => fc.nat(bytes.length).map((start) => ({ bytes, start, end: bytes.length })));

const fields: fc.Arbitrary<RecordFields> = fc.record({
  cmd: fc.constantFrom(1, 2, 6, 31, 91, 73),
  flags: fc.nat(127),
  request: u32,
  senderId: id,
  conversationId: fc.oneof(fc.constant(0), fc.nat(3)),
  peerId: id,
  key: id,
  value: id,
  type: u32,
  ttl: u32,
  from: text,
  deviceId: text,
  localId: text,
  target: fc.array(id, { maxLength: 5 }),
  mentions: fc.array(id, { maxLength: 5 }),
  content: slice,
  options: slice,
});

function write(gatewayId: string, records: readonly RecordFields[]): Buffer {
  const buffer = new GrowingBuffer();
  writeEntryHeader(buffer, gatewayId);
  for (const record of records) writeRecord(buffer, record);
  return Buffer.from(buffer.view());
}

const cut = ({ bytes, start, end }: RecordFields["content"]) => [...bytes.subarray(start, end)];

test("what is written is read, and each conversation's messages are numbered in order", () => {
  fc.assert(
    fc.property(text, fc.array(fields, { maxLength: 12 }), (gatewayId, records) => {
      const numbered = records.filter(takesNumber).map((record) => record.conversationId);
      const firsts = [...new Set(numbered)].map((_, place) => 1000 * (place + 1));
      const given = new Map([...new Set(numbered)].map((one, place) => [one, firsts[place] ?? 0]));
      const read = readEntry(write(gatewayId, records), firsts);
      expect(read).toHaveLength(records.length);
      for (const [index, record] of records.entries()) {
        const { entry, start, end, content, options, ...rest } = read[index] ?? ({} as never);
        // The whole record as bytes: what is set aside where it can't be stored.
        expect(entry.readUInt32LE(start)).toBe(end - start);
        const seq = takesNumber(record) ? (given.get(record.conversationId) ?? -2) : -1;
        if (seq >= 0) given.set(record.conversationId, seq + 1);
        const { content: wanted, options: wantedOptions, ...same } = record;
        expect(rest).toEqual({ ...same, gatewayId, provisionalSeq: seq, wishes: "" });
        expect([...content]).toEqual(cut(wanted));
        expect([...options]).toEqual(cut(wantedOptions));
      }
    }),
  );
});

test("an entry of another version, cut short, or with a number missing is refused", () => {
  const [record] = fc.sample(fields, { numRuns: 1, seed: 7 }) as [RecordFields];
  const message = { ...record, cmd: 1, conversationId: 5 };
  const entry = write("gateway", [message]);
  expect(readEntry(entry, [0])).toHaveLength(1);
  expect(() => readEntry(entry, [])).toThrow(RangeError);
  const ofVersion = (version: number) => Buffer.from([version, ...entry.subarray(1)]);
  expect(() => readEntry(ofVersion(9), [0])).toThrow(NewerVersionError);
  expect(() => readEntry(ofVersion(200), [0])).toThrow(RangeError);
  for (let length = entry.length - 1; length > 10; length -= 7) {
    expect(() => readEntry(entry.subarray(0, length), [0])).toThrow();
  }
});
