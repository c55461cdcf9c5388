/** Hands the events of all logs to the application one by one, each after those before it. */
import type { Envelope } from "../wire/envelope.ts";
import type { Entry } from "./log.ts";
import type { LogEvent, LogName } from "./logs.ts";

export interface DeliveryOptions {
  hand(event: LogEvent): void;
  /** Everything that was applied has been handed over. */
  settled(): void;
}

export class Delivery {
  #options: DeliveryOptions;
  #waiting: LogEvent[] = [];
  #handing = false;

  constructor(options: DeliveryOptions) {
    this.#options = options;
  }

  /** In order also when a listener's own call brings the next event while it runs. */
  deliver(log: LogName, entries: readonly Entry<Envelope>[]): void {
    for (const { position, event } of entries) {
      this.#waiting.push({ log, position, envelope: event });
    }
    if (this.#handing || this.#waiting.length === 0) return;
    this.#handing = true;
    for (let at = 0; at < this.#waiting.length; at += 1) {
      this.#options.hand(this.#waiting[at] as LogEvent);
    }
    this.#waiting = [];
    this.#handing = false;
    this.#options.settled();
  }

  /** A cursor moved without an event; saved now, or with the events that are being handed over. */
  moved(): void {
    if (!this.#handing) this.#options.settled();
  }
}
