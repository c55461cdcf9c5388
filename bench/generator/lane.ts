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
  readonly #burstMost: number;
  #left: number;
  #sender: TrafficConnection | undefined;
  #ledger: Ledger | undefined;
  #onComplete: (lane: Lane, count: number) => void = () => {};

  /** `alone`: its messages go out one at a time, so that lanes by the 100,000 stay small. */
  constructor(
    number: number,
    spec: LaneSpec,
    { framing, tag, alone }: { framing: Framing; tag: string; alone: boolean },
  ) {
    this.number = number;
    this.#spec = spec;
    this.#left = spec.most ?? Number.MAX_SAFE_INTEGER;
    this.#template = templateOf(spec, framing, tag);
    this.#burstMost = alone ? 1 : BURST_MOST;
    const { bytes } = this.#template;
    this.#frames = new Uint8Array(bytes.length * this.#burstMost);
    for (let i = 0; i < this.#burstMost; i++) this.#frames.set(bytes, i * bytes.length);
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
      const burst = left < this.#burstMost ? left : this.#burstMost;
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
