/**
 * Remembers about the newest keys that it was given, in a table of a fixed size: a place for each
 * key, where a later key of the same place puts out the one before. So it may have forgotten a key,
 * and never takes one for another. Keys are integers from 0 to 2^53 − 1, spread evenly.
 */
export class RecentKeys {
  readonly #places: Float64Array;
  readonly #mask: number;

  /** `limit`: how many keys it has places for, rounded up to a power of two. */
  constructor(limit: number) {
    const places = 2 ** Math.ceil(Math.log2(Math.max(limit, 1)));
    this.#places = new Float64Array(places).fill(NONE);
    this.#mask = places - 1;
  }

  has(key: number): boolean {
    return this.#places[key & this.#mask] === key;
  }

  add(key: number): void {
    this.#places[key & this.#mask] = key;
  }

  clear(): void {
    this.#places.fill(NONE);
  }
}

const NONE = -1;
