/**
 * `bun run simulate [--seeds N] [--seed S] [--seconds T] [--processes P] [--plant NAME]`: schedules
 * from seeds, by several processes. `--seed` alone replays one and tells what happened in it.
 */
import { availableParallelism } from "node:os";
import { Command } from "commander";
import { loadSimulation } from "./loaded.ts";
import type { Result } from "./schedule.ts";
import { runShares } from "./shares.ts";

interface Options {
  seeds?: string;
  seed?: string;
  seconds?: string;
  plant?: string;
  processes: string;
}

const DEFAULT_SEEDS = 1000;
/** A planted bug that is not found in so many schedules is not found. */
const PLANT_SEEDS = 2000;

async function main(): Promise<number> {
  const program = new Command("simulate")
    .option("--seeds <count>", "how many schedules, 1000 unless told")
    .option("--seed <seed>", "the first seed; without --seeds or --seconds that one is replayed")
    .option("--seconds <seconds>", "for so long, in place of a number of schedules")
    .option("--processes <count>", "beside each other", String(availableParallelism()))
    .option("--plant <name>", "plants a bug, and counts the seeds until it is found; or all");
  const options = program.parse().opts<Options>();
  const replays = options.seed && !options.seeds && !options.seconds;
  if (options.plant === undefined && !replays) return await runMany(options);
  const simulation = await loadSimulation();
  if (options.plant !== undefined) return await plantAll(simulation, options.plant);
  return await replay(simulation, Number(options.seed));
}

type Simulation = Awaited<ReturnType<typeof loadSimulation>>;

async function replay({ apart, runSchedule }: Simulation, seed: number): Promise<number> {
  const result = await apart(() => runSchedule(seed, { keepLines: true }));
  console.log(result.lines?.join("\n"));
  tell(result);
  return result.violations.length === 0 ? 0 : 1;
}

async function runMany(options: Options): Promise<number> {
  const first = Number(options.seed ?? Math.floor(Math.random() * 1e9));
  const { seconds, seeds } = options;
  const since = performance.now();
  const failed: number[] = [];
  const sum = await runShares({
    first,
    count: seconds === undefined ? Number(seeds ?? DEFAULT_SEEDS) : undefined,
    forMs: seconds === undefined ? undefined : Number(seconds) * 1000,
    processes: Number(options.processes),
    failed(seed, violations) {
      failed.push(seed);
      console.log(`seed ${seed} failed:`);
      for (const violation of violations) console.log(`  ${violation}`);
      console.log(`replay it with: bun run simulate --seed ${seed}`);
    },
  });
  const tookMs = performance.now() - since;
  const hours = (sum.virtualMs / 3_600_000).toFixed(1);
  const perMinute = (ms: number) => ((sum.run / ms) * 60_000).toFixed(0);
  const verdict = failed.length === 0 ? "none failed" : `failed: ${failed.join(", ")}`;
  console.log(
    `${sum.run} schedules from seed ${first}, ${verdict}: ${sum.sends} sends, ` +
      `${sum.changes} changes, ${sum.faults} faults, ${sum.takeovers} takeovers, ` +
      `${hours} hours of their time\n` +
      `${(tookMs / 1000).toFixed(1)} s with ${options.processes} processes, ` +
      `${perMinute(tookMs)} a minute; ${perMinute(sum.processorMs)} a minute of processor time`,
  );
  return failed.length === 0 ? 0 : 1;
}

async function plantAll(simulation: Simulation, name: string): Promise<number> {
  const plants = simulation.PLANTS.filter((plant) => name === "all" || plant.name === name);
  if (plants.length === 0) {
    console.log(`there is no plant ${name}: ${simulation.PLANTS.map((p) => p.name).join(", ")}`);
    return 2;
  }
  let missed = 0;
  for (const plant of plants) {
    let seed = 1;
    let result: Result | undefined;
    while (seed <= PLANT_SEEDS) {
      const now = seed;
      result = await simulation.apart(() => simulation.runSchedule(now, { plant }));
      if (result.violations.length > 0) break;
      seed += 1;
    }
    const found = seed <= PLANT_SEEDS;
    if (!found) missed += 1;
    const what = found ? `found in ${seed} seeds: ${result?.violations[0]}` : "not found";
    console.log(`${plant.name.padEnd(24)} ${what}`);
  }
  return missed === 0 ? 0 : 1;
}

function tell(result: Result): void {
  const { seed, hash, faults, sends, takeovers } = result;
  console.log(
    `seed ${seed}: trace ${hash}, ${sends} sends, ${faults} faults, ${takeovers} takeovers`,
  );
  for (const violation of result.violations) console.log(`  ${violation}`);
}

process.exit(await main());
