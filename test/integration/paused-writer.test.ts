// The writer stands still under traffic for longer than any lease, and then goes on: a standby has
// taken its place, every sender's order holds, and no number is missing or twice there.
import { afterAll, beforeAll, expect, test } from "bun:test";
import { type Fleet, type FleetProcess, startFleet } from "../support/fleet.ts";
import { until, wait } from "../support/pace.ts";
import { holesIn } from "../support/tables.ts";
import { startTalkers } from "../support/talkers.ts";

/** Longer than the silence after which a standby ends the writer's session. */
const PAUSE_MS = process.env["LINNET_TEST_FULL"] === "1" ? 20_000 : 6000;
const TAKEN_OVER_MS = 5000;

let fleet: Fleet;

beforeAll(async () => {
  // Each its own half: the gateway's clients are served by whoever writes.
  fleet = await startFleet({ roles: ["gateway,worker,api", "gateway,worker,api"] });
}, 60_000);

afterAll(async () => {
  await fleet.end();
}, 30_000);

const isWriter = (one: FleetProcess) => one.log().includes("this process is the writer");

test("a writer that is stopped under traffic, and goes on", async () => {
  expect(await until(() => fleet.processes.some(isWriter), 5000)).toBe(true);
  const frozen = fleet.processes.find(isWriter) as FleetProcess;
  const standby = fleet.processes.find((one) => one !== frozen) as FleetProcess;
  // Half of them talk through the process that stands still.
  const talkers = await startTalkers({ ...fleet, count: 20 });
  talkers.talk(50);
  expect(await until(() => talkers.sent > 400, 10_000)).toBe(true);
  frozen.freeze();
  const sinceMs = performance.now();
  let takenOver = false;
  try {
    takenOver = await until(() => isWriter(standby), TAKEN_OVER_MS, 20);
    console.log(`taken over after ${Math.round(performance.now() - sinceMs)} ms`);
    await wait(PAUSE_MS - (performance.now() - sinceMs));
  } finally {
    frozen.thaw();
  }
  expect(takenOver).toBe(true);
  await wait(1000);
  await talkers.hush();
  const whole = await until(() => talkers.failures().length === 0, 70_000);
  if (!whole) console.log(fleet.logs());
  expect(talkers.failures()).toEqual([]);
  expect(await holesIn(fleet.databaseUrl)).toEqual([]);
  console.log(`${talkers.sent} messages`);
  await talkers.close();
}, 180_000);
