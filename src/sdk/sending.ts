/** Sends from the application's call to their definite answer: through the store and the outbox. */
import { CODE } from "../wire/errors.ts";
import { type ClientClock, type Random, randomId } from "./clock.ts";
import { Outbox, type OutboxEntry, type OutboxOptions } from "./outbox.ts";
import { failedSend, type SendOptions, type SendResult, sendEnvelope } from "./send.ts";
import type { ClientStore } from "./store.ts";

export interface SendingOptions {
  clock: ClientClock;
  random: Random;
  store: ClientStore;
  deviceId: string | undefined;
  sendsMax: number;
  transmit: OutboxOptions["transmit"];
  sent(result: SendResult): void;
  failed(error: unknown): void;
}

export class Sending {
  #options: SendingOptions;
  #outbox: Outbox;
  #order = 0;
  #settlers = new Map<OutboxEntry, (result: SendResult) => void>();
  /** Sends that the store is still taking in. */
  #storing = 0;
  #stored: Promise<void> = Promise.resolve();

  constructor(options: SendingOptions) {
    this.#options = options;
    this.#outbox = new Outbox({
      clock: options.clock,
      random: options.random,
      transmit: options.transmit,
      settled: (entry, result) => this.#settled(entry, result),
    });
  }

  get unsettled(): number {
    return this.#outbox.size + this.#storing;
  }

  /** What an earlier run left behind. */
  load(entries: readonly OutboxEntry[]): void {
    for (const entry of entries) {
      this.#order = Math.max(this.#order, entry.order);
      this.#outbox.add(entry);
    }
  }

  send(options: SendOptions): Promise<SendResult> {
    const { random, clock, deviceId, sendsMax } = this.#options;
    const localId = options.localId ?? randomId(random);
    if (this.unsettled >= sendsMax) {
      const message = `the outbox is full: ${sendsMax} messages have no answer yet`;
      return Promise.resolve(failedSend(localId, CODE.unavailable, message));
    }
    const envelope = sendEnvelope(options, localId, { deviceId, now: clock.now() });
    this.#order += 1;
    const entry: OutboxEntry = { localId, order: this.#order, envelope };
    return new Promise((resolve) => {
      this.#settlers.set(entry, resolve);
      this.#keep(entry);
    });
  }

  connected(): void {
    this.#outbox.pump();
  }

  /** Answers everyone who waits; the messages stay in outbox and store. */
  async close(): Promise<void> {
    for (const [entry, settle] of this.#settlers) {
      settle(failedSend(entry.localId, CODE.outcomeUnknown, "closed; it stays in the outbox"));
    }
    this.#settlers.clear();
    await this.#stored;
  }

  /** Into the store first, in order, then into the outbox. */
  #keep(entry: OutboxEntry): void {
    const stored = this.#put(entry);
    if (stored === undefined && this.#storing === 0) return this.#outbox.add(entry);
    this.#storing += 1;
    const before = this.#stored;
    this.#stored = Promise.resolve(stored)
      // Sent all the same: it is only a crash of this process that could lose it now.
      .catch((error: unknown) => this.#options.failed(error))
      .then(() => before)
      .then(() => {
        this.#storing -= 1;
        this.#outbox.add(entry);
      });
  }

  #put(entry: OutboxEntry): Promise<void> | undefined {
    try {
      return this.#options.store.putSend(entry) ?? undefined;
    } catch (error) {
      this.#options.failed(error);
      return undefined;
    }
  }

  #settled(entry: OutboxEntry, result: SendResult): void {
    Promise.resolve()
      .then(() => this.#options.store.dropSend(entry.localId))
      .catch((error: unknown) => this.#options.failed(error));
    this.#settlers.get(entry)?.(result);
    this.#settlers.delete(entry);
    this.#options.sent(result);
  }
}
