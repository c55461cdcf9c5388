/**
 * Gathers the frames of a tick by connection, so that a socket is written once: a frame each costs
 * one system call each, the largest cost of all at high load. @hot
 *
 * Binary frames are views of a codec's scratch buffer and are copied; order per connection holds.
 */

const BUFFER_BYTES = 1 << 20;
const FRAMES_MAX = 8192;

export class FrameGatherer {
  readonly #heads: Int32Array;
  readonly #tails: Int32Array;
  readonly #next = new Int32Array(FRAMES_MAX);
  readonly #frames: (string | Uint8Array | undefined)[] = [];
  readonly #slots: number[] = [];
  readonly #buffer = new Uint8Array(BUFFER_BYTES);
  #at = 0;
  #count = 0;

  constructor(slots: number) {
    this.#heads = new Int32Array(slots).fill(NONE);
    this.#tails = new Int32Array(slots).fill(NONE);
  }

  /** The slots with frames, in the order of the first. */
  get slots(): readonly number[] {
    return this.#slots;
  }

  /** False when there is no place left: `flush` first. */
  add(slot: number, frame: string | Uint8Array): boolean {
    if (this.#count === FRAMES_MAX) return false;
    let kept = frame;
    if (typeof frame !== "string") {
      if (this.#at + frame.length > BUFFER_BYTES) return false;
      this.#buffer.set(frame, this.#at);
      kept = this.#buffer.subarray(this.#at, this.#at + frame.length);
      this.#at += frame.length;
    }
    const index = this.#count++;
    this.#frames[index] = kept;
    this.#next[index] = NONE;
    const tail = this.#tails[slot] as number;
    if (tail === NONE) {
      this.#heads[slot] = index;
      this.#slots.push(slot);
    } else {
      this.#next[tail] = index;
    }
    this.#tails[slot] = index;
    return true;
  }

  first(slot: number): number {
    return this.#heads[slot] as number;
  }

  /** The index of the frame after it, NONE after the last. */
  after(index: number): number {
    return this.#next[index] as number;
  }

  frame(index: number): string | Uint8Array {
    return this.#frames[index] as string | Uint8Array;
  }

  clear(): void {
    for (let i = 0; i < this.#slots.length; i++) {
      const slot = this.#slots[i] as number;
      this.#heads[slot] = NONE;
      this.#tails[slot] = NONE;
    }
    this.#slots.length = 0;
    for (let i = 0; i < this.#count; i++) this.#frames[i] = undefined;
    this.#count = 0;
    this.#at = 0;
  }
}

export const NONE = -1;
