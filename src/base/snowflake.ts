/** Message ids: 41 bits of ms since 2024-01-01T00:00:00Z, 10 of node, 12 of counter. */

const EPOCH_MS = Date.UTC(2024, 0, 1);
/** Node and counter together; there is one writer, so both count. */
const LOW_VALUES = 1 << 22;
const TWO_32 = 0x100000000;

/** An id in two unsigned halves, which numbers hold exactly. */
export interface Snowflake {
  high: number;
  low: number;
}

/** Gives ids that only grow, whatever the clock does. */
export class Snowflakes {
  #ms = 0;
  #low = 0;

  /** From now on every id is above `id`. */
  startAfter(id: bigint): void {
    this.#ms = Number(id >> 22n);
    this.#low = Number(id & BigInt(LOW_VALUES - 1));
  }

  next(wallMs: number): Snowflake {
    const ms = wallMs - EPOCH_MS;
    if (ms > this.#ms) {
      this.#ms = ms;
      this.#low = 0;
    } else if (++this.#low === LOW_VALUES) {
      this.#ms += 1;
      this.#low = 0;
    }
    const high = Math.floor(this.#ms / 1024);
    return { high, low: ((this.#ms % 1024) * LOW_VALUES + this.#low) >>> 0 };
  }
}

export function snowflakeText({ high, low }: Snowflake): string {
  if (high < 0x200000) return String(high * TWO_32 + low);
  return ((BigInt(high) << 32n) | BigInt(low)).toString();
}

export function snowflakeHalves(text: string): Snowflake {
  // text = upper · 10^9 + lower, multiplied in pieces that stay below 2^53.
  const upper = Number(text.slice(0, -9));
  const lower = Number(text.slice(-9));
  const middle = Math.floor(upper / 0x10000) * 1e9;
  const least = (upper % 0x10000) * 1e9 + lower + (middle % 0x10000) * 0x10000;
  return {
    high: Math.floor(middle / 0x10000) + Math.floor(least / TWO_32),
    low: least % TWO_32,
  };
}

/** Milliseconds since 1970 at which the id was given. */
export function snowflakeMs({ high, low }: Snowflake): number {
  return high * 1024 + Math.floor(low / LOW_VALUES) + EPOCH_MS;
}
