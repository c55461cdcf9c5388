/** A loop that does its turn over and over while this process has the duty for it. */
import { backoffMs } from "../base/backoff.ts";
import type { Log } from "../base/log.ts";
import type { Duty } from "./duty.ts";

const IDLE_MS = 250;
const STANDBY_MS = 2000;
const FAILED_MAX_MS = 5000;

export class Turns {
  readonly #duty: Duty;
  readonly #turn: () => Promise<boolean>;
  readonly #log: Log;
  #stopping = false;
  #wake: (() => void) | undefined;
  #done: Promise<void> | undefined;

  /** `turn` answers whether there may be more to do at once. */
  constructor(parts: { duty: Duty; log: Log; turn: () => Promise<boolean> }) {
    this.#duty = parts.duty;
    this.#log = parts.log;
    this.#turn = parts.turn;
  }

  start(): void {
    this.#done = this.#run();
  }

  async stop(): Promise<void> {
    this.#stopping = true;
    this.#wake?.();
    await this.#done;
    await this.#duty.give().catch(() => {});
  }

  async #run(): Promise<void> {
    let failures = 0;
    while (!this.#stopping) {
      let waitMs = IDLE_MS;
      try {
        if (!(await this.#duty.take())) waitMs = STANDBY_MS;
        else if (await this.#turn()) waitMs = 0;
        failures = 0;
      } catch (error) {
        waitMs = backoffMs(failures++, IDLE_MS, FAILED_MAX_MS);
        this.#log.warn({ error: String(error) }, "telling the outside failed, will be done again");
      }
      if (waitMs > 0 && !this.#stopping) await this.#pause(waitMs);
    }
  }

  #pause(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, ms);
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}
