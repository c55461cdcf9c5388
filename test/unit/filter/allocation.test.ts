// The filter check and all that it calls make no object: shown in a process that never collects.
import { describe, expect, setDefaultTimeout, test } from "bun:test";
import { resolve } from "node:path";
import type { Gained } from "../../../bench/allocation/main.ts";

/** For a machine that others use too; it asserts no speed. */
setDefaultTimeout(60_000);

const CHECKOUT = resolve(import.meta.dir, "..", "..", "..");
const BLOCK_BYTES = 16 * 1024;
/** What looking at the heap makes by itself differs a little from one look to the next. */
const NOISE_CELLS = 300;

function gained(name: string): Gained {
  const child = Bun.spawnSync([process.execPath, "bench/allocation/main.ts", name], {
    cwd: CHECKOUT,
    env: { ...process.env, BUN_JSC_useGC: "false" },
  });
  expect(child.stderr.toString()).toBe("");
  return JSON.parse(child.stdout.toString()) as Gained;
}

describe("a million calls without garbage collection", () => {
  for (const name of ["verdict", "grants", "rate", "hash", "whole check"]) {
    test(`${name}: nothing is allocated`, () => {
      const { calls, heapBytes, cells, extraBytes, rssBytes } = gained(name);
      expect(calls).toBe(1_000_000);
      expect(heapBytes).toBeLessThanOrEqual(2 * BLOCK_BYTES);
      expect(cells).toBeLessThanOrEqual(NOISE_CELLS);
      expect(extraBytes).toBe(0);
      // A string of the runtime's own would show here alone and take 96 bytes or more; what the
      // compiler's threads take at the same time is a few megabytes in all.
      expect(rssBytes / calls).toBeLessThan(16);
    });
  }

  test("a control that allocates an object a call is found out", () => {
    const { calls, heapBytes, cells } = gained("control: objects");
    expect(cells).toBeGreaterThan(calls * 0.99);
    expect(heapBytes).toBeGreaterThan(calls * 16);
  });

  test("a control that allocates bytes is found out by memory beside the heap or in it", () => {
    const { calls, cells, heapBytes, extraBytes, rssBytes } = gained("control: byte arrays");
    expect(cells).toBeGreaterThan(calls * 0.99);
    expect(heapBytes + extraBytes).toBeGreaterThan(calls * 100);
    expect(rssBytes / calls).toBeGreaterThan(50);
  });

  test("a control that allocates once in a thousand calls is found out", () => {
    expect(gained("control: one object in a thousand").cells).toBeGreaterThan(NOISE_CELLS);
  });
});
