// The table of grants: what it finds is what was put last and not invalidated since; it may forget,
// it may not be wrong.
import { expect, test } from "bun:test";
import * as fc from "fast-check";
import { Grants, REFUSAL_AGE_MS } from "../../../src/filter/grants.ts";

const put = (grants: Grants, first: number, second: number, word: number, nowMs = 0) =>
  grants.put(first, second, word, Math.abs(first), grants.version(), nowMs);

function wordOf(grants: Grants, first: number, second: number): number | undefined {
  const slot = grants.find(first, second);
  return slot < 0 ? undefined : grants.word(slot);
}

test("an invalidation overtakes a load that is under way", () => {
  const grants = new Grants(64, 1);
  const before = grants.version();
  grants.invalidate(7);
  grants.put(7, 1, 5, 7, before, 0);
  expect(grants.find(7, 1)).toBe(-1);
  put(grants, 7, 1, 6);
  expect(wordOf(grants, 7, 1)).toBe(6);
  const again = grants.version();
  grants.invalidateAll();
  grants.put(8, 1, 5, 8, again, 0);
  expect([grants.find(7, 1), grants.find(8, 1)]).toEqual([-1, -1]);
});

test("an invalidation reaches its key alone, for all of the key's users", () => {
  const grants = new Grants(1024, 1);
  for (const first of [7, -7, 8]) {
    for (const second of [1, 2]) put(grants, first, second, first + second);
  }
  grants.invalidate(7);
  expect([wordOf(grants, 7, 1), wordOf(grants, 7, 2)]).toEqual([undefined, undefined]);
  expect([wordOf(grants, -7, 1), wordOf(grants, 8, 2)]).toEqual([-6, 10]);
});

test("an invalidation of a user reaches all that is known of him, and nobody else", () => {
  const grants = new Grants(1024, 1);
  const before = grants.version();
  for (const first of [7, -9]) {
    for (const second of [1, 2]) put(grants, first, second, first + second);
  }
  grants.invalidateUser(2);
  grants.put(8, 2, 5, 8, before, 0);
  expect([7, -9, 8].map((first) => wordOf(grants, first, 2))).toEqual(Array(3).fill(undefined));
  expect([7, -9].map((first) => wordOf(grants, first, 1))).toEqual([8, -8]);
  put(grants, 7, 2, 6);
  expect(wordOf(grants, 7, 2)).toBe(6);
});

test("in a window that is full the entry that was loaded longest ago goes", () => {
  // As small as the window: every key has the same eight slots.
  const grants = new Grants(8, 1);
  for (let user = 1; user <= 8; user += 1) put(grants, 1, user, user, user);
  for (let user = 1; user <= 8; user += 1) expect(wordOf(grants, 1, user)).toBe(user);
  put(grants, 1, 1, 11, 9);
  put(grants, 1, 9, 9, 10);
  const left = Array.from({ length: 9 }, (_, index) => wordOf(grants, 1, index + 1));
  expect(left).toEqual([11, undefined, 3, 4, 5, 6, 7, 8, 9]);
});

test("an entry may refuse for a second after it was loaded", () => {
  const grants = new Grants(8, 1);
  put(grants, 1, 1, 0, 500);
  const slot = grants.find(1, 1);
  expect(grants.mayRefuse(slot, 500 + REFUSAL_AGE_MS)).toBe(true);
  expect(grants.mayRefuse(slot, 501 + REFUSAL_AGE_MS)).toBe(false);
});

test("whatever happens, what is found is what a map holds", () => {
  const first = fc.constantFrom(1, 2, 3, -1, -2, 2 ** 33 + 1, -(2 ** 33) - 1);
  const step = fc.tuple(fc.constantFrom("put", "late", "all", "one", "set"), first, fc.nat(6));
  fc.assert(
    fc.property(fc.array(step, { maxLength: 300 }), fc.integer(), (steps, seed) => {
      const grants = new Grants(32, seed);
      const truth = new Map<string, { first: number; word: number }>();
      let late = grants.version();
      for (const [index, [what, key, user]] of steps.entries()) {
        const name = `${key}:${user}`;
        const slot = grants.find(key, user);
        if (slot >= 0) expect(grants.word(slot)).toBe(truth.get(name)?.word ?? -1);
        if (what === "put") {
          put(grants, key, user, index, index);
          truth.set(name, { first: key, word: index });
        } else if (what === "late") {
          // A load that began before whatever was invalidated since the last one.
          grants.put(key, user, index, 0, late, index);
          const stillTrue = grants.find(key, user) >= 0;
          if (stillTrue) truth.set(name, { first: key, word: index });
          else truth.delete(name);
          late = grants.version();
        } else if (what === "set" && slot >= 0) {
          grants.setWord(slot, index);
          truth.set(name, { first: key, word: index });
        } else if (what === "all") {
          grants.invalidateAll();
          truth.clear();
        } else if (what === "one") {
          grants.invalidate(key);
          for (const [other, entry] of truth) if (entry.first === key) truth.delete(other);
        }
      }
    }),
  );
});
