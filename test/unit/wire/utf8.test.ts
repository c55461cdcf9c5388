/** The hand-written halves of UTF-8 against the engine's. */
import { afterAll, expect, test } from "bun:test";
import * as fc from "fast-check";
import { cachedId } from "../../../src/wire/id-cache.ts";
import { copyBytes, provideNativeBytes } from "../../../src/wire/native-bytes.ts";
import { createScratch, putString } from "../../../src/wire/scratch.ts";
import { utf8Decode, utf8Length, utf8Valid, utf8Write } from "../../../src/wire/utf8.ts";

const strict = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
const encoder = new TextEncoder();

function engineTakes(bytes: Uint8Array): boolean {
  try {
    strict.decode(bytes);
    return true;
  } catch {
    return false;
  }
}

const TEXT = fc.oneof(fc.string({ unit: "binary" }), fc.string({ unit: "binary", minLength: 30 }));

test("bytes are valid where the engine says so", () => {
  const lead = fc.constantFrom(
    0x41,
    0x7f,
    0x80,
    0xbf,
    0xc0,
    0xc2,
    0xe0,
    0xed,
    0xef,
    0xf0,
    0xf4,
    0xf5,
  );
  const next = fc.constantFrom(0x7f, 0x80, 0x8f, 0x90, 0x9f, 0xa0, 0xbf, 0xc0);
  const mixed = fc.array(fc.oneof(lead, next, fc.nat(255)), { maxLength: 24 });
  const text = TEXT.map((one) => [...encoder.encode(one)]);
  fc.assert(
    fc.property(fc.oneof(mixed, text), (values) => {
      const bytes = new Uint8Array(values);
      expect(utf8Valid(bytes, 0, bytes.length)).toBe(engineTakes(bytes));
    }),
    { numRuns: 5000 },
  );
});

afterAll(() => provideNativeBytes(undefined));

const RUNTIMES = [
  ["with what a server's runtime provides", Buffer.prototype],
  ["with the standard alone", undefined],
] as const;

test.each(RUNTIMES)("text is written, measured and read as the engine does, %s", (_, native) => {
  provideNativeBytes(native);
  fc.assert(
    fc.property(TEXT, (text) => {
      const bytes = encoder.encode(text);
      const around = new Uint8Array(bytes.length + 6).fill(0xff);
      expect(utf8Length(text)).toBe(bytes.length);
      const end = utf8Write(text, around, 3);
      expect(end).toBe(bytes.length + 3);
      expect([...around.subarray(3, end)]).toEqual([...bytes]);
      expect([around[2], around[end]]).toEqual([0xff, 0xff]);
      expect(utf8Decode(around, 3, end)).toBe(text);
      expect(cachedId(around, 3, end)).toBe(text);
      expect(cachedId(around, 3, end)).toBe(text);
      const copy = new Uint8Array(bytes.length + 2).fill(0xff);
      copyBytes(around, 3, end, copy, 1);
      expect([...copy]).toEqual([0xff, ...bytes, 0xff]);
    }),
  );
});

test("a string field is its tag, its length and its bytes", () => {
  fc.assert(
    fc.property(fc.oneof(TEXT, fc.string({ maxLength: 200 })), (text) => {
      const scratch = createScratch(8);
      putString(scratch, 0x12, text);
      const bytes = encoder.encode(text);
      const head =
        bytes.length < 128 ? [bytes.length] : [(bytes.length & 0x7f) | 0x80, bytes.length >> 7];
      const wanted = text === "" ? [] : [0x12, ...head, ...bytes];
      expect([...scratch.bytes.subarray(0, scratch.at)]).toEqual(wanted);
    }),
  );
});

test("an id is the right one although others share its slot", () => {
  // Many more ids than slots, among them pairs whose characters are the other's bytes.
  for (let round = 0; round < 2; round += 1) {
    for (let index = 0; index < 20_000; index += 1) {
      for (const id of [`u${index}`, `é${index}`, `Ã©${index}`]) {
        const bytes = encoder.encode(id);
        if (cachedId(bytes, 0, bytes.length) !== id) throw new Error(`${id} came out as another`);
      }
    }
  }
});
