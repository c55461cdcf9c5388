/**
 * The loop of a worker. It stands by until it holds the writer's lock; then it reads the stream and
 * settles, until the lock is lost.
 *
 *   standby ──lock taken──▶ writer ──LN001, 57P, 08, a cut, Redis away too long──▶ standby
 *
 * Any failure throws the memory away and reads the stream again from its beginning. A writer that
 * meets what a later release wrote gives the lock back, and stands by until that is settled.
 */
import { backoffMs, pause } from "../base/backoff.ts";
import type { Clock } from "../base/clock.ts";
import { DeadlineError, withDeadline } from "../base/deadline.ts";
import type { Log } from "../base/log.ts";
import { errorCode } from "../postgres/client.ts";
import { expireMessages, forgetApplied } from "../store/expiry.ts";
import { startReadTimeouts } from "../store/read-timeouts.ts";
import type { StreamReader } from "../transfer/reader.ts";
import { isNewerVersion, NewerVersionError } from "../transfer/record.ts";
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

/** What the writer's process looks after beside the stream; does a little each time. */
interface Sweep {
  tick(): Promise<void>;
}

export class Worker {
  readonly #lock: WriterLock;
  readonly #reader: StreamReader;
  readonly #settler: Settler;
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #counters: SettleCounters;
  readonly #sweep: Sweep;
  #stopping = false;
  #done: Promise<void> | undefined;
  #cleanedAtMs = 0;
  /** The message with a time to be read in that was looked at last. */
  #timedAfter = "0";
  #failures = 0;
  #readAtMs = 0;
  /** Whether this release met an entry that only a later one can read. */
  #outdated = false;

  constructor(parts: {
    lock: WriterLock;
    reader: StreamReader;
    settler: Settler;
    clock: Clock;
    log: Log;
    counters: SettleCounters;
    sweep: Sweep;
  }) {
    this.#lock = parts.lock;
    this.#reader = parts.reader;
    this.#settler = parts.settler;
    this.#clock = parts.clock;
    this.#log = parts.log;
    this.#counters = parts.counters;
    this.#sweep = parts.sweep;
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
    if (this.#outdated && (await this.#meetsNewer())) return await pause(STANDBY_MS);
    this.#outdated = false;
    if (await this.#lock.tryTake()) {
      this.#readAtMs = this.#clock.monotonicMs();
      this.#counters.takeovers.inc();
      await this.#settler.begin();
    } else {
      await pause(STANDBY_MS);
    }
  }

  /** Whether what a later release wrote still waits for a writer of that release. */
  async #meetsNewer(): Promise<boolean> {
    const entries = await this.#reader.read(1);
    return entries.some(({ payload }) => isNewerVersion(payload[0] ?? 0));
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
    const after = startReadTimeouts(sql, name, this.#timedAfter);
    this.#timedAfter = await withDeadline(after, SETTLE_DEADLINE_MS);
    await withDeadline(expireMessages(sql, name), SETTLE_DEADLINE_MS);
    await withDeadline(forgetApplied(sql, name), SETTLE_DEADLINE_MS);
    await this.#sweep.tick();
  }

  async #failed(error: unknown): Promise<void> {
    const lost = isWriterLost(error) || error instanceof DeadlineError;
    const redisAway = this.#clock.monotonicMs() - this.#readAtMs > REDIS_AWAY_MS;
    const what = { code: errorCode(error), error: String(error) };
    this.#settler.forget();
    this.#outdated = error instanceof NewerVersionError;
    if (this.#outdated) this.#log.error(what, "gives the lock back to a later release");
    else
      this.#log.warn(what, lost ? "no longer the writer" : "settling failed, will be done again");
    if (lost || redisAway || this.#outdated) await this.#lock.drop();
    await pause(backoffMs(this.#failures++, 20, 1000));
  }
}
