// The keys that the writer remembers, and how it forgets them.
import { expect, test } from "bun:test";
import { RecentKeys } from "../../../src/base/recent-keys.ts";

test("knows the newest keys, forgets one that another took the place of, and all at once", () => {
  const keys = new RecentKeys(1000);
  expect(keys.has(0)).toBe(false);
  for (let key = 0; key < 1024; key++) keys.add(key);
  expect([0, 512, 1023].every((key) => keys.has(key))).toBe(true);

  const far = 2 ** 40 + 512;
  expect(keys.has(far)).toBe(false);
  keys.add(far);
  expect(keys.has(far)).toBe(true);
  expect(keys.has(512)).toBe(false);

  keys.clear();
  expect(keys.has(far)).toBe(false);
});
