/** Whether this process can take requests now: what /readyz answers. */
import { withDeadline } from "../base/deadline.ts";
import type { Sql } from "../postgres/client.ts";
import type { RedisConnection } from "../redis/client.ts";

const PING_DEADLINE_MS = 2000;

export class Readiness {
  readonly #sql: Sql;
  readonly #redis: RedisConnection[];
  /** The process starts only after Postgres has answered. */
  #postgres = true;
  #pinging = false;
  /** From the start until the roles run, and again from the drain on. */
  #away = "starting";

  constructor(sql: Sql, redis: readonly RedisConnection[]) {
    this.#sql = sql;
    this.#redis = [...redis];
  }

  /** A connection more without which nothing goes. */
  watch(connection: RedisConnection): void {
    this.#redis.push(connection);
  }

  started(): void {
    this.#away = "";
  }

  draining(): void {
    this.#away = "draining";
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
    if (this.#away !== "") reasons.push(this.#away);
    if (!this.#postgres) reasons.push("Postgres is away");
    if (!this.#redis.every((connection) => connection.ready)) reasons.push("Redis is away");
    return { ok: reasons.length === 0, reasons };
  }
}
