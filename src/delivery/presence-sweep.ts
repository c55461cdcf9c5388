/**
 * Takes out of presence what dead gateways left in it. The writer's process walks slowly through
 * all entries; a gateway is dead when two looks, at least a lease apart, found it neither among the
 * living nor with a lease of its own. One that comes back writes all its presence again.
 */
import type { Clock } from "../base/clock.ts";
import type { RedisConnection } from "../redis/client.ts";
import { deliveryCountKey, leavingKey, PRESENCE_BUCKETS, presenceKey } from "../redis/keys.ts";
import { SCRIPT } from "../redis/scripts.ts";
import { gatewaysOf, livingGateways } from "./presence.ts";

/** Entries looked at in one step. */
const STEP_ENTRIES = 500;
const STEP_EVERY_MS = 1000;
/** Of gateways that may be dead; there are never so many at a time. */
const SUSPECTS_MAX = 1000;

export class PresenceSweep {
  readonly #redis: RedisConnection;
  readonly #clock: Clock;
  readonly #leaseMs: number;
  #bucket = 0;
  #cursor = "0";
  #steppedAtMs = 0;
  /** Gateways that were not among the living, and when they were first found so. */
  readonly #suspects = new Map<string, number>();
  /** Connections taken out, for the metrics. */
  dropped = 0;

  constructor(parts: { redis: RedisConnection; clock: Clock; leaseMs: number }) {
    this.#redis = parts.redis;
    this.#clock = parts.clock;
    this.#leaseMs = parts.leaseMs;
  }

  /** To be called often; does a step about once a second. Rejects when Redis is away. */
  async tick(): Promise<void> {
    const nowMs = this.#clock.monotonicMs();
    if (nowMs - this.#steppedAtMs < STEP_EVERY_MS) return;
    this.#steppedAtMs = nowMs;
    await this.step(nowMs);
  }

  /** Looks at a part of a bucket. */
  async step(nowMs: number): Promise<void> {
    const key = presenceKey(this.#bucket);
    const leaving = leavingKey(this.#bucket);
    const scan = ["HSCAN", key, this.#cursor, "COUNT", String(STEP_ENTRIES)];
    const [cursor, flat] = await this.#redis.command<[Buffer, Buffer[]]>(scan);
    this.#cursor = cursor.toString();
    if (this.#cursor === "0") this.#bucket = (this.#bucket + 1) % PRESENCE_BUCKETS;
    const living = new Set(await livingGateways(this.#redis));
    for (const id of living) this.#suspects.delete(id);
    const dead = new Map<string, boolean>();
    const drops: Promise<number>[] = [];
    for (let i = 0; i + 1 < flat.length; i += 2) {
      const entry = flat[i + 1] as Buffer;
      const gone: string[] = [];
      for (const id of gatewaysOf(entry.toString())) {
        if (living.has(id)) continue;
        if (!dead.has(id)) dead.set(id, await this.#isDead(id, nowMs));
        if (dead.get(id)) gone.push(id);
      }
      if (gone.length === 0) continue;
      const args = [flat[i] as Buffer, entry, ...gone];
      drops.push(this.#redis.script<number>(SCRIPT.presenceDrop, [key, leaving], args));
    }
    for (const dropped of await Promise.all(drops)) this.dropped += dropped;
  }

  async #isDead(id: string, nowMs: number): Promise<boolean> {
    const since = this.#suspects.get(id);
    if (since === undefined) {
      if (this.#suspects.size >= SUSPECTS_MAX) this.#suspects.clear();
      this.#suspects.set(id, nowMs);
      return false;
    }
    if (nowMs - since < this.#leaseMs) return false;
    return (await this.#redis.command<number>(["EXISTS", deliveryCountKey(id)])) === 0;
  }
}
