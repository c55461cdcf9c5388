// One lane: a sender, its prepared frame, and those who must get what it sends.
import type { Framing } from "../../src/wire/frame.ts";
import type { LaneSpec } from "./job.ts";
import type { Ledger } from "./ledger.ts";
import { templateOf, type Template, writeIndex } from "./marks.ts";
import type { TrafficConnection } from "./traffic-connection.ts";

/** Frames that are sent with one write. */
const BURST_MOST = 64;

export class Lane {
  readonly number: number;
  readonly #spec: LaneSpec;
  readonly #template: Template;
  /** The template many times over, so that a burst is one write. */
  readonly #frames: Uint8Array;
  #left: number;
  #sender: TrafficConnection | undefined;
  #ledger: Ledger | undefined;
  #onComplete: (lane: Lane, count: number) => void = () => {};

  constructor(number: number, spec: LaneSpec, framing: Framing, tag: string) {
    this.number = number;
    this.#spec = spec;
    this.#left = spec.most ?? Number.MAX_SAFE_INTEGER;
    this.#template = templateOf(spec, framing, tag);
    const { bytes } = this.#template;
    this.#frames = new Uint8Array(bytes.length * BURST_MOST);
    for (let i = 0; i < BURST_MOST; i++) this.#frames.set(bytes, i * bytes.length);
  }

  attach(
    connections: readonly TrafficConnection[],
    ledger: Ledger,
    onComplete: (lane: Lane, count: number) => void,
  ): void {
    this.#ledger = ledger;
    this.#onComplete = onComplete;
    this.#sender = connections[this.#spec.sender];
    this.#sender?.sends(this);
    for (const [ordinal, index] of this.#spec.receivers.entries()) {
      connections[index]?.receives(this, ordinal);
    }
  }

  completed(count: number): void {
    this.#onComplete(this, count);
  }

  send(count: number, dueMs: number): void {
    const ledger = this.#ledger as Ledger;
    const { bytes, localIdAt, textAt } = this.#template;
    let left = Math.min(count, this.#left);
    this.#left -= left;
    while (left > 0 && !ledger.isFull) {
      const burst = left < BURST_MOST ? left : BURST_MOST;
      for (let i = 0; i < burst; i++) {
        const index = ledger.open(this.number, dueMs);
        const at = i * bytes.length;
        writeIndex(this.#frames, at + localIdAt, index);
        writeIndex(this.#frames, at + textAt, index);
      }
      (this.#sender as TrafficConnection).send(this.#frames.subarray(0, burst * bytes.length));
      left -= burst;
    }
  }
}
