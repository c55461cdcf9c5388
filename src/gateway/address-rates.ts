/**
 * New connections by address: so many a second, with a burst. Bounded: old addresses are forgotten.
 */
import { Recent } from "../base/recent.ts";

const ADDRESSES_MAX = 50_000;

interface Bucket {
  tokens: number;
  filledAtMs: number;
}

export class AddressRates {
  readonly #perSecond: number;
  readonly #burst: number;
  readonly #buckets = new Recent<string, Bucket>(ADDRESSES_MAX);

  constructor(perSecond: number, burst: number) {
    this.#perSecond = perSecond;
    this.#burst = burst;
  }

  /** Takes one token; false when there is none. */
  take(address: string, nowMs: number): boolean {
    let bucket = this.#buckets.get(address);
    if (bucket === undefined) {
      bucket = { tokens: this.#burst, filledAtMs: nowMs };
      this.#buckets.set(address, bucket);
    }
    const filled = bucket.tokens + ((nowMs - bucket.filledAtMs) * this.#perSecond) / 1000;
    bucket.tokens = Math.min(filled, this.#burst);
    bucket.filledAtMs = nowMs;
    if (bucket.tokens < 1) return false;
    bucket.tokens -= 1;
    return true;
  }
}
