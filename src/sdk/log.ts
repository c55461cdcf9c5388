/**
 * The client's rule for one numbered log, the own one (pts) or a wide conversation's
 * (conversationPts), as a state machine without time or network.
 *
 * With `have` applied so far, an event that is pushed at position n
 *   n = have + 1   is applied, and with it those that waited behind it;
 *   n ≤ have       was applied before, and is dropped;
 *   n > have + 1   waits: something is missing. Who asks (sync.ts) gives the missing ones 0.5 s.
 *
 * A page of SYNC_MSG is the server's word on everything up to its end: a position that it leaves
 * out has expired and will never come, so a page may step over it where a push may not.
 */

export interface Entry<Event> {
  readonly position: number;
  readonly event: Event;
}

export class EventLog<Event> {
  #have: number;
  /** The highest position that the server is known to have. */
  #seen: number;
  #held = false;
  #waiting = new Map<number, Event>();
  #waitingMax: number;

  /** `waitingMax` events wait at most; what comes beyond is left to the next sync. */
  constructor(have: number, waitingMax = 1000) {
    this.#have = have;
    this.#seen = have;
    this.#waitingMax = waitingMax;
  }

  get have(): number {
    return this.#have;
  }

  get held(): boolean {
    return this.#held;
  }

  /** Whether the server has more than was applied. */
  get behind(): boolean {
    return this.#seen > this.#have;
  }

  /** A push, or the answer in its place. Answers what to apply, in order. */
  offer(position: number, event: Event): Entry<Event>[] {
    if (!this.#held && position <= this.#have) return [];
    this.note(position);
    if (this.#held || position > this.#have + 1) {
      if (this.#waiting.size < this.#waitingMax) this.#waiting.set(position, event);
      return [];
    }
    this.#have = position;
    return this.#drain([{ position, event }]);
  }

  /** The events of a page in order, and the position at its end. Answers what to apply. */
  page(entries: readonly Entry<Event>[], end: number): Entry<Event>[] {
    const ready: Entry<Event>[] = [];
    this.#held = false;
    for (const entry of entries) {
      if (entry.position <= this.#have) continue;
      this.#have = entry.position;
      ready.push(entry);
    }
    this.#have = Math.max(this.#have, end);
    this.note(this.#have);
    return this.#drain(ready);
  }

  /** The server says that its log reaches to here. */
  note(position: number): void {
    if (position > this.#seen) this.#seen = position;
  }

  /** Until `restart`, nothing is applied: the numbers of pushes belong to another epoch. */
  hold(): void {
    this.forget();
    this.#held = true;
  }

  /** After `reset: true`: go on from here. Answers what waited and follows at once. */
  restart(position: number): Entry<Event>[] {
    this.#have = position;
    this.#seen = Math.max(position, ...this.#waiting.keys());
    this.#held = false;
    return this.#drain([]);
  }

  /** The connection is gone, and with it what it promised: the next greeting tells where we are. */
  forget(): void {
    this.#waiting.clear();
    this.#seen = this.#have;
    this.#held = false;
  }

  #drain(ready: Entry<Event>[]): Entry<Event>[] {
    if (this.#waiting.size === 0) return ready;
    for (;;) {
      const position = this.#have + 1;
      const event = this.#waiting.get(position);
      if (event === undefined) break;
      this.#have = position;
      ready.push({ position, event });
    }
    for (const position of this.#waiting.keys()) {
      if (position <= this.#have) this.#waiting.delete(position);
    }
    return ready;
  }
}
