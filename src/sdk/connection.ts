/** One connection from its opening to its end: greeting, requests with their answers, heartbeat. */
import { CMD } from "../wire/commands.ts";
import { DIRECTION, type Envelope } from "../wire/envelope.ts";
import { CLOSE, CODE } from "../wire/errors.ts";
import type { Codec } from "../wire/frame.ts";
import type { ClientClock } from "./clock.ts";
import { numberOf, textOf } from "./data.ts";
import type { ClientSocket, SocketFactory } from "./socket.ts";

export interface Greeting {
  epoch: string;
  pts: number;
  heartbeatMs: number;
  generation: number;
  serverTime: number;
  userId: string;
}

/** The server's answer; `lost` when the connection ended before it, `late` when none came. */
export type Answer = Envelope | "lost" | "late";

export interface ConnectionEvents {
  greeted(greeting: Greeting): void;
  pushed(envelope: Envelope): void;
  /** The answer to a heartbeat says where the own log is. */
  position(pts: number): void;
  /** A frame that can't be read, or an answer to nothing. */
  problem(what: string): void;
  ended(code: number, reason: string): void;
}

export interface ConnectionOptions {
  url: string;
  codec: Codec;
  clock: ClientClock;
  socket: SocketFactory;
  events: ConnectionEvents;
}

interface Pending {
  done(answer: Answer): void;
  cancel(): void;
}

/** From the opening to the greeting. */
const GREETING_MS = 10_000;
/** Longer than the 10 s after which the server itself says 504. */
const ANSWER_MS = 15_000;
const PENDING_MAX = 1000;
const DEFAULT_HEARTBEAT_MS = 30_000;
const UNANSWERED_MAX = 2;

export class Connection {
  #options: ConnectionOptions;
  #socket: ClientSocket | undefined;
  #pending = new Map<string, Pending>();
  #greeted = false;
  #ended = false;
  #cancelTimer: () => void;
  #unanswered = 0;
  #heartbeats = 0;

  constructor(options: ConnectionOptions) {
    this.#options = options;
    this.#cancelTimer = options.clock.after(GREETING_MS, () => this.#giveUp("no greeting"));
    try {
      this.#socket = options.socket(options.url, options.codec.framing, {
        opened: () => {},
        frame: (data) => this.#frame(data),
        closed: (code, reason) => this.#end(code, reason),
      });
    } catch (error) {
      // A bad address; told later, as every other end, so that nobody is called while constructing.
      options.clock.after(0, () => this.#end(1006, String(error)));
    }
  }

  get ready(): boolean {
    return this.#greeted && !this.#ended;
  }

  /** False when nothing was sent; else `done` is called once, later. */
  ask(envelope: Envelope, done: (answer: Answer) => void): boolean {
    if (!this.ready || this.#pending.size >= PENDING_MAX) return false;
    const { clock, codec } = this.#options;
    const localId = envelope.header?.localId ?? "";
    let frame: string | Uint8Array;
    try {
      frame = codec.encode(envelope);
    } catch (error) {
      clock.after(0, () => done(refusal(envelope, CODE.malformed, String(error))));
      return true;
    }
    const cancel = clock.after(ANSWER_MS, () => this.#settle(localId, "late"));
    // Two requests under one localId are one to the server; the first to ask hears no more of it.
    this.#settle(localId, "late");
    this.#pending.set(localId, { done, cancel });
    this.#socket?.send(frame);
    return true;
  }

  close(code: number, reason: string): void {
    this.#end(code, reason);
    this.#socket?.close(code, reason);
  }

  #frame(data: string | Uint8Array): void {
    if (this.#ended) return;
    this.#unanswered = 0;
    const envelope = this.#options.codec.decode(data);
    if (typeof envelope === "string") return this.#options.events.problem(envelope);
    if (envelope.direction === DIRECTION.response) return this.#answer(envelope);
    if (envelope.direction !== DIRECTION.push) return;
    if (this.#greeted) this.#options.events.pushed(envelope);
    else if (envelope.cmd === CMD.heartbeat) this.#greet(envelope);
  }

  #greet(envelope: Envelope): void {
    const data = envelope.content?.data ?? {};
    const greeting: Greeting = {
      epoch: textOf(data, "epoch"),
      pts: numberOf(data, "pts", 0),
      heartbeatMs: numberOf(data, "heartbeatMs", 0) || DEFAULT_HEARTBEAT_MS,
      generation: numberOf(data, "generation", 0),
      serverTime: numberOf(data, "serverTime", 0),
      userId: textOf(data, "userId"),
    };
    this.#greeted = true;
    this.#cancelTimer();
    this.#beat(greeting.heartbeatMs);
    this.#options.events.greeted(greeting);
  }

  #answer(envelope: Envelope): void {
    if (envelope.cmd === CMD.heartbeat) {
      const pts = envelope.response?.data?.["pts"];
      if (typeof pts === "number") this.#options.events.position(pts);
      return;
    }
    const localId = envelope.header?.localId ?? "";
    if (this.#pending.has(localId)) return this.#settle(localId, envelope);
    // A late answer is no problem: its request was told that none came, and asks again.
    if (envelope.cmd === CMD.error) {
      this.#options.events.problem(envelope.response?.message ?? "the server refused a frame");
    }
  }

  #settle(localId: string, answer: Answer): void {
    const pending = this.#pending.get(localId);
    if (pending === undefined) return;
    this.#pending.delete(localId);
    pending.cancel();
    pending.done(answer);
  }

  #beat(everyMs: number): void {
    this.#cancelTimer = this.#options.clock.after(everyMs, () => {
      if (this.#unanswered >= UNANSWERED_MAX) return this.#giveUp("no answer to heartbeats");
      this.#unanswered += 1;
      this.#heartbeats += 1;
      const header = { localId: `heartbeat-${this.#heartbeats}` };
      const envelope = { direction: DIRECTION.request, cmd: CMD.heartbeat, header };
      this.#socket?.send(this.#options.codec.encode(envelope));
      this.#beat(everyMs);
    });
  }

  /** The server doesn't speak any more, so its close may never come: it isn't waited for. */
  #giveUp(reason: string): void {
    this.close(CLOSE.noHeartbeat, reason);
  }

  #end(code: number, reason: string): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#cancelTimer();
    for (const localId of [...this.#pending.keys()]) this.#settle(localId, "lost");
    this.#options.events.ended(code, reason);
  }
}

function refusal(request: Envelope, code: number, message: string): Envelope {
  const { cmd, header = {} } = request;
  return { direction: DIRECTION.response, cmd, header, response: { code, message } };
}
