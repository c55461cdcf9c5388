/** Keeps a connection: opens one, and opens another when it ends, as its close code allows. */
import { createCodec } from "../wire/codec.ts";
import type { Envelope } from "../wire/envelope.ts";
import type { Codec, Framing } from "../wire/frame.ts";
import type { ClientClock, Random } from "./clock.ts";
import { type Answer, Connection, type ConnectionEvents } from "./connection.ts";
import { comeback, RECONNECT } from "./reconnect.ts";
import { type SocketFactory, socketUrl } from "./socket.ts";

export type LinkState =
  | { readonly name: "connecting" }
  | { readonly name: "online" }
  /** Between two tries. */
  | { readonly name: "waiting"; readonly reason: string; readonly retryInMs: number }
  /** Until `connect` is called again; `code` is the close code, 1000 for `close`. */
  | { readonly name: "stopped"; readonly reason: string; readonly code: number };

export interface LinkOptions {
  url: string;
  deviceType: string;
  framing: Framing;
  getToken(): string | Promise<string>;
  clock: ClientClock;
  random: Random;
  socket: SocketFactory;
  events: Omit<ConnectionEvents, "ended"> & { state(state: LinkState): void };
}

export class Link {
  #options: LinkOptions;
  #codec: Codec;
  #state: LinkState = { name: "stopped", reason: "not connected yet", code: 0 };
  #connection: Connection | undefined;
  #cancelRetry: () => void = () => {};
  #attempt = 0;
  #onlineSinceMs = 0;
  /** So that a token that comes after `stop` opens nothing. */
  #tries = 0;

  constructor(options: LinkOptions) {
    this.#options = options;
    this.#codec = createCodec(options.framing);
  }

  get state(): LinkState {
    return this.#state;
  }

  start(): void {
    if (this.#state.name !== "stopped") return;
    this.#attempt = 0;
    this.#try();
  }

  stop(reason: string): void {
    if (this.#state.name === "stopped") return;
    this.#tries += 1;
    this.#cancelRetry();
    const connection = this.#connection;
    this.#connection = undefined;
    this.#become({ name: "stopped", reason, code: 1000 });
    connection?.close(1000, reason);
  }

  /** False when there is no connection; else `done` is called once, later. */
  ask(envelope: Envelope, done: (answer: Answer) => void): boolean {
    return this.#connection?.ask(envelope, done) ?? false;
  }

  #try(): void {
    this.#tries += 1;
    const mine = this.#tries;
    this.#become({ name: "connecting" });
    Promise.resolve()
      .then(() => this.#options.getToken())
      .then(
        (token) => {
          if (mine === this.#tries) this.#open(token);
        },
        (error: unknown) => {
          if (mine !== this.#tries) return;
          this.#options.events.problem(`no token: ${String(error)}`);
          this.#ended(1006, "no token");
        },
      );
  }

  #open(token: string): void {
    const { url, deviceType, clock, socket, events } = this.#options;
    const connection: Connection = new Connection({
      url: socketUrl(url, token, deviceType),
      codec: this.#codec,
      clock,
      socket,
      events: {
        greeted: (greeting) => {
          this.#onlineSinceMs = clock.now();
          this.#become({ name: "online" });
          events.greeted(greeting);
        },
        pushed: events.pushed,
        position: events.position,
        problem: events.problem,
        ended: (code, reason) => {
          if (this.#connection === connection) this.#ended(code, reason);
        },
      },
    });
    this.#connection = connection;
  }

  #ended(code: number, reason: string): void {
    const { clock, random } = this.#options;
    this.#connection = undefined;
    const wasOnline = this.#state.name === "online";
    if (wasOnline && clock.now() - this.#onlineSinceMs >= RECONNECT.stableMs) this.#attempt = 0;
    const next = comeback(code, reason, this.#attempt, random);
    if (next.stop) return this.#become({ name: "stopped", reason: next.reason, code });
    this.#attempt += 1;
    const why = reason === "" ? `closed with code ${code}` : reason;
    this.#cancelRetry = clock.after(next.delayMs, () => this.#try());
    this.#become({ name: "waiting", reason: why, retryInMs: Math.round(next.delayMs) });
  }

  #become(state: LinkState): void {
    this.#state = state;
    this.#options.events.state(state);
  }
}
