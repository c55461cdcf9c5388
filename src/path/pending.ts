/**
 * The requests that wait for their outcome: a ring in the order in which they were taken, in typed
 * arrays. A request whose time is over is answered 504, a ring that is full takes nothing.
 *
 * Overload shows here first, whichever part is slow: the writer settles in order, so the request
 * that is next in line is the oldest that can still be settled, and its age is what a request that
 * is taken now would wait. Above `busyMs` nothing is taken, but for one request now and then that
 * finds out whether the line moves again.
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
  readonly #busyMs: number;
  readonly #resolvers = new Map<number, (answer: AnswerItem) => void>();
  /** The oldest request that may be open, and the next one, counted on beyond 2^32. */
  #oldest: number;
  #next: number;
  /** Up to here all is settled, or lost: what was taken later has been settled since. */
  #front: number;
  #probedAtMs = 0;

  /**
   * `capacity` is a power of two; `first` is the number of the first request; with the head of the
   * line older than `busyMs` nothing is taken.
   */
  constructor(capacity: number, first = 1, busyMs = Number.POSITIVE_INFINITY) {
    assert((capacity & (capacity - 1)) === 0, "capacity is a power of two");
    this.#mask = capacity - 1;
    this.#busyMs = busyMs;
    this.#oldest = first;
    this.#next = first;
    this.#front = first - 1;
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

  /** How long the request that is next to be settled has waited; 0 when none waits. */
  waitMs(nowMs: number): number {
    if (this.#front < this.#oldest - 1) this.#front = this.#oldest - 1;
    while (this.#front + 1 < this.#next && this.#slots[(this.#front + 1) & this.#mask] === CLOSED) {
      this.#front += 1;
    }
    if (this.#front + 1 === this.#next) return 0;
    return nowMs - (this.#takenAtMs[(this.#front + 1) & this.#mask] as number);
  }

  /** Whether `take` would refuse now, so that a frame need not be read whole to hear it. */
  isBusy(nowMs: number): boolean {
    return this.waitMs(nowMs) > this.#busyMs && nowMs - this.#probedAtMs < PROBE_MS;
  }

  /** Whether a request of low priority, 1 to 4, is refused by now, while others still are taken. */
  isCrowded(priority: number, nowMs: number): boolean {
    if (priority >= ORDINARY_PRIORITY) return false;
    return this.waitMs(nowMs) > (this.#busyMs * priority) / ORDINARY_PRIORITY;
  }

  /** The request's number, 0 when no more can be taken. Numbers go round below 2^32. */
  take(slot: number, generation: number, cmd: number, localId: string, nowMs: number): number {
    this.#forgetClosed();
    // 0 is nobody's number: its place stays closed.
    const places = this.#next >>> 0 === 0 ? 2 : 1;
    if (this.#next - this.#oldest + places - 1 > this.#mask) return 0;
    if (this.waitMs(nowMs) > this.#busyMs && !this.#mayProbe(nowMs)) return 0;
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

  /** Closes a request that the writer has stored; those before it are settled, or lost. */
  settle(request: number): Waiting | undefined {
    const counted = this.#oldest + ((request - this.#oldest) >>> 0);
    if (counted > this.#front && counted < this.#next) this.#front = counted;
    return this.close(request);
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

  #mayProbe(nowMs: number): boolean {
    if (nowMs - this.#probedAtMs < PROBE_MS) return false;
    this.#probedAtMs = nowMs;
    return true;
  }

  #forgetClosed(): void {
    while (this.#oldest < this.#next && this.#slots[this.#oldest & this.#mask] === CLOSED) {
      this.#oldest += 1;
    }
  }
}

/** So often a request is taken although the line stands still. */
const PROBE_MS = 250;
/** That of what says none. */
const ORDINARY_PRIORITY = 5;
const CLOSED = -2;
const BY_FUNCTION = -1;
