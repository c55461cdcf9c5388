/**
 * Connections that are not read for a moment. Refusing costs time too: a gateway that does nothing
 * but refuse settles nothing, and then there is never room again. So many frames a second are
 * refused at once; beyond, whoever is refused isn't read until there is time for it, and TCP holds
 * the sender up.
 */
import type { Socket } from "./sessions.ts";

/** Frames that are refused in a tick before the refused are held. */
const REFUSALS_A_TICK = 2000;
/** Of those that are held, so many are read again in a tick. */
const RELEASED_SHARE = 0.1;
export const HELD_TICK_MS = 100;

export class HeldSockets {
  readonly #held = new Set<Socket>();
  #credit = REFUSALS_A_TICK;

  get size(): number {
    return this.#held.size;
  }

  /** A frame of this connection was refused, since there is no room. */
  refused(socket: Socket): void {
    this.#credit -= 1;
    if (this.#credit >= 0 || this.#held.has(socket)) return;
    this.#held.add(socket);
    socket.pause();
  }

  closed(socket: Socket): void {
    this.#held.delete(socket);
  }

  /** To be called every HELD_TICK_MS; whoever waits longest is read first. */
  tick(): void {
    this.#credit = Math.min(this.#credit + REFUSALS_A_TICK, REFUSALS_A_TICK);
    if (this.#credit <= 0) return;
    let count = Math.ceil(this.#held.size * RELEASED_SHARE);
    for (const socket of this.#held) {
      if (count-- <= 0) return;
      this.#held.delete(socket);
      socket.resume();
    }
  }
}
