/** Looks every second for what search has not seen, in the process that is the writer. */
import { pause } from "../base/backoff.ts";
import type { Log } from "../base/log.ts";
import { errorCode, type Sql } from "../postgres/client.ts";
import { indexSome } from "./search-words.ts";

const EVERY_MS = 1000;
/** Looked at in one transaction. */
const STEP = 500;
/** Of a writer that stored more than so many in the last second search takes but a tenth. */
const BUSY_STORED = 2000;

export class SearchLoop {
  readonly #sql: Sql;
  readonly #log: Log;
  readonly #perSecond: number;
  readonly #isWriter: () => boolean;
  readonly #stored: () => Promise<number>;
  #storedBefore = 0;
  #stopping = new AbortController();
  #done: Promise<void> = Promise.resolve();

  /** `perSecond`: messages looked at, 0 for none; `stored`: those that the writer has stored. */
  constructor(parts: {
    sql: Sql;
    log: Log;
    perSecond: number;
    isWriter: () => boolean;
    stored: () => Promise<number>;
  }) {
    this.#sql = parts.sql;
    this.#log = parts.log;
    this.#perSecond = parts.perSecond;
    this.#isWriter = parts.isWriter;
    this.#stored = parts.stored;
  }

  start(): void {
    if (this.#perSecond > 0) this.#done = this.#run();
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#done;
  }

  async #run(): Promise<void> {
    const { signal } = this.#stopping;
    while (!signal.aborted) {
      await pause(EVERY_MS, signal);
      if (signal.aborted || !this.#isWriter()) continue;
      try {
        await this.#step(signal);
      } catch (error) {
        this.#log.warn({ code: errorCode(error) }, "search could not be filled, will be again");
      }
    }
  }

  async #step(signal: AbortSignal): Promise<void> {
    const stored = await this.#stored();
    const isBusy = stored - this.#storedBefore > BUSY_STORED;
    this.#storedBefore = stored;
    let left = isBusy ? Math.ceil(this.#perSecond / 10) : this.#perSecond;
    while (left > 0 && !signal.aborted) {
      const seen = await indexSome(this.#sql, Math.min(STEP, left));
      if (seen === 0) return;
      left -= seen;
    }
  }
}
