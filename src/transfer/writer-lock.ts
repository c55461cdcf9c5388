/**
 * Who is the writer: an advisory lock of Postgres, on the very connection that commits.
 *
 * Taking the lock and naming the session (`linnet.writer`) is one round trip; every write is fenced
 * by `linnet_fence(name)`, so a session that lost the lock, by a cut or a silent reconnect,
 * fails with LN001. After any loss the connection is thrown away and a new name is taken.
 */
import type { Log } from "../base/log.ts";
import { errorCode, openWriterConnection, type Sql } from "../postgres/client.ts";

const LOCK_CLASS = 76;
const LOCK_OBJECT = 1;
/** A holder that has not spoken for so long, while nothing holds it up, is dead to us. */
const SILENT_SECONDS = 3;

export class WriterLock {
  readonly #url: string;
  readonly #pool: Sql;
  readonly #log: Log;
  #connection: Sql | undefined;
  #name = "";

  constructor(url: string, pool: Sql, log: Log) {
    this.#url = url;
    this.#pool = pool;
    this.#log = log;
  }

  /** The connection that holds the lock; only valid while `held`. */
  get sql(): Sql {
    if (this.#connection === undefined) throw new Error("this process is not the writer");
    return this.#connection;
  }

  /** The name of the session, for `linnet_fence`. */
  get name(): string {
    return this.#name;
  }

  get held(): boolean {
    return this.#name !== "";
  }

  /** Tries once. A holder that is silent is ended, so that a later try succeeds. */
  async tryTake(): Promise<boolean> {
    const connection = (this.#connection ??= openWriterConnection(this.#url));
    const name = crypto.randomUUID();
    const [row] = await connection<{ taken: string | null }[]>`
      SELECT CASE WHEN pg_try_advisory_lock(${LOCK_CLASS}, ${LOCK_OBJECT})
        THEN set_config('linnet.writer', ${name}, false) END AS taken`;
    if (row?.taken === name) {
      this.#name = name;
      this.#log.info("this process is the writer");
      return true;
    }
    await this.#endSilentHolder();
    return false;
  }

  /** Tells Postgres, and the standbys through it, that an idle writer lives. */
  async beat(): Promise<void> {
    await this.sql`SELECT linnet_fence(${this.#name})`;
  }

  /** Throws the connection away: after a loss, or to step down. */
  async drop(): Promise<void> {
    const connection = this.#connection;
    this.#connection = undefined;
    this.#name = "";
    // Closing takes the lock off; a connection that is already cut closes at once.
    await connection?.end({ timeout: 0 }).catch(() => {});
  }

  async #endSilentHolder(): Promise<void> {
    const ended = await this.#pool<{ pid: number }[]>`
      SELECT a.pid, pg_terminate_backend(a.pid)
      FROM pg_locks l JOIN pg_stat_activity a ON a.pid = l.pid
      WHERE l.locktype = 'advisory' AND l.granted AND l.objsubid = 2
        AND l.classid = ${LOCK_CLASS} AND l.objid = ${LOCK_OBJECT}
        AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())
        AND (a.state <> 'active' OR a.wait_event_type = 'Client')
        AND clock_timestamp() - a.state_change > ${SILENT_SECONDS} * interval '1 second'`;
    for (const { pid } of ended) this.#log.warn({ pid }, "ended a writer that was silent");
  }
}

/** Whether a failed write means that this session is the writer no longer. */
export function isWriterLost(error: unknown): boolean {
  const code = errorCode(error);
  return (
    code === "LN001" ||
    code.startsWith("57P") ||
    code.startsWith("08") ||
    code.startsWith("CONNECTION_") ||
    code.startsWith("ECONN") ||
    code === "EPIPE"
  );
}

/**
 * Whether the rows themselves are at fault: SQLSTATE class 22, class 23 but for 23505, 54000; or a
 * number that does not go into its column.
 */
export function isPoison(error: unknown): boolean {
  if (error instanceof RangeError) return true;
  const code = errorCode(error);
  if (code.length !== 5 || code === "23505") return false;
  return code.startsWith("22") || code.startsWith("23") || code === "54000";
}

export function isKnownMessage(error: unknown): boolean {
  return errorCode(error) === "23505";
}
