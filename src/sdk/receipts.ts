/**
 * Tells the server up to where this device has the own log, at most once a second: senders see it
 * as delivered, and nobody is notified of what a device has.
 */
import type { ClientClock } from "./clock.ts";

const EVERY_MS = 1000;

export interface ReceiptOptions {
  clock: ClientClock;
  /** Up to where everything was handed over. */
  position(): number;
  /** Says so; `told` when the server has heard it. */
  tell(position: number, told: () => void): void;
}

export class Receipts {
  #options: ReceiptOptions;
  #told = 0;
  #cancel: (() => void) | undefined;

  constructor(options: ReceiptOptions) {
    this.#options = options;
  }

  /** What was handed over may have grown. */
  moved(): void {
    if (this.#cancel !== undefined || this.#options.position() <= this.#told) return;
    this.#cancel = this.#options.clock.after(EVERY_MS, () => {
      this.#cancel = undefined;
      const position = this.#options.position();
      this.#options.tell(position, () => {
        if (position > this.#told) this.#told = position;
      });
    });
  }

  /** A log that began anew may be behind what was told of the one before. */
  forget(): void {
    this.#told = 0;
  }

  stop(): void {
    this.#cancel?.();
    this.#cancel = undefined;
  }
}
