// The map with a bound keeps at least the entries that were touched last, and never too many.
import { expect, test } from "bun:test";
import * as fc from "fast-check";
import { Recent } from "../../../src/base/recent.ts";

const LIMIT = 4;

test("what was touched last is there and right, and no more than twice the limit is", () => {
  const step = fc.tuple(fc.constantFrom("set", "get", "delete"), fc.nat(12), fc.nat(1000));
  fc.assert(
    fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
      const recent = new Recent<number, number>(LIMIT);
      const truth = new Map<number, number>();
      let touched: number[] = [];
      for (const [what, key, value] of steps) {
        if (what === "set") {
          recent.set(key, value);
          truth.set(key, value);
        } else if (what === "delete") {
          recent.delete(key);
          truth.delete(key);
        } else {
          const found = recent.get(key);
          const known = touched.slice(-LIMIT).includes(key);
          if (known || found !== undefined) expect(found).toBe(truth.get(key));
          if (found === undefined) continue;
        }
        touched = touched.filter((other) => other !== key);
        if (what !== "delete") touched.push(key);
        expect(recent.size).toBeLessThanOrEqual(2 * LIMIT);
      }
      for (const key of touched.slice(-LIMIT)) expect(recent.get(key)).toBe(truth.get(key));
    }),
  );
});
