// The simulation itself: schedules pass, a seed replays exactly, and planted bugs are found. Run by
// simulate.test.ts in a process of its own, or by `bun test ./test/simulate/simulation-tests.ts`.
import { beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import { loadSimulation } from "./loaded.ts";

/** For a machine that others use too; it asserts no speed. */
setDefaultTimeout(60_000);

type Simulation = Awaited<ReturnType<typeof loadSimulation>>;

let simulation: Simulation;

beforeAll(async () => {
  simulation = await loadSimulation();
});

/** Short: the long runs are `bun run simulate`. */
const SEEDS = 25;

test("schedules from a few seeds keep every promise, and faults met work", async () => {
  const sum = { faults: 0, sends: 0, takeovers: 0 };
  for (let seed = 1; seed <= SEEDS; seed++) {
    const result = await simulation.apart(() => simulation.runSchedule(seed));
    expect({ seed, violations: result.violations }).toEqual({ seed, violations: [] });
    sum.faults += result.faults;
    sum.sends += result.sends;
    sum.takeovers += result.takeovers;
  }
  expect(sum.faults).toBeGreaterThan(SEEDS);
  expect(sum.sends).toBeGreaterThan(10 * SEEDS);
  expect(sum.takeovers).toBeGreaterThan(SEEDS);
});

test("the same seed gives the same trace, whatever ran before; another gives another", async () => {
  const run = (seed: number) => simulation.apart(() => simulation.runSchedule(seed));
  const first = await run(108);
  await run(5);
  const again = await run(108);
  const other = await run(109);
  expect(again).toEqual(first);
  expect(other.hash).not.toBe(first.hash);
});

/** Each within so many seeds; that these are few is what makes the simulation worth its time. */
const FOUND_WITHIN: Readonly<Record<string, number>> = {
  "answer-before-commit": 60,
  "xdel-before-commit": 20,
  "memory-kept": 60,
  "on-conflict-do-nothing": 200,
  "no-fence": 600,
  "no-lock": 400,
  "takeover-at-end": 20,
  "idempotency-in-memory": 20,
  "changes-forgotten": 100,
  "edit-untold": 20,
  "stale-grants": 20,
  "clean-up-lowers": 40,
  "no-audit": 300,
  "sdk-steps-over-gaps": 20,
};

const PLANT_MS = 180_000;

test.each(Object.entries(FOUND_WITHIN))(
  "the planted bug %s is found in %d seeds",
  async (name, most) => {
    const plant = simulation.PLANTS.find((candidate) => candidate.name === name);
    expect(plant).toBeDefined();
    for (let seed = 1; seed <= most; seed++) {
      const result = await simulation.apart(() => simulation.runSchedule(seed, { plant }));
      if (result.violations.length > 0) return;
    }
    throw new Error(`${name} was not found in ${most} seeds`);
  },
  PLANT_MS,
);
