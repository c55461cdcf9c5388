/** The network between clients and gateways: ordered, slow, and lossy by the connection. */
import type { Random } from "../chaos/random.ts";
import type { Socket, SocketData } from "../../src/gateway/sessions.ts";
import type { SocketEvents } from "../../src/sdk/socket.ts";
import type { Scheduler, SimProcess } from "./scheduler.ts";

/** Bytes that the kernels of both ends hold before the server's own buffer fills. */
const KERNEL_BYTES = 2048;
/** As `backpressureLimit`. */
export const BACKLOG_BYTES = 8192;
const OPEN = 1;
const CLOSED = 3;

type Frame = string | Uint8Array;

/** What a gateway is to its sockets. */
export interface SocketServer {
  readonly process: SimProcess;
  readonly sockets: Set<ServerSocket>;
  message(socket: ServerSocket, frame: Frame): void;
  closed(socket: ServerSocket): void;
  drained(socket: ServerSocket): void;
  alive(socket: ServerSocket): void;
}

/** The client's side of a connection, and what its network does to it. */
export interface Endpoint {
  readonly process: SimProcess;
  /** Until when it reads nothing. */
  slowUntil: number;
  /** Until when everything that it sends arrives twice. */
  doubleUntil: number;
  /** Hands a frame that arrived to the client. */
  hears(deliver: () => void): void;
}

export class ServerSocket {
  readonly data: SocketData;
  readonly server: SocketServer;
  readonly client: Endpoint;
  readonly #events: SocketEvents;
  readonly #scheduler: Scheduler;
  readonly #random: Random;
  readonly #subscriptions = new Set<string>();
  #lastDown = 0;
  #lastUp = 0;
  #inFlight = 0;
  #pressed = false;
  #held: Frame[] = [];
  /** Both ends are cut off from each other and don't know it. */
  #dark = false;
  #lost = false;
  readyState = OPEN;
  isPaused = false;

  constructor(parts: {
    scheduler: Scheduler;
    random: Random;
    server: SocketServer;
    client: Endpoint;
    events: SocketEvents;
    data: SocketData;
  }) {
    this.#scheduler = parts.scheduler;
    this.#random = parts.random;
    this.server = parts.server;
    this.client = parts.client;
    this.#events = parts.events;
    this.data = parts.data;
  }

  /** As the product sees it: the part of Bun's socket that it uses. */
  get asSocket(): Socket {
    return this as unknown as Socket;
  }

  send(frame: Frame): number {
    if (this.readyState !== OPEN) return 0;
    if (this.getBufferedAmount() > BACKLOG_BYTES) return 0;
    const copy = typeof frame === "string" ? frame : frame.slice();
    this.#inFlight += copy.length;
    this.#down(() => {
      this.#inFlight -= copy.length;
      this.client.hears(() => this.#events.frame(copy));
      this.#sayDrained();
    });
    if (this.getBufferedAmount() === 0) return copy.length;
    this.#pressed = true;
    return -1;
  }

  cork(body: () => void): void {
    body();
  }

  getBufferedAmount(): number {
    return Math.max(0, this.#inFlight - KERNEL_BYTES);
  }

  subscribe(name: string): void {
    this.#subscriptions.add(name);
  }

  unsubscribe(name: string): void {
    this.#subscriptions.delete(name);
  }

  isSubscribed(name: string): boolean {
    return this.#subscriptions.has(name);
  }

  /** To all subscribers of the gateway but this one. */
  publish(name: string, frame: Frame): number {
    return publishTo(this.server.sockets, this, name, frame);
  }

  ping(): void {
    const { process } = this.server;
    this.#down(() => this.#at(process, this.#arrival(), () => this.server.alive(this)));
  }

  pause(): void {
    this.isPaused = true;
  }

  resume(): void {
    this.isPaused = false;
    const held = this.#held;
    this.#held = [];
    for (const frame of held)
      this.#at(this.server.process, this.#scheduler.now, () => this.#come(frame));
  }

  close(code: number, reason = ""): void {
    if (this.readyState !== OPEN) return;
    this.readyState = CLOSED;
    this.#down(() => this.#endClient(code, reason));
    this.#endServer(this.#scheduler.now);
  }

  /** A frame of the client's. */
  fromClient(frame: Frame): void {
    const copy = typeof frame === "string" ? frame : frame.slice();
    const times = this.client.doubleUntil > this.#scheduler.now ? 2 : 1;
    for (let i = 0; i < times; i++) {
      this.#lastUp = Math.max(this.#lastUp, this.#arrival());
      this.#at(this.server.process, this.#lastUp, () => {
        if (!this.#dark) this.#come(copy);
      });
    }
  }

  fromClientClose(): void {
    if (this.#lost) return;
    this.#lost = true;
    this.#endServer(this.#arrival());
  }

  /** The connection is gone: each end hears of it when it does. */
  cut(): void {
    if (this.#lost) return;
    this.#dark = true;
    this.#endServer(this.#scheduler.now + this.#random.between(0, 1500));
    const time = this.#scheduler.now + this.#random.between(0, 800);
    this.#at(this.client.process, time, () => this.#endClient(1006, ""));
  }

  /** Nothing arrives any more, and nobody is told. */
  darken(): void {
    this.#dark = true;
  }

  get isDark(): boolean {
    return this.#dark;
  }

  #come(frame: Frame): void {
    if (this.readyState !== OPEN || this.#lost) return;
    if (this.isPaused) this.#held.push(frame);
    else this.server.message(this, frame);
  }

  #down(call: () => void): void {
    this.#lastDown = Math.max(this.#lastDown, this.#arrival(), this.client.slowUntil);
    const arrive = (): void => {
      if (this.#dark || this.#lost) return;
      const { slowUntil } = this.client;
      // A client that has stopped reading meanwhile: what comes after this waits behind it.
      if (slowUntil <= this.#scheduler.now) return call();
      this.#lastDown = Math.max(this.#lastDown, slowUntil);
      this.#at(this.client.process, slowUntil, arrive);
    };
    this.#at(this.client.process, this.#lastDown, arrive);
  }

  #sayDrained(): void {
    if (!this.#pressed || this.getBufferedAmount() > 0) return;
    this.#pressed = false;
    this.#at(this.server.process, this.#arrival(), () => {
      if (this.readyState === OPEN) this.server.drained(this);
    });
  }

  #endClient(code: number, reason: string): void {
    if (this.#lost) return;
    this.#lost = true;
    this.#events.closed(code, reason);
  }

  #endServer(time: number): void {
    this.#at(this.server.process, time, () => {
      if (!this.server.sockets.delete(this)) return;
      this.readyState = CLOSED;
      this.server.closed(this);
    });
  }

  #arrival(): number {
    const slow = this.#random.chance(0.03) ? this.#random.between(10, 150) : 0;
    return this.#scheduler.now + this.#random.between(0.2, 3) + slow;
  }

  #at(owner: SimProcess, time: number, call: () => void): void {
    this.#scheduler.at(owner, time, "network", call);
  }
}

/** As `server.publish` and `socket.publish`: −1 under pressure, 0 without subscribers. */
export function publishTo(
  sockets: ReadonlySet<ServerSocket>,
  except: ServerSocket | undefined,
  name: string,
  frame: Frame,
): number {
  let sent = 0;
  let pressed = false;
  for (const socket of sockets) {
    if (socket === except || !socket.isSubscribed(name)) continue;
    const result = socket.send(frame);
    if (result > 0) sent += result;
    else pressed = true;
  }
  return pressed ? -1 : sent;
}
