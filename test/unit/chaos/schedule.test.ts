// What a seed decides: the same faults every time, every kind before one comes again.
import { expect, test } from "bun:test";
import { Random } from "../../chaos/random.ts";
import { bursts, KINDS } from "../../chaos/schedule.ts";

function firstBursts(seed: number, count: number) {
  const plan = bursts(new Random(seed));
  return Array.from({ length: count }, () => plan.next().value);
}

test("a seed gives the same bursts again, another seed others", () => {
  expect(firstBursts(7, 5)).toEqual(firstBursts(7, 5));
  expect(firstBursts(7, 5)).not.toEqual(firstBursts(8, 5));
});

test("eight bursts hold at least 40 faults, of every kind", () => {
  for (const seed of [1, 2, 3]) {
    const names = firstBursts(seed, 8).flatMap((burst) => burst.map(({ name }) => name));
    expect(names.length).toBeGreaterThanOrEqual(40);
    expect(new Set(names).size).toBe(Object.values(KINDS).flat().length);
  }
});

test("kinds that are left out never come", () => {
  const plan = bursts(new Random(1), new Set(["postgresKill"]));
  const names = Array.from({ length: 20 }, () => plan.next().value)
    .flat()
    .map(({ name }) => name);
  expect(names).not.toContain("postgresKill");
});
