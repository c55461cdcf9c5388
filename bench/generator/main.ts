// Entry of a generator process: a job on its input, the result as the last line of its output.
import type { Reply, TrafficJob, TrafficResult } from "./job.ts";
import { runTraffic } from "./traffic.ts";

type Job = TrafficJob;

async function run(job: Job): Promise<TrafficResult> {
  switch (job.kind) {
    case "traffic":
      return runTraffic(job);
  }
}

let reply: Reply<TrafficResult>;
try {
  reply = { ok: await run((await Bun.stdin.json()) as Job) };
} catch (error) {
  reply = { failed: error instanceof Error ? error.message : String(error) };
}
process.stdout.write(`${JSON.stringify(reply)}\n`, () => process.exit(0));
