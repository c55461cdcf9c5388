// The keyed hash: a number that fits, spread over its range, and another one for each seed and for
// each way to part the strings.
import { expect, test } from "bun:test";
import * as fc from "fast-check";
import { KeyedHash } from "../../../src/base/hash.ts";

const hash = new KeyedHash("0011223344556677");

test("is a whole number below 2^53, the same each time", () => {
  fc.assert(
    fc.property(fc.nat(2 ** 31), fc.string(), fc.string(), (id, first, second) => {
      const value = hash.of(id, first, second);
      expect(Number.isSafeInteger(value) && value >= 0).toBe(true);
      expect(new KeyedHash("0011223344556677").of(id, first, second)).toBe(value);
    }),
  );
});

test("each half of the seed matters", () => {
  const value = hash.of(7, "device", "local");
  expect(new KeyedHash("1011223344556677").of(7, "device", "local")).not.toBe(value);
  expect(new KeyedHash("0011223344556678").of(7, "device", "local")).not.toBe(value);
});

test("what stands where matters: the id's high half, and where one string ends", () => {
  const inputs: [number, string, string][] = [
    [1, "", ""],
    [1 + 2 ** 32, "", ""],
    [1, "a", ""],
    [1, "", "a"],
    [1, "ab", "c"],
    [1, "a", "bc"],
    [1, "abc", ""],
    [1, "a\u0000", "bc"],
  ];
  expect(new Set(inputs.map((input) => hash.of(...input))).size).toBe(inputs.length);
});

test("names that follow one another are spread evenly, high bits and low bits", () => {
  const count = 64_000;
  const high = new Array<number>(64).fill(0);
  const low = new Array<number>(64).fill(0);
  for (let index = 0; index < count; index += 1) {
    const value = hash.of(1, "im_web", `message-${index}`);
    const top = Math.floor(value / 2 ** 47);
    high[top] = (high[top] ?? 0) + 1;
    low[value % 64] = (low[value % 64] ?? 0) + 1;
  }
  // A thousand are expected in each; six standard deviations are 190.
  for (const share of [...high, ...low]) expect(Math.abs(share - count / 64)).toBeLessThan(190);
});
