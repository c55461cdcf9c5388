/** The life of a connection: opened, greeted, alive, drained, closed; one sweep for all of them. */
import type { Clock } from "../base/clock.ts";
import type { Log } from "../base/log.ts";
import { leavePresence } from "../delivery/presence.ts";
import type { RedisConnection } from "../redis/client.ts";
import { CMD } from "../wire/commands.ts";
import { CLOSE, CODE } from "../wire/errors.ts";
import type { Inbound } from "./inbound.ts";
import { comeBack, type Join } from "./join.ts";
import type { Outbound } from "./outbound.ts";
import { type Sessions, type Socket, STATE } from "./sessions.ts";
import type { Watches } from "./watches.ts";
import type { WideLogs } from "./wide-logs.ts";

/** Protocol: a silent connection is pinged, then closed. */
const PING_AFTER_MS = 45_000;
const CLOSE_AFTER_MS = 90_000;
/** Bun tells no code to a handler; these mean that the socket is open. */
const OPEN = 1;

export class Connections {
  readonly #sessions: Sessions;
  readonly #wideLogs: WideLogs;
  readonly #watches: Watches;
  readonly #inbound: Inbound;
  readonly #outbound: Outbound;
  readonly #join: Join;
  readonly #redis: RedisConnection;
  readonly #gatewayId: string;
  readonly #clock: Clock;
  readonly #log: Log;
  #mute = false;

  constructor(parts: {
    sessions: Sessions;
    wideLogs: WideLogs;
    watches: Watches;
    inbound: Inbound;
    outbound: Outbound;
    join: Join;
    redis: RedisConnection;
    gatewayId: string;
    clock: Clock;
    log: Log;
  }) {
    this.#sessions = parts.sessions;
    this.#wideLogs = parts.wideLogs;
    this.#watches = parts.watches;
    this.#inbound = parts.inbound;
    this.#outbound = parts.outbound;
    this.#join = parts.join;
    this.#redis = parts.redis;
    this.#gatewayId = parts.gatewayId;
    this.#clock = parts.clock;
    this.#log = parts.log;
  }

  get full(): boolean {
    return this.#sessions.full;
  }

  get count(): number {
    return this.#sessions.count;
  }

