// Ids only grow, whatever the clock does, and say when they were given.
import { expect, test } from "bun:test";
import * as fc from "fast-check";
import {
  type Snowflake,
  snowflakeHalves,
  snowflakeMs,
  Snowflakes,
  snowflakeText,
} from "../../../src/base/snowflake.ts";

const NOW_MS = Date.UTC(2026, 10, 21);

function whole({ high, low }: Snowflake): bigint {
  return (BigInt(high) << 32n) | BigInt(low);
}

test("every id is above the one before, also when the clock goes back", () => {
  const clocks = fc.array(fc.integer({ min: -5000, max: 5000 }), { minLength: 1 });
  fc.assert(
    fc.property(clocks, (jumps) => {
      const snowflakes = new Snowflakes();
      let last = 0n;
      for (const jump of jumps) {
        const id = whole(snowflakes.next(NOW_MS + jump));
        expect(id).toBeGreaterThan(last);
        last = id;
      }
    }),
  );
});

test("ids go on after the newest one of the table, and after a millisecond that is full", () => {
  const snowflakes = new Snowflakes();
  const full = whole(snowflakes.next(NOW_MS)) | 0x3fffffn;
  snowflakes.startAfter(full);
  const next = snowflakes.next(NOW_MS - 60_000);
  expect(whole(next)).toBe(full + 1n);
  expect(snowflakeMs(next)).toBe(NOW_MS + 1);
});

test("the text is the decimal of 64 bits and goes back into its halves", () => {
  const half = fc.integer({ min: 0, max: 2 ** 31 - 1 });
  fc.assert(
    fc.property(half, fc.integer({ min: 0, max: 2 ** 32 - 1 }), (high, low) => {
      const text = snowflakeText({ high, low });
      expect(text).toBe(whole({ high, low }).toString());
      expect(snowflakeHalves(text)).toEqual({ high, low });
    }),
  );
});

test("an id says the millisecond in which it was given", () => {
  const snowflakes = new Snowflakes();
  snowflakes.next(NOW_MS);
  expect(snowflakeMs(snowflakes.next(NOW_MS))).toBe(NOW_MS);
});
