/**
 * `bun run simulate [--seeds N] [--seed S] [--seconds T] [--plant NAME]`: schedules from seeds, one
 * after the other, until one fails. `--seed` alone replays one and tells what happened in it.
 */
import { Command } from "commander";
import { loadSimulation } from "./loaded.ts";
import type { Result } from "./schedule.ts";

interface Options {
  seeds?: string;
  seed?: string;
  seconds?: string;
  plant?: string;
}

const DEFAULT_SEEDS = 1000;
/** A planted bug that is not found in so many schedules is not found. */
const PLANT_SEEDS = 2000;

async function main(): Promise<number> {
  const program = new Command("simulate")
    .option("--seeds <count>", "how many schedules, 1000 unless told")
    .option("--seed <seed>", "the first seed; without --seeds or --seconds that one is replayed")
    .option("--seconds <seconds>", "for so long, in place of a number of schedules")
    .option("--plant <name>", "plants a bug, and counts the seeds until it is found; or all");
  const options = program.parse().opts<Options>();
  const simulation = await loadSimulation();
  if (options.plant !== undefined) return await plantAll(simulation, options.plant);
  const replays = options.seed && !options.seeds && !options.seconds;
  if (replays) return await replay(simulation, Number(options.seed));
  return await runMany(simulation, options);
}

type Simulation = Awaited<ReturnType<typeof loadSimulation>>;

async function replay({ apart, runSchedule }: Simulation, seed: number): Promise<number> {
  const result = await apart(() => runSchedule(seed, { keepLines: true }));
  console.log(result.lines?.join("\n"));
  tell(result);
  return result.violations.length === 0 ? 0 : 1;
}

async function runMany({ apart, runSchedule }: Simulation, options: Options): Promise<number> {
  const first = Number(options.seed ?? Math.floor(Math.random() * 1e9));
  const count = options.seconds === undefined ? Number(options.seeds ?? DEFAULT_SEEDS) : Infinity;
  const forMs = options.seconds === undefined ? Infinity : Number(options.seconds) * 1000;
  const since = performance.now();
  const processorSince = process.cpuUsage();
  const sum = { faults: 0, sends: 0, takeovers: 0, virtualMs: 0 };
  let run = 0;
  for (; run < count && performance.now() - since < forMs; run++) {
    const result = await apart(() => runSchedule(first + run));
    if (result.violations.length > 0) {
      tell(result);
      console.log(`replay it with: bun run simulate --seed ${result.seed}`);
      return 1;
    }
    sum.faults += result.faults;
    sum.sends += result.sends;
    sum.takeovers += result.takeovers;
    sum.virtualMs += result.virtualMs;
  }
  const seconds = (performance.now() - since) / 1000;
  const used = process.cpuUsage(processorSince);
  const processorSeconds = (used.user + used.system) / 1e6;
  const hours = (sum.virtualMs / 3_600_000).toFixed(1);
  const perMinute = (each: number) => ((run / each) * 60).toFixed(0);
  console.log(
    `${run} schedules from seed ${first}, none failed: ${sum.sends} sends, ${sum.faults} faults, ` +
      `${sum.takeovers} takeovers, ${hours} hours of their time\n` +
      `${seconds.toFixed(1)} s, ${perMinute(seconds)} a minute; ` +
      `${perMinute(processorSeconds)} a minute of processor time`,
  );
  return 0;
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
