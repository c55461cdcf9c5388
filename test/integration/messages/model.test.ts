// Random commands by users whose devices come and go: in the end each device, having synced, equals
// the server, and unread equals what is counted one by one. MODEL_RUNS makes it longer.
import { afterAll, beforeAll, expect, test } from "bun:test";
import * as fc from "fast-check";
import { Model, STEPS } from "./model.ts";
import { startWorld, type World } from "./users.ts";

const SEEDS = [11, 12, 13];
const RUNS = Number(process.env["MODEL_RUNS"] ?? SEEDS.length);

let world: World;

beforeAll(async () => {
  world = await startWorld();
}, 60_000);

afterAll(() => world.end(), 60_000);

test(
  "each device equals the server, and unread is exact",
  async () => {
    for (let run = 0; run < RUNS; run++) {
      const seed = SEEDS[run] ?? 100 + run;
      const [steps] = fc.sample(STEPS, { numRuns: 1, seed });
      const model = new Model(world, run);
      await model.begin();
      await model.run(steps ?? []);
      await model.compare().catch((error: unknown) => {
        throw new Error(`seed ${seed}: ${String(error)}`);
      });
    }
    expect(RUNS).toBeGreaterThan(0);
  },
  RUNS * 30_000,
);
