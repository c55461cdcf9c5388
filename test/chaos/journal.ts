/** Where everything that happens is written, in order; kept in memory, and put out as NDJSON. */
import { createWriteStream } from "node:fs";
import { finished } from "node:stream/promises";
import type { Rec } from "./record.ts";

const PROBLEMS_MAX = 1000;

export class Journal {
  readonly records: Rec[] = [];
  /** What clients complained of: no violation, but worth a look. */
  readonly problems: string[] = [];
  readonly #beganMs = performance.now();

  /** Milliseconds since the run began. */
  nowMs(): number {
    return Math.round((performance.now() - this.#beganMs) * 10) / 10;
  }

  add(record: Rec): void {
    this.records.push(record);
  }

  problem(what: string): void {
    if (this.problems.length < PROBLEMS_MAX) this.problems.push(`${this.nowMs()} ${what}`);
  }
}

/** One JSON object a line. */
export async function writeLines(path: string, rows: Iterable<unknown>): Promise<void> {
  const file = createWriteStream(path);
  for (const row of rows) file.write(`${JSON.stringify(row)}\n`);
  file.end();
  await finished(file);
}
