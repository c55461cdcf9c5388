/** A gateway's lease and its users' presence in Redis: renewed whole, and again after a loss. */
import type { Clock } from "../base/clock.ts";
import type { Log } from "../base/log.ts";
import type { Receiver } from "../delivery/receiver.ts";
import { joinPresence } from "../delivery/presence.ts";
import type { Access } from "../filter/access.ts";
import type { RedisConnection } from "../redis/client.ts";
import { CLOSE } from "../wire/errors.ts";
import type { Audit } from "./audit.ts";
import type { Sessions } from "./sessions.ts";

/** Presence of all connections is written again this often, a part of them each second. */
const PRESENCE_EVERY_SECONDS = 60;
const RENEWALS_MAX = 2000;

export class Lease {
  readonly #receiver: Receiver;
  readonly #redis: RedisConnection;
  readonly #gatewayId: string;
  readonly #sessions: Sessions;
  readonly #access: Access;
  readonly #audit: Audit;
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #leaseMs: number;
  #renewedAtMs: number;
  #renewing = false;
  #turn = 0;
  /** Whether all presence must be written again. */
  #stale = false;

  constructor(parts: {
    receiver: Receiver;
    redis: RedisConnection;
    gatewayId: string;
    sessions: Sessions;
    access: Access;
    audit: Audit;
    clock: Clock;
    log: Log;
    leaseMs: number;
  }) {
    this.#receiver = parts.receiver;
    this.#redis = parts.redis;
    this.#gatewayId = parts.gatewayId;
    this.#sessions = parts.sessions;
    this.#access = parts.access;
    this.#audit = parts.audit;
    this.#clock = parts.clock;
    this.#log = parts.log;
    this.#leaseMs = parts.leaseMs;
    this.#renewedAtMs = parts.clock.monotonicMs();
  }

  /** Before the next frame: what was granted under a lease that has lapsed is not believed. */
  checkLapsed(nowMs: number): void {
    if (nowMs - this.#renewedAtMs <= this.#leaseMs) return;
    this.#renewedAtMs = nowMs;
    this.#stale = true;
    this.#access.grants.invalidateAll();
    this.#audit.urgent("the gateway's lease had lapsed");
  }

  /** To be called about once a second. */
  tick(): void {
    if (this.#renewing) return;
    this.#renewing = true;
    this.#renew()
      .catch((error: unknown) => {
        this.#log.warn({ error: String(error) }, "the gateway's lease could not be renewed");
        this.#stale = true;
      })
      .finally(() => {
        this.#renewing = false;
      });
  }

  /** Begins the lease. Rejects when Redis is away. */
  async begin(): Promise<void> {
    await this.#receiver.renew(this.#leaseMs);
    this.#renewedAtMs = this.#clock.monotonicMs();
  }

  /** Gives the lease back: nothing is sent to this gateway any more. */
  async end(): Promise<void> {
    await this.#receiver.leave();
  }

  async #renew(): Promise<void> {
    const startedMs = this.#clock.monotonicMs();
    const stood = await this.#receiver.renew(this.#leaseMs);
    this.checkLapsed(this.#clock.monotonicMs());
    this.#renewedAtMs = startedMs;
    if (!stood) {
      this.#access.grants.invalidateAll();
      this.#stale = true;
    }
    const whole = this.#stale;
    this.#stale = false;
    await this.#renewPresence(whole);
    if (whole) this.#audit.urgent("Redis was lost, or this gateway paused");
  }

  async #renewPresence(whole: boolean): Promise<void> {
    this.#turn = (this.#turn + 1) % PRESENCE_EVERY_SECONDS;
    const slots: number[] = [];
    this.#sessions.each((slot) => {
      if (whole || slot % PRESENCE_EVERY_SECONDS === this.#turn) slots.push(slot);
    });
    for (let at = 0; at < slots.length; at += RENEWALS_MAX) {
      await Promise.all(slots.slice(at, at + RENEWALS_MAX).map((slot) => this.#renewOne(slot)));
    }
  }

  async #renewOne(slot: number): Promise<void> {
    const socket = this.#sessions.socket(slot);
    const generation = this.#sessions.generations[slot] as number;
    if (socket === undefined || generation === 0) return;
    const { userId, device } = socket.data;
    const background = this.#sessions.background[slot] === 1;
    const joined = await joinPresence(
      this.#redis,
      this.#gatewayId,
      userId,
      device,
      generation,
      background,
    );
    // A newer connection of this device is elsewhere: its gateway could not tell us.
    if (joined.generation === 0) socket.close(CLOSE.replaced, "replaced by a newer connection");
  }
}
