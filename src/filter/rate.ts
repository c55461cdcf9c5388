/**
 * Token buckets of connections, in typed arrays by slot: so many frames a second, with a burst.
 * @hot
 */

export class Rates {
  readonly #perSecond: number;
  readonly #burst: number;
  readonly #tokens: Float64Array;
  readonly #filledAtMs: Float64Array;

  constructor(slots: number, perSecond: number, burst: number) {
    this.#perSecond = perSecond;
    this.#burst = burst;
    this.#tokens = new Float64Array(slots);
    this.#filledAtMs = new Float64Array(slots);
  }

  reset(slot: number, nowMs: number): void {
    this.#tokens[slot] = this.#burst;
    this.#filledAtMs[slot] = nowMs;
  }

  /** Takes one token; false when there is none. */
  take(slot: number, nowMs: number): boolean {
    const elapsedMs = nowMs - (this.#filledAtMs[slot] as number);
    const filled = (this.#tokens[slot] as number) + (elapsedMs * this.#perSecond) / 1000;
    const tokens = filled > this.#burst ? this.#burst : filled;
    this.#filledAtMs[slot] = nowMs;
    if (tokens < 1) {
      this.#tokens[slot] = tokens;
      return false;
    }
    this.#tokens[slot] = tokens - 1;
    return true;
  }
}
