/**
 * The loop of a worker. It stands by until it holds the writer's lock; then it reads the stream and
 * settles, until the lock is lost.
 *
 *   standby ──lock taken──▶ writer ──LN001, 57P, 08, a cut, Redis away too long──▶ standby
 *
 * Any failure throws the memory away and reads the stream again from its beginning.
 */
import { backoffMs, pause } from "../base/backoff.ts";
import type { Clock } from "../base/clock.ts";
import { DeadlineError, withDeadline } from "../base/deadline.ts";
import type { Log } from "../base/log.ts";
import { errorCode } from "../postgres/client.ts";
import { expireMessages, forgetApplied } from "../store/expiry.ts";
import type { StreamReader } from "../transfer/reader.ts";
import { isWriterLost, type WriterLock } from "../transfer/writer-lock.ts";
import type { Settler } from "./settle.ts";
import type { SettleCounters } from "./settle-counters.ts";

/** How often a standby looks. */
const STANDBY_MS = 500;
/** How long a read waits, and so how often an idle writer shows that it lives. */
const BLOCK_MS = 1000;
const CLEAN_EVERY_MS = 1500;
/** A settle that takes longer is given up: the connection is cut and nobody said so. */
const SETTLE_DEADLINE_MS = 30_000;
/** A writer that can't reach Redis for so long steps down. */
const REDIS_AWAY_MS = 2_000;

export class Worker {
  readonly #lock: WriterLock;
  readonly #reader: StreamReader;
  readonly #settler: Settler;
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #counters: SettleCounters;
  #stopping = false;
  #done: Promise<void> | undefined;
  #cleanedAtMs = 0;
  #failures = 0;
  #readAtMs = 0;

  constructor(parts: {
    lock: WriterLock;
    reader: StreamReader;
    settler: Settler;
    clock: Clock;
    log: Log;
    counters: SettleCounters;
  }) {
    this.#lock = parts.lock;
    this.#reader = parts.reader;
    this.#settler = parts.settler;
    this.#clock = parts.clock;
    this.#log = parts.log;
    this.#counters = parts.counters;
  }

  start(): void {
    this.#done = this.#run();
  }

  /** Finishes what is under way and gives the lock back. */
  async stop(): Promise<void> {
    this.#stopping = true;
    await this.#done;
    await this.#lock.drop();
  }

  async #run(): Promise<void> {
    while (!this.#stopping) {
      try {
        await (this.#lock.held ? this.#turn() : this.#standBy());
        this.#failures = 0;
      } catch (error) {
        await this.#failed(error);
      }
    }
  }

  async #standBy(): Promise<void> {
    if (await this.#lock.tryTake()) {
      this.#readAtMs = this.#clock.monotonicMs();
      this.#counters.takeovers.inc();
      await this.#settler.begin();
    } else {
      await pause(STANDBY_MS);
    }
  }

  async #turn(): Promise<void> {
    const entries = await this.#reader.read(BLOCK_MS);
    this.#readAtMs = this.#clock.monotonicMs();
    if (entries.length > 0) await withDeadline(this.#settler.settle(entries), SETTLE_DEADLINE_MS);
    else await withDeadline(this.#lock.beat(), SETTLE_DEADLINE_MS);
    if (this.#reader.isLast(entries)) this.#settler.caughtUp();
    await this.#settler.catchUpOwed();
    if (this.#clock.monotonicMs() - this.#cleanedAtMs > CLEAN_EVERY_MS) await this.#clean();
  }

  async #clean(): Promise<void> {
    this.#cleanedAtMs = this.#clock.monotonicMs();
    const { sql, name } = this.#lock;
    await withDeadline(expireMessages(sql, name), SETTLE_DEADLINE_MS);
    await withDeadline(forgetApplied(sql, name), SETTLE_DEADLINE_MS);
  }

  async #failed(error: unknown): Promise<void> {
    const lost = isWriterLost(error) || error instanceof DeadlineError;
    const redisAway = this.#clock.monotonicMs() - this.#readAtMs > REDIS_AWAY_MS;
    const what = { code: errorCode(error), error: String(error) };
    this.#log.warn(what, lost ? "no longer the writer" : "settling failed, will be done again");
    this.#settler.forget();
    if (lost || redisAway) await this.#lock.drop();
    await pause(backoffMs(this.#failures++, 20, 1000));
  }
}
