/** Whether this process can take requests now: what /readyz answers. */
import { withDeadline } from "../base/deadline.ts";
import type { Sql } from "../postgres/client.ts";
import type { RedisConnection } from "../redis/client.ts";

const PING_DEADLINE_MS = 2000;

export class Readiness {
  readonly #sql: Sql;
  readonly #redis: readonly RedisConnection[];
  /** The process starts only after Postgres has answered. */
  #postgres = true;
  #pinging = false;

  constructor(sql: Sql, redis: readonly RedisConnection[]) {
    this.#sql = sql;
    this.#redis = redis;
  }

  /** To be called about once a second. */
  tick(): void {
    if (this.#pinging) return;
    this.#pinging = true;
    withDeadline(this.#sql`SELECT 1`, PING_DEADLINE_MS).then(
      () => this.#pinged(true),
      () => this.#pinged(false),
    );
  }

  #pinged(answered: boolean): void {
    this.#postgres = answered;
    this.#pinging = false;
  }

  reasons(): { ok: boolean; reasons: string[] } {
    const reasons: string[] = [];
    if (!this.#postgres) reasons.push("Postgres is away");
    if (!this.#redis.every((connection) => connection.ready)) reasons.push("Redis is away");
    return { ok: reasons.length === 0, reasons };
  }
}
