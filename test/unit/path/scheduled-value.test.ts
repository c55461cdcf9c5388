// The number that stands in the record of a message for later: its time, command and flags.
import { expect, test } from "bun:test";
import * as fc from "fast-check";
import { scheduledValue, scheduledValueOf } from "../../../src/path/prepared-send.ts";
import { RECORD_VALUE } from "../../../src/transfer/record.ts";

test("what was put in comes out, and is a number that nothing rounds", () => {
  const times = fc.integer({ min: 1, max: Date.UTC(2090, 0, 1) });
  const flags = fc.subarray(Object.values(RECORD_VALUE));
  fc.assert(
    fc.property(times, fc.integer({ min: 1, max: 99 }), flags, (sendAt, cmd, bits) => {
      const scheduled = { sendAt, cmd, flags: bits.reduce((all, bit) => all | bit, 0) };
      const value = scheduledValueOf(scheduled);
      expect(Number.isSafeInteger(value)).toBe(true);
      expect(scheduledValue(value)).toEqual(scheduled);
    }),
  );
});
