// When a gateway takes no more: by the age of the request that is next in line.
import { expect, test } from "bun:test";
import { Pending } from "../../../src/path/pending.ts";

const BUSY_MS = 2000;

function line(first = 1) {
  const pending = new Pending(64, first, BUSY_MS);
  return { pending, take: (nowMs: number) => pending.take(0, 1, 1, "", nowMs) };
}

for (const first of [1, 2 ** 32 - 3]) {
  test(`nothing is taken while the head is too old, from number ${first} on`, () => {
    const { pending, take } = line(first);
    const taken = [take(10_000), take(10_500), take(11_500)];
    expect(taken.every((request) => request > 0)).toBe(true);
    expect(pending.waitMs(12_000)).toBe(2000);
    expect(take(12_000)).toBeGreaterThan(0);
    const probe = take(12_001);
    expect(probe).toBeGreaterThan(0);
    expect(take(12_002)).toBe(0);
    expect(take(12_250)).toBe(0);
    expect(take(12_251)).toBeGreaterThan(0);
    pending.settle(taken[0] as number);
    expect(pending.waitMs(12_252)).toBe(1752);
    expect(take(12_252)).toBeGreaterThan(0);
  });
}

test("what was lost is passed over when a later one is settled", () => {
  const { pending, take } = line();
  take(10_000);
  take(10_000);
  const later = take(12_500);
  expect(take(12_501)).toBe(0);
  pending.settle(later);
  expect(pending.waitMs(12_502)).toBe(0);
  expect(take(12_502)).toBeGreaterThan(0);
});

test("what is closed without being stored says nothing of the line", () => {
  const { pending, take } = line();
  take(10_000);
  const direct = take(10_001);
  pending.close(direct);
  expect(pending.waitMs(11_000)).toBe(1000);
});

test("an empty line has no age, however long it is empty", () => {
  const { pending, take } = line();
  pending.close(take(0));
  expect(pending.waitMs(100_000)).toBe(0);
  expect(take(100_000)).toBeGreaterThan(0);
});
