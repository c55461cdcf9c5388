/**
 * One process's share of many schedules: `share.ts FIRST STEP COUNT FOR_MS` runs the seeds FIRST,
 * FIRST + STEP, … and writes a line of JSON for each that failed, and at the end what it did.
 */
import { loadSimulation } from "./loaded.ts";

/** What a process did, added up. */
export interface Sum {
  run: number;
  faults: number;
  sends: number;
  changes: number;
  takeovers: number;
  virtualMs: number;
  processorMs: number;
}

export type ShareLine =
  | { kind: "failed"; seed: number; violations: readonly string[] }
  | { kind: "sum"; sum: Sum };

/** After so many it is known that something is wrong. */
const FAILURES_MAX = 3;

async function main([first = 0, step = 1, count = 0, forMs = 0]: number[]): Promise<void> {
  const { apart, runSchedule } = await loadSimulation();
  const since = performance.now();
  const processorSince = process.cpuUsage();
  const sum = { run: 0, faults: 0, sends: 0, changes: 0, takeovers: 0, virtualMs: 0 };
  let failures = 0;
  while (sum.run < count && performance.now() - since < forMs && failures < FAILURES_MAX) {
    const seed = first + sum.run * step;
    const result = await apart(() => runSchedule(seed));
    sum.run += 1;
    sum.faults += result.faults;
    sum.sends += result.sends;
    sum.changes += result.changes;
    sum.takeovers += result.takeovers;
    sum.virtualMs += result.virtualMs;
    if (result.violations.length === 0) continue;
    failures += 1;
    say({ kind: "failed", seed, violations: result.violations });
  }
  const { user, system } = process.cpuUsage(processorSince);
  say({ kind: "sum", sum: { ...sum, processorMs: (user + system) / 1000 } });
}

function say(line: ShareLine): void {
  process.stdout.write(`${JSON.stringify(line)}\n`);
}

if (import.meta.main) {
  await main(process.argv.slice(2).map(Number));
  process.exit(0);
}
