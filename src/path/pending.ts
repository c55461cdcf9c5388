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
  /** The oldest request that may be open, and the number of the next one. */
  #oldest = 1;
  #next = 1;

  /** `capacity` is a power of two. */
  constructor(capacity: number) {
    assert((capacity & (capacity - 1)) === 0, "capacity is a power of two");
    this.#mask = capacity - 1;
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
    if (this.#next - this.#oldest > this.#mask) return 0;
    const at = this.#next & this.#mask;
    this.#slots[at] = slot;
    this.#generations[at] = generation;
    this.#cmds[at] = cmd;
    this.#takenAtMs[at] = nowMs;
    this.#localIds[at] = localId;
    return this.#next++;
  }

  /** The same for one who waits for a promise. */
  takeFor(resolve: (answer: AnswerItem) => void, nowMs: number): number {
    const request = this.take(BY_FUNCTION, 0, 0, "", nowMs);
    if (request > 0) this.#resolvers.set(request, resolve);
    return request;
  }

  /** Closes a request; undefined when it is closed already. */
  close(request: number): Waiting | undefined {
    if (request < this.#oldest || request >= this.#next) return undefined;
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
      if (this.#slots[at] !== CLOSED) requests.push(request);
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
