/**
 * Notes up to which pts a user's devices have everything, for whoever decides on offline pushes:
 * gathered, and written once a second. What is lost costs a push too many. Where no provider is
 * set nobody decides, and nothing is noted.
 */
import type { Log } from "../base/log.ts";
import type { RedisConnection } from "../redis/client.ts";
import { acknowledgedKey } from "../redis/keys.ts";
import { SCRIPT } from "../redis/scripts.ts";

const USERS_MAX = 50_000;
const KEPT_SECONDS = 3600;

export class Acknowledged {
  readonly #redis: RedisConnection;
  readonly #log: Log;
  readonly #isWanted: boolean;
  #gathered = new Map<number, number>();

  constructor(parts: { redis: RedisConnection; log: Log; isWanted: boolean }) {
    this.#redis = parts.redis;
    this.#log = parts.log;
    this.#isWanted = parts.isWanted;
  }

  /** A device of this user has everything up to here. */
  note(userId: number, pts: number): void {
    if (!this.#isWanted) return;
    const held = this.#gathered.get(userId);
    if (held === undefined && this.#gathered.size >= USERS_MAX) return;
    if (held === undefined || held < pts) this.#gathered.set(userId, pts);
  }

  /** To be called about every second. */
  tick(): void {
    if (this.#gathered.size === 0 || !this.#redis.ready) return;
    const gathered = this.#gathered;
    this.#gathered = new Map();
    this.#write(gathered).catch((error: unknown) => {
      this.#log.warn({ error: String(error) }, "noting what devices have failed");
    });
  }

  async #write(gathered: ReadonlyMap<number, number>): Promise<void> {
    const writes: Promise<unknown>[] = [];
    for (const [userId, pts] of gathered) {
      const args = [String(pts), String(KEPT_SECONDS)];
      writes.push(this.#redis.script(SCRIPT.acknowledge, [acknowledgedKey(userId)], args));
    }
    await Promise.all(writes);
  }
}
