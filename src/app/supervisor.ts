/**
 * Many processes on one machine: children that share the port by SO_REUSEPORT, each started again
 * when it dies, and replaced one after the other on SIGHUP or SIGUSR2.
 */
import { backoffMs, pause } from "../base/backoff.ts";
import type { Clock } from "../base/clock.ts";
import type { Log } from "../base/log.ts";
import type { Readiness } from "../http/health.ts";
import { type ChildProcess, REFUSED_CODE } from "./child.ts";

export interface SupervisorParts {
  count: number;
  spawn: () => ChildProcess;
  /** A child that has not ended so long after it was asked to is killed. */
  stopMs: number;
  clock: Clock;
  log: Log;
}

/** A replacement that does not serve after this is given up, and the roll with it. */
const READY_MS = 60_000;
const RESTART_FIRST_MS = 200;
const RESTART_MAX_MS = 10_000;
/** A child that lived this long begins the back-off anew. */
const STABLE_MS = 30_000;

export class Supervisor {
  readonly #parts: SupervisorParts;
  readonly #children: ChildProcess[] = [];
  #stopping = false;
  #anyStarted = false;
  #rolling: Promise<void> | undefined;
  #rollAgain = false;
  /** Settles when no child can start, since all refuse the configuration. */
  readonly refused: Promise<void>;
  readonly #refuse: () => void;

  constructor(parts: SupervisorParts) {
    this.#parts = parts;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.refused = promise;
    this.#refuse = resolve;
  }

  start(): void {
    for (let place = 0; place < this.#parts.count; place++) this.#begin(place);
  }

  /** The children that serve now, by their place. */
  serving(): Map<number, ChildProcess> {
    const serving = [...this.#children.entries()].filter(
      ([, child]) => child.isRunning && child.ready !== undefined,
    );
    return new Map(serving);
  }

  readiness(): Readiness {
    const missing = this.#parts.count - this.serving().size;
    const reasons = this.#stopping ? ["draining"] : [];
    if (missing > 0) reasons.push(`${missing} of ${this.#parts.count} processes are not ready`);
    return { ok: reasons.length === 0, reasons };
  }

  /**
   * Replaces each child by a new one, which serves before the old one drains. A call during a roll
   * makes another roll after it.
   */
  roll(): Promise<void> {
    if (this.#rolling !== undefined) {
      this.#rollAgain = true;
      return this.#rolling;
    }
    this.#rolling = this.#rollAll().finally(() => {
      this.#rolling = undefined;
      if (!this.#rollAgain || this.#stopping) return;
      this.#rollAgain = false;
      void this.roll();
    });
    return this.#rolling;
  }

  /** Drains all children; settles when they have ended. */
  async stop(): Promise<void> {
    this.#stopping = true;
    await Promise.all(this.#children.map((child) => child.stop(this.#parts.stopMs)));
  }

  #begin(place: number): ChildProcess {
    const child = this.#parts.spawn();
    this.#children[place] = child;
    void this.#keep(place, child);
    return child;
  }

  /** Starts the child of a place again each time that it ends, until another has its place. */
  async #keep(place: number, first: ChildProcess): Promise<void> {
    const { clock, log, spawn } = this.#parts;
    let child = first;
    for (let failures = 0; ; failures++) {
      const bornMs = clock.monotonicMs();
      void child.started.then((started) => {
        this.#anyStarted ||= started;
      });
      const code = await child.exited;
      if (this.#stopping || this.#children[place] !== child) return;
      log.error({ place, pid: child.pid, code }, "a process ended, and is started again");
      if (code === REFUSED_CODE && !this.#anyStarted) return this.#refuse();
      if (clock.monotonicMs() - bornMs > STABLE_MS) failures = 0;
      await pause(backoffMs(failures, RESTART_FIRST_MS, RESTART_MAX_MS));
      if (this.#stopping || this.#children[place] !== child) return;
      child = spawn();
      this.#children[place] = child;
    }
  }

  async #rollAll(): Promise<void> {
    const { count, log, spawn, stopMs } = this.#parts;
    log.info("a rolling restart begins");
    for (let place = 0; place < count && !this.#stopping; place++) {
      const fresh = spawn();
      const started = await Promise.race([fresh.started, pause(READY_MS).then(() => false)]);
      if (!started || this.#stopping) {
        fresh.kill();
        if (!this.#stopping) log.error({ place }, "the rolling restart is given up: no successor");
        return;
      }
      const old = this.#children[place];
      this.#children[place] = fresh;
      void this.#keep(place, fresh);
      await old?.stop(stopMs);
    }
    log.info("the rolling restart is done");
  }
}
