/**
 * Gathers the frames of a tick by connection, so that a socket is written once: a frame each costs
 * one system call each, the largest cost of all at high load. @hot
 *
 * Binary frames are copied, since a codec writes the next one over them; a view is made of each
 * when it is sent. Order per connection holds.
 */
import { copyBytes } from "../wire/native-bytes.ts";

const BUFFER_BYTES = 1 << 20;
const FRAMES_MAX = 8192;

export class FrameGatherer {
  readonly #heads: Int32Array;
  readonly #tails: Int32Array;
  readonly #next = new Int32Array(FRAMES_MAX);
  /** Text frames; of a binary one where it lies in the buffer. */
  readonly #texts: (string | undefined)[] = [];
  readonly #starts = new Int32Array(FRAMES_MAX);
  readonly #ends = new Int32Array(FRAMES_MAX);
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
    if (typeof frame !== "string") return this.addBytes(slot, frame, frame.length);
    if (this.#count === FRAMES_MAX) return false;
    this.#texts[this.#count] = frame;
    this.#link(slot);
    return true;
  }

  /** The same for a frame of the first `length` bytes. */
  addBytes(slot: number, bytes: Uint8Array, length: number): boolean {
    if (this.#count === FRAMES_MAX || this.#at + length > BUFFER_BYTES) return false;
    copyBytes(bytes, 0, length, this.#buffer, this.#at);
    this.#texts[this.#count] = undefined;
    this.#starts[this.#count] = this.#at;
    this.#at += length;
    this.#ends[this.#count] = this.#at;
    this.#link(slot);
    return true;
  }

  #link(slot: number): void {
    const index = this.#count++;
    this.#next[index] = NONE;
    const tail = this.#tails[slot] as number;
    if (tail === NONE) {
      this.#heads[slot] = index;
      this.#slots.push(slot);
    } else {
      this.#next[tail] = index;
    }
    this.#tails[slot] = index;
  }

  first(slot: number): number {
    return this.#heads[slot] as number;
  }

  /** The index of the frame after it, NONE after the last. */
  after(index: number): number {
    return this.#next[index] as number;
  }

  frame(index: number): string | Uint8Array {
    const text = this.#texts[index];
    if (text !== undefined) return text;
    return this.#buffer.subarray(this.#starts[index], this.#ends[index]);
  }

  clear(): void {
    for (let i = 0; i < this.#slots.length; i++) {
      const slot = this.#slots[i] as number;
      this.#heads[slot] = NONE;
      this.#tails[slot] = NONE;
    }
    this.#slots.length = 0;
    for (let i = 0; i < this.#count; i++) this.#texts[i] = undefined;
    this.#count = 0;
    this.#at = 0;
  }
}

export const NONE = -1;
