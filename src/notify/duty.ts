/**
 * A duty that one worker process has at a time: a lease by Postgres' clock. Who loses it, paused or
 * cut off, may do once more what another does too; receivers know events by their ids.
 */
import type { Clock } from "../base/clock.ts";
import type { Sql } from "../postgres/client.ts";

const LEASE_MS = 15_000;
const RENEW_MS = 3_000;
/** What is begun later than so long after a renewal could outlast the lease. */
const SURE_MS = 8_000;

export class Duty {
  readonly #sql: Sql;
  readonly #clock: Clock;
  readonly #name: string;
  readonly #holder: string;
  #renewedAtMs = Number.NEGATIVE_INFINITY;

  constructor(parts: { sql: Sql; clock: Clock; name: string; holder: string }) {
    this.#sql = parts.sql;
    this.#clock = parts.clock;
    this.#name = parts.name;
    this.#holder = parts.holder;
  }

  /** Whether the duty is surely this process's own still. */
  get held(): boolean {
    return this.#clock.monotonicMs() - this.#renewedAtMs < SURE_MS;
  }

  /** Takes or renews the duty; false while another process has it. */
  async take(): Promise<boolean> {
    const askedAtMs = this.#clock.monotonicMs();
    if (askedAtMs - this.#renewedAtMs < RENEW_MS) return true;
    const rows = await this.#sql`
      INSERT INTO duties AS d (name, holder, until)
      VALUES (${this.#name}, ${this.#holder}, now() + ${LEASE_MS} * interval '1 millisecond')
      ON CONFLICT (name) DO UPDATE SET holder = excluded.holder, until = excluded.until
      WHERE d.holder = excluded.holder OR d.until < now()
      RETURNING 1`;
    if (rows.length === 0) return false;
    this.#renewedAtMs = askedAtMs;
    return true;
  }

  async give(): Promise<void> {
    this.#renewedAtMs = Number.NEGATIVE_INFINITY;
    await this.#sql`DELETE FROM duties WHERE name = ${this.#name} AND holder = ${this.#holder}`;
  }
}
