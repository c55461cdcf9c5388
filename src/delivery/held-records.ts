/**
 * Records for gateways whose lease was gone when they were sent. A gateway that lives renews it
 * within a second of an emptied Redis and gets them then; for one that died they are dropped.
 */
import { Buffer } from "node:buffer";
import type { Clock } from "../base/clock.ts";

const HOLD_MS = 3000;
const BYTES_MAX = 8 << 20;

interface Held {
  gatewayId: string;
  record: Buffer;
  untilMs: number;
}

export class HeldRecords {
  readonly #clock: Clock;
  #records: Held[] = [];
  #bytes = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  has(gatewayId: string): boolean {
    return this.#records.some((held) => held.gatewayId === gatewayId);
  }

  /** Keeps a copy; beyond the bound the record is dropped, as it would be for a dead gateway. */
  hold(gatewayId: string, record: Buffer): void {
    if (this.#bytes + record.length > BYTES_MAX) return;
    this.#bytes += record.length;
    const untilMs = this.#clock.monotonicMs() + HOLD_MS;
    this.#records.push({ gatewayId, record: Buffer.from(record), untilMs });
  }

  /** Tries all again, in order; `deliver` answers whether the gateway's lease stands. */
  async retry(deliver: (gatewayId: string, record: Buffer) => Promise<boolean>): Promise<void> {
    if (this.#records.length === 0) return;
    const trying = this.#records;
    this.#records = [];
    this.#bytes = 0;
    const gone = new Set<string>();
    for (const held of trying) {
      const { gatewayId, record, untilMs } = held;
      if (!gone.has(gatewayId) && (await deliver(gatewayId, record))) continue;
      gone.add(gatewayId);
      if (this.#clock.monotonicMs() >= untilMs) continue;
      this.#records.push(held);
      this.#bytes += record.length;
    }
  }
}
