/** One schedule: a world from a seed, work and faults, healing, and what was found. */
import { Random } from "../chaos/random.ts";
import { check, checkDeleted, unsettled } from "./checks.ts";
import { heal, planFaults } from "./faults.ts";
import type { Plant } from "./planted.ts";
import { current } from "./stand-in.ts";
import { Trace } from "./trace.ts";
import { takeOver } from "./virtual-globals.ts";
import { CALM_MS, planWorkload } from "./workload.ts";
import { World } from "./world.ts";

/** Promise 5 has it settled within 70 s; some more for the last round trip. */
const SETTLE_MS = 72_000;
const LOOK_EVERY_MS = 250;

export interface Result {
  seed: number;
  hash: string;
  violations: readonly string[];
  faults: number;
  sends: number;
  changes: number;
  takeovers: number;
  tasks: number;
  virtualMs: number;
  lines: readonly string[] | undefined;
}

export interface ScheduleOptions {
  keepLines?: boolean;
  plant?: Plant | undefined;
}

/** To be called outside of any promise's continuation: it empties their queue itself. */
export function runSchedule(seed: number, options: ScheduleOptions = {}): Result {
  const random = new Random(seed);
  const trace = new Trace(options.keepLines ?? false);
  const world = new World(random, trace);
  const restore = takeOver(world.scheduler, random.fork());
  const unplant = options.plant?.plant(world);
  current.world = world;
  try {
    runWorld(world);
  } finally {
    current.world = undefined;
    unplant?.();
    restore();
  }
  const { violations, scheduler, store, sends, counts } = world;
  return {
    seed,
    hash: trace.hash(),
    violations,
    faults: counts.faults,
    sends: sends.size,
    changes: world.changes.length,
    takeovers: store.takeovers,
    tasks: scheduler.tasksRun,
    virtualMs: scheduler.now,
    lines: trace.lines,
  };
}

function runWorld(world: World): void {
  const { scheduler, random } = world;
  world.redis.onSettled = (firstSeqs, payload) => checkDeleted(world, firstSeqs, payload);
  world.start();
  const workMs = random.between(3500, 8000);
  planWorkload(world, workMs);
  planFaults(world, CALM_MS, workMs);
  const isBroken = () => world.store.problem !== undefined;
  scheduler.run(workMs + random.between(0, 3000), isBroken);
  heal(world);
  const end = scheduler.now + SETTLE_MS;
  let left = "not looked at";
  while (left !== "" && scheduler.now < end && !isBroken() && world.violations.length === 0) {
    scheduler.run(scheduler.now + LOOK_EVERY_MS, isBroken);
    left = unsettled(world);
  }
  if (left !== "" && world.violations.length === 0) world.violation(`not settled: ${left}`);
  check(world);
}
