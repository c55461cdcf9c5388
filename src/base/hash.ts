/**
 * HalfSipHash-2-4 over numbers and strings: a keyed hash in 32-bit steps, so nobody can aim at it.
 */

const UNITS_PER_WORD = 2;

export class KeyedHash {
  readonly #k0: number;
  readonly #k1: number;
  #v0 = 0;
  #v1 = 0;
  #v2 = 0;
  #v3 = 0;

  /** `seedHex`: at least 16 hexadecimal digits. */
  constructor(seedHex: string) {
    this.#k0 = Number.parseInt(seedHex.slice(0, 8), 16) | 0;
    this.#k1 = Number.parseInt(seedHex.slice(8, 16), 16) | 0;
  }

  /** A whole number from 0 to 2^53 − 1 for (number, string, string). */
  of(id: number, first: string, second: string): number {
    this.#v0 = this.#k0;
    this.#v1 = this.#k1 ^ 0xee;
    this.#v2 = 0x6c796765 ^ this.#k0;
    this.#v3 = 0x74656462 ^ this.#k1;
    this.#absorb(id | 0);
    this.#absorb((id / 0x100000000) | 0);
    // The lengths part the strings: ("a", "bc") differs from ("ab", "c").
    this.#absorb((first.length << 16) ^ second.length);
    this.#absorbString(first);
    this.#absorbString(second);
    this.#v2 ^= 0xee;
    for (let i = 0; i < 4; i++) this.#round();
    const low = (this.#v1 ^ this.#v3) >>> 0;
    this.#v1 ^= 0xdd;
    for (let i = 0; i < 4; i++) this.#round();
    const high = (this.#v1 ^ this.#v3) >>> 0;
    return (high & 0x1fffff) * 0x100000000 + low;
  }

  #absorbString(text: string): void {
    for (let i = 0; i < text.length; i += UNITS_PER_WORD) {
      const next = i + 1 < text.length ? text.charCodeAt(i + 1) : 0;
      this.#absorb(text.charCodeAt(i) | (next << 16));
    }
  }

  #absorb(word: number): void {
    this.#v3 ^= word;
    this.#round();
    this.#round();
    this.#v0 ^= word;
  }

  #round(): void {
    let v0 = this.#v0;
    let v1 = this.#v1;
    let v2 = this.#v2;
    let v3 = this.#v3;
    v0 = (v0 + v1) | 0;
    v1 = ((v1 << 5) | (v1 >>> 27)) ^ v0;
    v0 = (v0 << 16) | (v0 >>> 16);
    v2 = (v2 + v3) | 0;
    v3 = ((v3 << 8) | (v3 >>> 24)) ^ v2;
    v0 = (v0 + v3) | 0;
    v3 = ((v3 << 7) | (v3 >>> 25)) ^ v0;
    v2 = (v2 + v1) | 0;
    v1 = ((v1 << 13) | (v1 >>> 19)) ^ v2;
    v2 = (v2 << 16) | (v2 >>> 16);
    this.#v0 = v0;
    this.#v1 = v1;
    this.#v2 = v2;
    this.#v3 = v3;
  }
}
