/**
 * Delivers the outbox: each line in order, several lines at a time, at least once. What fails is
 * tried again with back-off; what fails too often is set aside, and its line goes on.
 */
import { backoffMs } from "../base/backoff.ts";
import type { Clock } from "../base/clock.ts";
import type { Log } from "../base/log.ts";
import type { OutgoingHttp } from "../base/outgoing-http.ts";
import { signedHeaders } from "../base/signature.ts";
import type { Sql } from "../postgres/client.ts";
import type { Duty } from "./duty.ts";
import { bodyOf, type DueRow, dueRows } from "./outbox-body.ts";

/** Whom to tell, and how. */
export interface HookTarget {
  url: string;
  secret: string;
  timeoutMs: number;
  attemptsMax: number;
  /** Before the first repeat; doubled each time, ten minutes at most. */
  firstRetryMs: number;
}

const LINES_AT_ONCE = 16;
const RETRY_MAX_MS = 600_000;
const CLEAN_EVERY_MS = 60_000;
const CLEAN_ROWS_MAX = 1000;
const DEAD_DAYS = 7;
const ERROR_CHARACTERS_MAX = 300;

export class Outbox {
  readonly #sql: Sql;
  readonly #http: OutgoingHttp;
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #duty: Duty;
  readonly #hook: HookTarget | undefined;
  readonly #hoursMax: number;
  #cleanedAtMs = Number.NEGATIVE_INFINITY;

  constructor(parts: {
    sql: Sql;
    outgoing: OutgoingHttp;
    clock: Clock;
    log: Log;
    duty: Duty;
    /** The host application's own, where it has one. */
    hook: HookTarget | undefined;
    /** After so long an event that could not be told is set aside. */
    hoursMax: number;
  }) {
    this.#sql = parts.sql;
    this.#http = parts.outgoing;
    this.#clock = parts.clock;
    this.#log = parts.log;
    this.#duty = parts.duty;
    this.#hook = parts.hook;
    this.#hoursMax = parts.hoursMax;
  }

  /** Tells what is due; whether there may be more. */
  async turn(): Promise<boolean> {
    await this.#clean();
    const lines = new Map<string, DueRow[]>();
    for (const row of await dueRows(this.#sql)) {
      const line = lines.get(row.line);
      if (line === undefined) lines.set(row.line, [row]);
      else line.push(row);
    }
    const told: string[] = [];
    const waiting = [...lines.values()];
    const tellNext = async (): Promise<void> => {
      for (let line = waiting.shift(); line !== undefined; line = waiting.shift()) {
        await this.#tellLine(line, told);
      }
    };
    try {
      await Promise.all(Array.from({ length: LINES_AT_ONCE }, tellNext));
    } finally {
      if (told.length > 0) {
        await this.#sql`DELETE FROM outbox WHERE id = ANY(${`{${told.join(",")}}`}::text::int8[])`;
      }
    }
    return told.length > 0;
  }

  async #tellLine(line: readonly DueRow[], told: string[]): Promise<void> {
    for (const row of line) {
      if (!this.#duty.held) return;
      const target = this.#targetOf(row);
      if (target === undefined) return;
      const problem = await this.#tell(row, target);
      if (problem === undefined) told.push(row.outbox_id);
      else if (!(await this.#failed(row, target, problem))) return;
    }
  }

  #targetOf(row: DueRow): HookTarget | undefined {
    return row.target === null ? this.#hook : (JSON.parse(row.target) as HookTarget);
  }

  /** Undefined when it was taken, else why not. */
  async #tell(row: DueRow, { url, secret, timeoutMs }: HookTarget): Promise<string | undefined> {
    const body = bodyOf(row);
    const headers = {
      "content-type": "application/json",
      "x-linnet-event": row.event,
      "x-linnet-event-id": row.outbox_id,
      ...(secret === "" ? {} : signedHeaders(secret, this.#clock.wallMs(), body)),
    };
    const outcome = await this.#http.post({ url, body, headers, timeoutMs });
    if (outcome.kind !== "answer") return outcome.problem;
    return outcome.status >= 200 && outcome.status < 300 ? undefined : `HTTP ${outcome.status}`;
  }

  /** True when the event was given up, so that its line goes on. */
  async #failed(row: DueRow, target: HookTarget, problem: string): Promise<boolean> {
    const attempts = row.attempts + 1;
    const isDead = attempts >= target.attemptsMax;
    const waitMs = backoffMs(row.attempts, target.firstRetryMs, RETRY_MAX_MS);
    const error = problem.slice(0, ERROR_CHARACTERS_MAX);
    await this.#sql`
      UPDATE outbox SET attempts = ${attempts}, error = ${error},
        due_at = now() + ${waitMs} * interval '1 millisecond',
        dead_at = CASE WHEN ${isDead} THEN now() END
      WHERE id = ${row.outbox_id}::text::int8`;
    if (isDead)
      this.#log.error({ id: row.outbox_id, event: row.event, error }, "an event is given up");
    return isDead;
  }

  async #clean(): Promise<void> {
    if (this.#clock.monotonicMs() - this.#cleanedAtMs < CLEAN_EVERY_MS) return;
    this.#cleanedAtMs = this.#clock.monotonicMs();
    await this.#sql`
      UPDATE outbox SET dead_at = now(), error = 'too old' WHERE id IN (
        SELECT id FROM outbox WHERE dead_at IS NULL ORDER BY id LIMIT ${CLEAN_ROWS_MAX})
        AND due_at < now() - ${this.#hoursMax} * interval '1 hour'`;
    await this.#sql`
      DELETE FROM outbox WHERE id IN (
        SELECT id FROM outbox WHERE dead_at IS NOT NULL ORDER BY id LIMIT ${CLEAN_ROWS_MAX})
        AND dead_at < now() - ${DEAD_DAYS} * interval '1 day'`;
    await this.#sql`
      DELETE FROM callbacks WHERE message_id IN (
        SELECT message_id FROM callbacks
        WHERE created_at < now() - ${DEAD_DAYS} * interval '1 day' LIMIT ${CLEAN_ROWS_MAX})`;
  }
}
