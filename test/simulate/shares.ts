/** Many schedules, dealt out to processes beside each other; what all of them did, added up. */
import { join } from "node:path";
import type { ShareLine, Sum } from "./share.ts";

/** Beyond any schedule count, for runs by time; JSON has no Infinity. */
const NO_END = Number.MAX_SAFE_INTEGER;

export interface SharesOptions {
  first: number;
  /** Of schedules; undefined is as many as fit in `forMs`. */
  count: number | undefined;
  forMs: number | undefined;
  processes: number;
  /** Told of each seed that failed, as soon as it did. */
  failed: (seed: number, violations: readonly string[]) => void;
}

/** Each process takes every so-manyth seed. */
export async function runShares(options: SharesOptions): Promise<Sum> {
  const { first, count, forMs = NO_END, processes, failed } = options;
  const sum: Sum = {
    run: 0,
    faults: 0,
    sends: 0,
    changes: 0,
    takeovers: 0,
    virtualMs: 0,
    processorMs: 0,
  };
  const shares = Array.from({ length: processes }, async (_, at) => {
    const own = count === undefined ? NO_END : Math.ceil((count - at) / processes);
    const given = [first + at, processes, own, forMs].map(String);
    const child = Bun.spawn([process.execPath, join(import.meta.dir, "share.ts"), ...given], {
      stdin: "ignore",
      stdout: "pipe",
      stderr: "inherit",
    });
    let ended = false;
    for await (const line of linesOf(child.stdout)) {
      const told = JSON.parse(line) as ShareLine;
      if (told.kind === "failed") failed(told.seed, told.violations);
      else ended = true;
      if (told.kind === "sum") add(sum, told.sum);
    }
    await child.exited;
    if (!ended) throw new Error(`the process of seeds ${first + at}, … came to no end`);
  });
  await Promise.all(shares);
  return sum;
}

async function* linesOf(stream: ReadableStream<Uint8Array<ArrayBuffer>>): AsyncGenerator<string> {
  let rest = "";
  for await (const text of stream.pipeThrough(new TextDecoderStream())) {
    const lines = (rest + text).split("\n");
    rest = lines.pop() ?? "";
    yield* lines;
  }
}

function add(sum: Sum, part: Sum): void {
  for (const name of Object.keys(sum) as (keyof Sum)[]) sum[name] += part[name];
}
