/** Reads again, from Postgres, the revocations that deliveries may have missed; never two at a time. */
import { withDeadline } from "../base/deadline.ts";
import type { Log } from "../base/log.ts";
import type { Sql } from "../postgres/client.ts";
import type { Connections } from "./connections.ts";
import type { Revocations } from "./revocations.ts";

const READ_DEADLINE_MS = 10_000;

export class RevocationReader {
  readonly #revocations: Revocations;
  readonly #connections: Connections;
  readonly #sql: Sql;
  readonly #log: Log;
  readonly #everyTicks: number;
  #due = false;
  #reading = false;
  #ticks = 0;

  constructor(parts: {
    revocations: Revocations;
    connections: Connections;
    sql: Sql;
    log: Log;
    everySeconds: number;
  }) {
    this.#revocations = parts.revocations;
    this.#connections = parts.connections;
    this.#sql = parts.sql;
    this.#log = parts.log;
    this.#everyTicks = parts.everySeconds;
  }

  /** Something was lost: the next `tick` reads. */
  urgent(): void {
    this.#due = true;
  }

  /** To be called about once a second. */
  tick(): void {
    this.#ticks += 1;
    if (this.#ticks % this.#everyTicks === 0) this.#due = true;
    if (!this.#due || this.#reading) return;
    this.#due = false;
    this.#reading = true;
    this.#read().catch((error: unknown) => {
      this.#due = true;
      this.#log.warn({ error: String(error) }, "revocations could not be read");
    });
  }

  async #read(): Promise<void> {
    try {
      const found = await withDeadline(this.#revocations.load(this.#sql), READ_DEADLINE_MS);
      for (const revocation of found) this.#connections.kick(revocation);
    } finally {
      this.#reading = false;
    }
  }
}
