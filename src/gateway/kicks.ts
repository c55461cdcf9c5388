/**
 * What a gateway does when a user is kicked: his tokens are refused from then on and his
 * connections close. It is told by deliveries, and reads from Postgres what those may have lost;
 * never two reads at a time.
 */
import { withDeadline } from "../base/deadline.ts";
import type { Log } from "../base/log.ts";
import type { Sql } from "../postgres/client.ts";
import { CLOSE } from "../wire/errors.ts";
import type { Revocation, Revocations } from "./revocations.ts";
import type { Sessions } from "./sessions.ts";

const READ_DEADLINE_MS = 10_000;

export class Kicks {
  readonly #revocations: Revocations;
  readonly #sessions: Sessions;
  readonly #sql: Sql;
  readonly #log: Log;
  readonly #everyTicks: number;
  #due = false;
  #reading = false;
  #ticks = 0;

  constructor(parts: {
    revocations: Revocations;
    sessions: Sessions;
    sql: Sql;
    log: Log;
    everySeconds: number;
  }) {
    this.#revocations = parts.revocations;
    this.#sessions = parts.sessions;
    this.#sql = parts.sql;
    this.#log = parts.log;
    this.#everyTicks = parts.everySeconds;
  }

  /** Before the first connection. Rejects when Postgres is away. */
  async begin(): Promise<void> {
    await this.#revocations.load(this.#sql);
  }

  apply(revocation: Revocation): void {
    this.#revocations.add(revocation);
    this.#close(revocation);
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
      for (const revocation of found) this.#close(revocation);
    } finally {
      this.#reading = false;
    }
  }

  /** The connections that came by a token from before. */
  #close({ userId, device, untilMs, bannedUntilMs }: Revocation): void {
    const [code, reason] =
      bannedUntilMs > 0 ? ([CLOSE.banned, "banned"] as const) : ([CLOSE.kicked, "kicked"] as const);
    for (const slot of [...this.#sessions.ofUser(userId)]) {
      const socket = this.#sessions.socket(slot);
      if (socket === undefined || socket.data.issuedMs > untilMs) continue;
      if (device === "" || socket.data.device === device) socket.close(code, reason);
    }
  }
}