  opened(socket: Socket): void {
    if (this.#mute || this.#sessions.full) return socket.close(CLOSE.draining, comeBack());
    const slot = this.#sessions.add(socket, this.#clock.monotonicMs());
    socket.data.slot = slot;
    this.#inbound.opened(slot);
    this.#join
      .join(socket)
      .then((greeted) => {
        if (greeted && socket.data.slot === slot) this.#inbound.greeted(slot);
      })
      .catch((error: unknown) => this.#failed(error));
  }

  message(socket: Socket, frame: string | Uint8Array): void {
    if (this.#mute) return;
    try {
      if (socket.data.framing === undefined) this.#decideFraming(socket, frame);
      this.#inbound.message(socket, frame);
    } catch (error) {
      // A throw here would end the process: nothing that a client sends may do that.
      this.#log.error({ error: String(error) }, "a frame could not be handled");
      if (socket.data.slot < 0) return;
      this.#outbound.refuse(socket.data.slot, CMD.error, "", CODE.internal, "");
    }
  }

  /** No subprotocol was asked for: the first frame decides. */
  #decideFraming(socket: Socket, frame: string | Uint8Array): void {
    const { slot } = socket.data;
    const framing = typeof frame === "string" ? "json" : "proto";
    socket.data.framing = framing;
    if (slot < 0 || framing === this.#sessions.framing(slot)) return;
    const followed = [...this.#wideLogs.ofSlot(slot)];
    for (const conversationId of followed) {
      this.#wideLogs.unfollow(this.#sessions, slot, conversationId);
    }
    this.#sessions.setFraming(slot, framing);
    for (const conversationId of followed) {
      const published = this.#wideLogs.published(conversationId);
      this.#wideLogs.follow(this.#sessions, slot, conversationId, published);
    }
  }

  alive(socket: Socket): void {
    const { slot } = socket.data;
    if (slot < 0) return;
    this.#sessions.seenAtMs[slot] = this.#clock.monotonicMs();
    this.#sessions.pinged[slot] = 0;
  }

  /** A slow connection has taken all that was queued: it is told to pull what it was not sent. */
  drained(socket: Socket): void {
    const { slot } = socket.data;
    if (slot < 0 || this.#sessions.states[slot] !== STATE.pull) return;
    this.#outbound.hint(slot, this.#sessions.held[slot] as number);
    for (const conversationId of this.#wideLogs.ofSlot(slot)) {
      const published = this.#wideLogs.published(conversationId);
      if (published >= 0) this.#outbound.hintWide(slot, conversationId, published);
    }
  }

  closed(socket: Socket): void {
    const { slot, userId, device } = socket.data;
    if (slot < 0) return;
    // What is gathered for its slot is not for the slot's next connection.
    this.#outbound.flush();
    socket.data.slot = -1;
    const generation = this.#sessions.generations[slot] as number;
    this.#sessions.generations[slot] = 0;
    this.#inbound.closed(slot);
    this.#wideLogs.drop(slot);
    this.#watches.drop(slot);
    this.#sessions.remove(slot);
    if (generation === 0) return;
    leavePresence(this.#redis, this.#gatewayId, userId, device, generation).catch(() => {
      // Redis is away: the entry goes when this gateway renews all, or with its lease.
    });
  }

  /** To be called about every second: pings silent connections and closes dead ones. */
  sweep(): void {
    const nowMs = this.#clock.monotonicMs();
    this.#sessions.each((slot, socket) => {
      const silentMs = nowMs - (this.#sessions.seenAtMs[slot] as number);
      if (silentMs >= CLOSE_AFTER_MS) {
        if (socket.readyState === OPEN) socket.close(CLOSE.noHeartbeat, "no heartbeat");
      } else if (silentMs >= PING_AFTER_MS && this.#sessions.pinged[slot] === 0) {
        this.#sessions.pinged[slot] = 1;
        socket.ping();
      }
    });
  }

  /**
   * From here on nothing that clients send is read. It is as if it had not arrived: whoever sent
   * it hears no answer before the connection is closed, and sends it again elsewhere.
   */
  mute(): void {
    this.#mute = true;
  }

  /**
   * Closes every connection and tells each a moment of its own, spread over a window, at which to
   * come back. Settles when all are closed, or have had the time to be.
   */
  async drain(windowMs: number, pauseMs: (ms: number) => Promise<void>): Promise<void> {
    const sockets: Socket[] = [];
    this.#sessions.each((_, socket) => sockets.push(socket));
    const stepMs = Math.min(CLOSING_MS, windowMs) / CLOSING_STEPS;
    const size = Math.max(1, Math.ceil(sockets.length / CLOSING_STEPS));
    for (let at = 0; at < sockets.length; at += 1) {
      const passedMs = Math.floor(at / size) * stepMs;
      const momentMs = ((at + 1) * windowMs) / sockets.length;
      sockets[at]?.close(CLOSE.draining, String(Math.max(0, Math.round(momentMs - passedMs))));
      if (at % size === size - 1) await pauseMs(stepMs);
    }
    for (let waits = 0; this.count > 0 && waits < LAST_WAITS; waits++) await pauseMs(LAST_WAIT_MS);
  }

  #failed(error: unknown): void {
    this.#log.error({ error: String(error) }, "greeting a connection failed");
  }
}

/** Over so long the closes of a drain are spread. */
const CLOSING_MS = 500;
const CLOSING_STEPS = 20;
/** So often a drain looks whether the last ones have gone. */
const LAST_WAITS = 50;
const LAST_WAIT_MS = 20;
