// The books of a run: when each message was to be sent, who has got it, who has been answered.
// Everything is in typed arrays by the message's index, so that keeping them costs little.
import { Latency } from "./latency.ts";

/** Messages of one run; 2^23 at 16 bytes each are touched only as they are sent. */
export const MESSAGES_MOST = 1 << 23;
const DELIVERY_FLAGS_MOST = 1 << 28;

const ANSWERED = 1;

export class Ledger {
  /** Intended send time of each message, ms. */
  readonly #dueMs = new Float64Array(MESSAGES_MOST);
  readonly #laneOf = new Uint32Array(MESSAGES_MOST);
  /** Deliveries that are still to come. */
  readonly #owed = new Uint16Array(MESSAGES_MOST);
  readonly #flags = new Uint8Array(MESSAGES_MOST);
  /** One byte for each message and receiver. */
  readonly #received: Uint8Array;
  readonly #receiversMost: number;
  readonly #receiversOf: Uint16Array;
  readonly #answersExpected: boolean;
  readonly #messagesMost: number;
  readonly delivery = new Latency();
  readonly answer = new Latency();
  readonly lastMember = new Latency();
  readonly refused: Record<string, number> = {};
  measuring = false;
  sent = 0;
  answered = 0;
  delivered = 0;
  duplicated = 0;
  disordered = 0;
  deliveriesExpected = 0;
  /** Messages that need nothing more. */
  completed = 0;

  /** `receiversOf`: how many receivers each lane has. */
  constructor(receiversOf: readonly number[], answersExpected: boolean, messagesMost = 0) {
    this.#messagesMost = messagesMost > 0 ? messagesMost : MESSAGES_MOST;
    this.#receiversOf = Uint16Array.from(receiversOf);
    this.#receiversMost = Math.max(1, ...receiversOf);
    this.#answersExpected = answersExpected;
    const flags = MESSAGES_MOST * this.#receiversMost;
    this.#received = new Uint8Array(Math.min(flags, DELIVERY_FLAGS_MOST));
  }

  get isFull(): boolean {
    if (this.sent >= this.#messagesMost) return true;
    return (this.sent + 1) * this.#receiversMost > this.#received.length;
  }

  /** The lane of a message, −1 when no message has this index. */
  laneOf(index: number): number {
    return index < this.sent ? (this.#laneOf[index] as number) : -1;
  }

  /** The index of a message that is sent now. */
  open(lane: number, dueMs: number): number {
    const index = this.sent++;
    const receivers = this.#receiversOf[lane] as number;
    this.#dueMs[index] = dueMs;
    this.#laneOf[index] = lane;
    this.#owed[index] = receivers;
    this.deliveriesExpected += receivers;
    return index;
  }

  /** True when this was the last thing that the message needed. */
  deliver(index: number, lane: number, receiver: number, nowMs: number): boolean {
    if (index >= this.sent || this.#laneOf[index] !== lane) {
      this.duplicated += 1;
      return false;
    }
    const at = index * this.#receiversMost + receiver;
    if (this.#received[at] !== 0) {
      this.duplicated += 1;
      return false;
    }
    this.#received[at] = 1;
    this.delivered += 1;
    const owed = (this.#owed[index] as number) - 1;
    this.#owed[index] = owed;
    if (this.measuring) {
      const ms = nowMs - (this.#dueMs[index] as number);
      this.delivery.record(ms);
      if (owed === 0) this.lastMember.record(ms);
    }
    if (owed > 0) return false;
    const whole = !this.#answersExpected || this.#flags[index] !== 0;
    if (whole) this.completed += 1;
    return whole;
  }

  settle(index: number, code: number, nowMs: number): boolean {
    if (index >= this.sent || this.#flags[index] !== 0) {
      this.duplicated += 1;
      return false;
    }
    this.#flags[index] = ANSWERED;
    if (code === 200) {
      this.answered += 1;
      if (this.measuring) this.answer.record(nowMs - (this.#dueMs[index] as number));
    } else {
      this.refused[code] = (this.refused[code] ?? 0) + 1;
      // Nobody will get what was refused.
      this.deliveriesExpected -= this.#owed[index] as number;
      this.#owed[index] = 0;
    }
    const whole = this.#owed[index] === 0;
    if (whole) this.completed += 1;
    return whole;
  }
}
