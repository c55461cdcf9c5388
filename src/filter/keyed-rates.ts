/**
 * Token buckets by key, an address or a user: so many a second, with a burst. They outlive
 * connections. Bounded: those that were not asked for longest are forgotten, which fills them.
 */
import { Recent } from "../base/recent.ts";

interface Bucket {
  tokens: number;
  filledAtMs: number;
}

const KEYS_MAX = 50_000;

export class KeyedRates<Key extends string | number> {
  readonly #perSecond: number;
  readonly #burst: number;
  readonly #buckets: Recent<Key, Bucket>;

  constructor(perSecond: number, burst: number, keysMax = KEYS_MAX) {
    this.#perSecond = perSecond;
    this.#burst = burst;
    this.#buckets = new Recent(keysMax);
  }

  /** Takes one token; false when there is none. */
  take(key: Key, nowMs: number): boolean {
    let bucket = this.#buckets.get(key);
    if (bucket === undefined) {
      bucket = { tokens: this.#burst, filledAtMs: nowMs };
      this.#buckets.set(key, bucket);
    }
    const filled = bucket.tokens + ((nowMs - bucket.filledAtMs) * this.#perSecond) / 1000;
    bucket.tokens = Math.min(filled, this.#burst);
    bucket.filledAtMs = nowMs;
    if (bucket.tokens < 1) return false;
    bucket.tokens -= 1;
    return true;
  }
}
