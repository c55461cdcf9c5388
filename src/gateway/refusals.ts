/**
 * What refusing may cost. A refusal is cheap, but far above its capacity a gateway would do nothing
 * else: what it has taken would wait behind frames that it reads only to refuse. So refusals have a
 * rate of their own for the whole gateway; a connection that is refused beyond it is not read until
 * its turn comes, and TCP holds its sender up.
 */
import type { Clock } from "../base/clock.ts";
import type { Sessions, Socket } from "./sessions.ts";

/** A tenth of a core, at 8 µs each. */
const PER_SECOND = 40_000;
const BURST = 8000;
/** What was read already still comes after the pause; nobody waits for more than 4 s of it. */
const DEBT_MAX = 4 * PER_SECOND;
const TURN_MS = 1;
/** Each may bring a whole buffer of frames, thousands of them. */
const RESUMED_PER_TURN = 4;

export class Refusals {
  readonly #sessions: Sessions;
  readonly #clock: Clock;
  /** Whether a connection is still held up for a reason of its own. */
  readonly #isHeld: (slot: number) => boolean;
  readonly #paused = new Set<Socket>();
  #left = BURST;
  #atMs = 0;
  #timed = false;

  constructor(sessions: Sessions, clock: Clock, isHeld: (slot: number) => boolean) {
    this.#sessions = sessions;
    this.#clock = clock;
    this.#isHeld = isHeld;
  }

  /** To be called for each refusal of a frame of this connection. */
  spend(slot: number): void {
    this.#left = Math.max(-DEBT_MAX, this.#left - 1);
    if (this.#left > 0) return;
    const socket = this.#sessions.socket(slot);
    if (socket === undefined || this.#paused.has(socket)) return;
    this.#earn();
    if (this.#left > 0) return;
    socket.pause();
    this.#paused.add(socket);
    this.#schedule();
  }

  #earn(): void {
    const nowMs = this.#clock.monotonicMs();
    this.#left = Math.min(BURST, this.#left + ((nowMs - this.#atMs) * PER_SECOND) / 1000);
    this.#atMs = nowMs;
  }

  #schedule(): void {
    if (this.#timed) return;
    this.#timed = true;
    setTimeout(this.#turn, Math.max(TURN_MS, (-this.#left * 1000) / PER_SECOND));
  }

  readonly #turn = (): void => {
    this.#timed = false;
    this.#earn();
    if (this.#left > 0) this.#resume();
    if (this.#paused.size > 0) this.#schedule();
  };

  /** Those who wait longest first. */
  #resume(): void {
    let resumed = 0;
    for (const socket of this.#paused) {
      if (resumed++ === RESUMED_PER_TURN) return;
      this.#paused.delete(socket);
      const { slot } = socket.data;
      if (slot >= 0 && !this.#isHeld(slot)) socket.resume();
    }
  }
}
