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
  #ended = false;

  /** Milliseconds since the run began. */
  nowMs(): number {
    return Math.round((performance.now() - this.#beganMs) * 10) / 10;
  }

  add(record: Rec): void {
    if (!this.#ended || !isOfLogs(record)) this.records.push(record);
  }

  /** What clients receive from here on is left out: the tables were read before it came. */
  endLogs(from: number): void {
    this.#ended = true;
    const after = this.records.splice(from);
    this.records.push(...after.filter((record) => !isOfLogs(record)));
  }

  problem(what: string): void {
    if (this.problems.length < PROBLEMS_MAX) this.problems.push(`${this.nowMs()} ${what}`);
  }
}

function isOfLogs({ kind }: Rec): boolean {
  return kind === "received" || kind === "applied" || kind === "read" || kind === "operated";
}

/** One JSON object a line. */
export async function writeLines(path: string, rows: Iterable<unknown>): Promise<void> {
  const file = createWriteStream(path);
  for (const row of rows) file.write(`${JSON.stringify(row)}\n`);
  file.end();
  await finished(file);
}
