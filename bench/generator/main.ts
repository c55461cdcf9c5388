// Entry of a generator process: a job as the first line of its input, the result as the last line
// of its output. The end of the input ends what is held.
import { runCatchUp } from "./catch-up.ts";
import { runHeld } from "./held.ts";
import type { CatchUpJob, HeldJob, Reply, TrafficJob } from "./job.ts";
import { runTraffic } from "./traffic.ts";

type Job = TrafficJob | HeldJob | CatchUpJob;

async function run(job: Job, isOver: Promise<void>): Promise<object> {
  switch (job.kind) {
    case "traffic":
      return runTraffic(job);
    case "held":
      return runHeld(job, isOver);
    case "catch-up":
      return runCatchUp(job);
  }
}

/** The first line, and a promise of the end of all. */
async function readInput(): Promise<{ line: string; isOver: Promise<void> }> {
  const reader = Bun.stdin.stream().getReader();
  const decoder = new TextDecoder();
  const parts: string[] = [];
  // A job of many lanes comes in hundreds of parts: only the newest is searched.
  while (parts.at(-1)?.includes("\n") !== true) {
    const { done, value } = await reader.read();
    if (done) break;
    parts.push(decoder.decode(value, { stream: true }));
  }
  const isOver = (async () => {
    while (!(await reader.read()).done);
  })();
  return { line: parts.join("").split("\n")[0] ?? "", isOver };
}

let reply: Reply<object>;
try {
  const { line, isOver } = await readInput();
  reply = { ok: await run(JSON.parse(line) as Job, isOver) };
} catch (error) {
  reply = { failed: error instanceof Error ? error.message : String(error) };
}
process.stdout.write(`${JSON.stringify(reply)}\n`, () => process.exit(0));
