// Nobody can aim at one place of a table: keys that meet under one seed part under another.
import { expect, test } from "bun:test";
import { KeyedHash } from "../../../src/base/hash.ts";
import { Grants, mix } from "../../../src/filter/grants.ts";

const BUCKETS = 1024;

/** Keys 0, 1, 2, … that fall into one of so many buckets. */
function meeting(bucketOf: (key: number) => number, count: number): number[] {
  const keys: number[] = [];
  for (let key = 0; keys.length < count; key++) if (bucketOf(key) === 7) keys.push(key);
  return keys;
}

/** How many keys the fullest bucket has. */
function fullest(keys: readonly number[], bucketOf: (key: number) => number): number {
  const counts = new Uint32Array(BUCKETS);
  for (const key of keys) counts[bucketOf(key)] = (counts[bucketOf(key)] as number) + 1;
  return Math.max(...counts);
}

test("request keys: flooding one seed floods no other", () => {
  const known = new KeyedHash("00112233445566778899aabbccddeeff");
  const secret = new KeyedHash("0fedcba987654321fedcba9876543210");
  const bucket = (hash: KeyedHash) => (key: number) => hash.of(7, "im_web", `m${key}`) % BUCKETS;
  const aimed = meeting(bucket(known), 300);
  expect(fullest(aimed, bucket(known))).toBe(300);
  expect(fullest(aimed, bucket(secret))).toBeLessThan(8);
});

test("request keys: lengths part what stands together, and keys spread", () => {
  const hash = new KeyedHash("00112233445566778899aabbccddeeff");
  expect(hash.of(1, "a", "bc")).not.toBe(hash.of(1, "ab", "c"));
  expect(hash.of(1, "", "a")).not.toBe(hash.of(1, "a", ""));
  expect(hash.of(1, "a", "b")).not.toBe(hash.of(2 ** 32 + 1, "a", "b"));
  const keys = Array.from({ length: 20_000 }, (_, key) => key);
  const values = new Set(keys.map((key) => hash.of(1, "d", String(key))));
  expect(values.size).toBe(20_000);
  // 20 a bucket on average; 60 is beyond eight deviations.
  expect(fullest(keys, (key) => hash.of(1, "d", String(key)) % BUCKETS)).toBeLessThan(60);
});

test("grants: what meets in one window under one seed finds its place under another", () => {
  const bucket = (seed: number) => (key: number) => mix(4711, key, seed) & (BUCKETS - 1);
  const aimed = meeting(bucket(1), 100);
  const kept = (seed: number): number => {
    const grants = new Grants(BUCKETS, seed);
    for (const [at, key] of aimed.entries()) {
      grants.put(4711, key, 1, 1, grants.version(), at + 1);
    }
    return aimed.filter((key) => grants.find(4711, key) >= 0).length;
  };
  expect(kept(1)).toBe(8);
  expect(kept(0x5eed1234)).toBeGreaterThan(90);
});

test("grants: conversations of one user, too", () => {
  const bucket = (seed: number) => (key: number) => mix(key, 4711, seed) & (BUCKETS - 1);
  const aimed = meeting(bucket(1), 100);
  expect(fullest(aimed, bucket(0x5eed1234))).toBeLessThan(8);
});
