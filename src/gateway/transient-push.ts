/**
 * Step 9 for what is worth something now or never: presence, typing, calls. It has no number, so
 * nothing tells that one is missing, and nobody asks for it again. A connection that is not live
 * gets none; news of presence goes only where nothing waits to be sent.
 */
import type { Clock } from "../base/clock.ts";
import type { TransientItem } from "../delivery/record.ts";
import type { Codecs } from "../wire/codec.ts";
import { SUBPROTOCOLS, type PushFields } from "../wire/frame.ts";
import type { Outbound } from "./outbound.ts";
import { type Sessions, STATE } from "./sessions.ts";
import type { Watches } from "./watches.ts";

/** A gateway whose second takes so long has better to do than to tell who is online. */
const BUSY_MS = 1500;

export class TransientPush {
  readonly #sessions: Sessions;
  readonly #codecs: Codecs;
  readonly #outbound: Outbound;
  readonly #watches: Watches;
  readonly #clock: Clock;
  readonly #begun = new Uint8Array(SUBPROTOCOLS.length);
  #tickedAtMs = 0;
  #busy = false;
  /** What was not pushed under pressure or because it came too late, for the metrics. */
  dropped = 0;

  constructor(parts: {
    sessions: Sessions;
    codecs: Codecs;
    outbound: Outbound;
    watches: Watches;
    clock: Clock;
  }) {
    this.#sessions = parts.sessions;
    this.#codecs = parts.codecs;
    this.#outbound = parts.outbound;
    this.#watches = parts.watches;
    this.#clock = parts.clock;
  }

  /** To be called about once a second: a tick that comes late tells that the gateway is busy. */
  tick(): void {
    const nowMs = this.#clock.monotonicMs();
    this.#busy = this.#tickedAtMs > 0 && nowMs - this.#tickedAtMs > BUSY_MS;
    this.#tickedAtMs = nowMs;
  }

  push(item: TransientItem): void {
    const late = item.untilMs > 0 && this.#clock.wallMs() > item.untilMs;
    if (late || (item.watched && this.#busy)) {
      this.dropped += 1;
      return;
    }
    this.#begun.fill(0);
    for (const slot of this.#audience(item)) {
      if (item.watched && !this.#isIdle(slot)) this.dropped += 1;
      else this.#send(slot, item.event.push);
    }
  }

  /** A connection once, also where its user is a friend of the one whom he watches. */
  #audience(item: TransientItem): Set<number> {
    const sessions = this.#sessions;
    const slots = new Set<number>();
    for (const { userId } of item.event.recipients) {
      for (const slot of sessions.ofUser(userId)) slots.add(slot);
    }
    if (item.watched) {
      const except = new Set(item.except);
      for (const slot of this.#watches.slotsOf(item.event.senderId)) {
        if (!except.has(sessions.userIds[slot] as number)) slots.add(slot);
      }
    }
    for (const slot of slots) {
      const excepted = sessions.generations[slot] === item.exceptGeneration;
      if (excepted || sessions.states[slot] !== STATE.live) slots.delete(slot);
    }
    return slots;
  }

  #isIdle(slot: number): boolean {
    return this.#sessions.socket(slot)?.getBufferedAmount() === 0;
  }

  #send(slot: number, push: PushFields): void {
    const framing = this.#sessions.framing(slot);
    const codec = this.#codecs[framing];
    const index = SUBPROTOCOLS.indexOf(framing);
    if (this.#begun[index] === 0) {
      this.#begun[index] = 1;
      codec.beginPush(push);
    }
    this.#outbound.pushed += 1;
    this.#outbound.sendWritten(slot, codec.stampPush(-1, false));
  }
}
