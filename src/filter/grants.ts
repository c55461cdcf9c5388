/**
 * The table of grants: open addressing in typed arrays, a window of eight slots a key, so that it
 * has a bound, needs no tombstones, and a look-up allocates nothing. @hot
 *
 * A key is (conversation, user), or (−peer, user) for the conversation of a pair. Invalidation
 * keeps a counter per bucket of keys, and one per bucket of users: an entry counts only if its load
 * began after the last invalidation of both, which also throws away a load that was under way.
 */

const WINDOW = 8;
const BUCKETS = 1 << 16;
/** A refusal is never served from an entry older than this. */
export const REFUSAL_AGE_MS = 1000;

export class Grants {
  readonly #mask: number;
  readonly #seed: number;
  readonly #first: Float64Array;
  readonly #second: Float64Array;
  readonly #words: Int32Array;
  readonly #conversations: Float64Array;
  readonly #loadedAtMs: Float64Array;
  readonly #versions: Float64Array;
  readonly #invalidated = new Float64Array(BUCKETS);
  readonly #invalidatedUsers = new Float64Array(BUCKETS);
  #version = 1;
  #floor = 0;

  /** `slots` is a power of two; the table takes 44 bytes a slot. */
  constructor(slots: number, seed: number) {
    this.#mask = slots - 1;
    this.#seed = seed | 0;
    this.#first = new Float64Array(slots);
    this.#second = new Float64Array(slots);
    this.#words = new Int32Array(slots);
    this.#conversations = new Float64Array(slots);
    this.#loadedAtMs = new Float64Array(slots);
    this.#versions = new Float64Array(slots);
  }

  /** The slot of a valid entry, −1 for a miss. A slot is good until the next `put`. */
  find(first: number, second: number): number {
    const base = mix(first, second, this.#seed);
    for (let i = 0; i < WINDOW; i++) {
      const slot = (base + i) & this.#mask;
      if (this.#first[slot] === first && this.#second[slot] === second) {
        const version = this.#versions[slot] as number;
        if (version < (this.#invalidatedUsers[bucketOf(second)] as number)) return -1;
        return this.isCurrent(first, version) ? slot : -1;
      }
    }
    return -1;
  }

  word(slot: number): number {
    return this.#words[slot] as number;
  }

  /** The conversation of the entry; 0 for a pair that has none yet. */
  conversation(slot: number): number {
    return this.#conversations[slot] as number;
  }

  /** Whether the entry may be used to refuse. */
  mayRefuse(slot: number, nowMs: number): boolean {
    return nowMs - (this.#loadedAtMs[slot] as number) <= REFUSAL_AGE_MS;
  }

  setWord(slot: number, word: number): void {
    this.#words[slot] = word;
  }

  /** To be taken before a load begins and given to `put`. */
  version(): number {
    return this.#version;
  }

  /** Whether what was loaded under `first` since `version` has not been invalidated. */
  isCurrent(first: number, version: number): boolean {
    if (version < this.#floor) return false;
    return version >= (this.#invalidated[bucketOf(first)] as number);
  }

  put(
    first: number,
    second: number,
    word: number,
    conversation: number,
    version: number,
    nowMs: number,
  ): void {
    const base = mix(first, second, this.#seed);
    let chosen = base & this.#mask;
    for (let i = 0; i < WINDOW; i++) {
      const slot = (base + i) & this.#mask;
      if (this.#first[slot] === first && this.#second[slot] === second) {
        chosen = slot;
        break;
      }
      if ((this.#loadedAtMs[slot] as number) < (this.#loadedAtMs[chosen] as number)) chosen = slot;
    }
    this.#first[chosen] = first;
    this.#second[chosen] = second;
    this.#words[chosen] = word;
    this.#conversations[chosen] = conversation;
    this.#loadedAtMs[chosen] = nowMs;
    this.#versions[chosen] = version;
  }

  /** Drops what is known under a conversation, or under −peer. */
  invalidate(first: number): void {
    this.#invalidated[bucketOf(first)] = ++this.#version;
  }

  /** Drops all that is known of what a user may do. */
  invalidateUser(userId: number): void {
    this.#invalidatedUsers[bucketOf(userId)] = ++this.#version;
  }

  invalidateAll(): void {
    this.#floor = ++this.#version;
  }
}

export function mix(first: number, second: number, seed: number): number {
  let hash = Math.imul((first | 0) ^ seed, 0x9e3779b1);
  hash = Math.imul(hash ^ ((first / 0x100000000) | 0) ^ (hash >>> 15), 0x85ebca6b);
  hash = Math.imul(hash ^ (second | 0) ^ (hash >>> 13), 0xc2b2ae35);
  hash = Math.imul(hash ^ ((second / 0x100000000) | 0) ^ (hash >>> 16), 0x27d4eb2f);
  return (hash ^ (hash >>> 15)) >>> 0;
}

function bucketOf(first: number): number {
  return Math.imul(first | 0, 0x9e3779b1) >>> 16;
}
