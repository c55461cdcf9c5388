/**
 * The requests that wait for their outcome: a ring in the order in which they were taken, in typed
 * arrays. A request whose time is over is answered 504, a ring that is full takes nothing.
 */
import type { AnswerItem } from "../delivery/record.ts";
import { assert } from "../base/assert.ts";

/** Whoever took a request: a connection's slot and generation, or a function. */
export interface Waiting {
  /** −1 when `resolve` waits. */
  slot: number;
  generation: number;
  cmd: number;
  localId: string;
  resolve: ((answer: AnswerItem) => void) | undefined;
}

export class Pending {
  readonly #mask: number;
  readonly #slots: Int32Array;
  readonly #generations: Float64Array;
  readonly #cmds: Uint16Array;
  readonly #takenAtMs: Float64Array;
  readonly #localIds: string[];
  readonly #resolvers = new Map<number, (answer: AnswerItem) => void>();
  /** The oldest request that may be open, and the next one, counted on beyond 2^32. */
  #oldest: number;
  #next: number;

  /** `capacity` is a power of two; `first` is the number of the first request. */
  constructor(capacity: number, first = 1) {
    assert((capacity & (capacity - 1)) === 0, "capacity is a power of two");
    this.#mask = capacity - 1;
    this.#oldest = first;
    this.#next = first;
    this.#slots = new Int32Array(capacity).fill(CLOSED);
    this.#generations = new Float64Array(capacity);
    this.#cmds = new Uint16Array(capacity);
    this.#takenAtMs = new Float64Array(capacity);
    this.#localIds = new Array(capacity).fill("");
  }

  get open(): number {
    this.#forgetClosed();
    return this.#next - this.#oldest;
  }

  /** The request's number, 0 when the ring is full. Numbers go round below 2^32. */
  take(slot: number, generation: number, cmd: number, localId: string, nowMs: number): number {
    this.#forgetClosed();
    // 0 is nobody's number: its place stays closed.
    const places = this.#next >>> 0 === 0 ? 2 : 1;
    if (this.#next - this.#oldest + places - 1 > this.#mask) return 0;
    if (places === 2) this.#slots[this.#next++ & this.#mask] = CLOSED;
    const at = this.#next & this.#mask;
    this.#slots[at] = slot;
    this.#generations[at] = generation;
    this.#cmds[at] = cmd;
    this.#takenAtMs[at] = nowMs;
    this.#localIds[at] = localId;
    return this.#next++ >>> 0;
  }

  /** The same for one who waits for a promise. */
  takeFor(resolve: (answer: AnswerItem) => void, nowMs: number): number {
    const request = this.take(BY_FUNCTION, 0, 0, "", nowMs);
    if (request > 0) this.#resolvers.set(request, resolve);
    return request;
  }

  /** Closes a request; undefined when it is closed already. */
  close(request: number): Waiting | undefined {
    if (request === 0 || (request - this.#oldest) >>> 0 >= this.#next - this.#oldest) {
      return undefined;
    }
    const at = request & this.#mask;
    const slot = this.#slots[at] as number;
    if (slot === CLOSED) return undefined;
    this.#slots[at] = CLOSED;
    const localId = this.#localIds[at] as string;
    this.#localIds[at] = "";
    const resolve = slot === BY_FUNCTION ? this.#resolvers.get(request) : undefined;
    if (slot === BY_FUNCTION) this.#resolvers.delete(request);
    const generation = this.#generations[at] as number;
    return { slot, generation, cmd: this.#cmds[at] as number, localId, resolve };
  }

  /** The requests taken before `beforeMs` that are still open, oldest first. */
  overdue(beforeMs: number): number[] {
    const requests: number[] = [];
    this.#forgetClosed();
    for (let request = this.#oldest; request < this.#next; request++) {
      const at = request & this.#mask;
      if ((this.#takenAtMs[at] as number) >= beforeMs) break;
      if (this.#slots[at] !== CLOSED) requests.push(request >>> 0);
    }
    return requests;
  }

  #forgetClosed(): void {
    while (this.#oldest < this.#next && this.#slots[this.#oldest & this.#mask] === CLOSED) {
      this.#oldest += 1;
    }
  }
}

const CLOSED = -2;
const BY_FUNCTION = -1;
