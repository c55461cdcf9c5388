/**
 * What is on its way to the server: kept until a definite answer, through lost connections.
 *
 * Each conversation has a lane, and of a lane one message is on the wire at a time; else a message
 * that is refused for now (429, 503) would be overtaken by the next. All tries have the same
 * localId, so the server stores one. 429 and 503 concern the connection or the server and hold up
 * all lanes; 504 and a missing answer hold up their own.
 */
import type { Envelope } from "../wire/envelope.ts";
import { CODE } from "../wire/errors.ts";
import type { ClientClock, Random } from "./clock.ts";
import type { Answer } from "./connection.ts";
import { jitterMs } from "./reconnect.ts";
import { type SendResult, sendResult } from "./send.ts";

export interface OutboxEntry {
  localId: string;
  /** Place among all that were given to the outbox. */
  order: number;
  envelope: Envelope;
}

export interface OutboxOptions {
  clock: ClientClock;
  random: Random;
  /** Puts it on the wire; `done` is called once, later. False when there is no connection. */
  transmit(entry: OutboxEntry, done: (answer: Answer) => void): boolean;
  settled(entry: OutboxEntry, result: SendResult): void;
}

interface Lane {
  readonly entries: OutboxEntry[];
  onWire: boolean;
  resting: boolean;
  attempt: number;
}

const IN_FLIGHT_MAX = 64;
const RETRY_FIRST_MS = 200;
const RETRY_MAX_MS = 10_000;

export class Outbox {
  #options: OutboxOptions;
  #lanes = new Map<string, Lane>();
  /** Lanes whose first message may go. */
  #ready = new Set<Lane>();
  #size = 0;
  #inFlight = 0;
  #paused = false;
  #attempt = 0;

  constructor(options: OutboxOptions) {
    this.#options = options;
  }

  get size(): number {
    return this.#size;
  }

  /** The caller sees to a bound on `size`. */
  add(entry: OutboxEntry): void {
    const name = laneName(entry.envelope);
    let lane = this.#lanes.get(name);
    if (lane === undefined) {
      lane = { entries: [], onWire: false, resting: false, attempt: 0 };
      this.#lanes.set(name, lane);
    }
    lane.entries.push(entry);
    this.#size += 1;
    if (!lane.onWire && !lane.resting) this.#ready.add(lane);
    this.pump();
  }

  /** Sends what may go; to be called when a connection is there. */
  pump(): void {
    for (const lane of this.#ready) {
      if (this.#paused || this.#inFlight >= IN_FLIGHT_MAX) return;
      const entry = lane.entries[0] as OutboxEntry;
      this.#ready.delete(lane);
      lane.onWire = true;
      this.#inFlight += 1;
      const gone = this.#options.transmit(entry, (answer) => this.#answered(lane, entry, answer));
      if (gone) continue;
      lane.onWire = false;
      this.#inFlight -= 1;
      this.#ready.add(lane);
      return;
    }
  }

  #answered(lane: Lane, entry: OutboxEntry, answer: Answer): void {
    lane.onWire = false;
    this.#inFlight -= 1;
    const code = typeof answer === "string" ? 0 : answer.response?.code;
    if (answer === "lost") {
      this.#ready.add(lane);
    } else if (answer === "late" || code === CODE.outcomeUnknown) {
      this.#rest(lane);
    } else if (code === CODE.rateLimited || code === CODE.unavailable) {
      this.#ready.add(lane);
      this.#pause();
    } else {
      this.#settle(lane, entry, answer);
    }
    this.pump();
  }

  #settle(lane: Lane, entry: OutboxEntry, answer: Answer): void {
    lane.entries.shift();
    lane.attempt = 0;
    this.#attempt = 0;
    this.#size -= 1;
    if (lane.entries.length > 0) this.#ready.add(lane);
    else this.#lanes.delete(laneName(entry.envelope));
    this.#options.settled(entry, sendResult(entry.localId, answer));
  }

  #rest(lane: Lane): void {
    lane.resting = true;
    this.#options.clock.after(this.#delayMs(lane.attempt), () => {
      lane.resting = false;
      this.#ready.add(lane);
      this.pump();
    });
    lane.attempt += 1;
  }

  #pause(): void {
    if (this.#paused) return;
    this.#paused = true;
    this.#options.clock.after(this.#delayMs(this.#attempt), () => {
      this.#paused = false;
      this.pump();
    });
    this.#attempt += 1;
  }

  #delayMs(attempt: number): number {
    return jitterMs(attempt, this.#options.random, RETRY_FIRST_MS, RETRY_MAX_MS);
  }
}

/** A conversation is known by its id or, before it has one, by its other user. */
function laneName(envelope: Envelope): string {
  const { conversationId, to } = envelope.route ?? {};
  return conversationId === undefined ? `user ${to ?? ""}` : `conversation ${conversationId}`;
}
