// The outside checks against two processes that are each gateway and worker: shorter than against a
// deployment, with the same judgement.
import { afterAll, beforeAll, expect, test } from "bun:test";
import { run as away } from "../outside/away.ts";
import { runBadInput } from "../outside/bad-input.ts";
import { runHttp } from "../outside/http.ts";
import { run as k1 } from "../outside/k1.ts";
import { run as k2 } from "../outside/k2.ts";
import { run as k3 } from "../outside/k3.ts";
import { run as k4 } from "../outside/k4.ts";
import { run as k5 } from "../outside/k5.ts";
import { run as k6 } from "../outside/k6.ts";
import { run as k7 } from "../outside/k7.ts";
import { run as k8 } from "../outside/k8.ts";
import { run as k9 } from "../outside/k9.ts";
import type { Check, Target } from "../outside/target.ts";
import { type Fleet, startFleet } from "../support/fleet.ts";
import { startPostgres, type TestService } from "../support/services.ts";

let fleet: Fleet;

beforeAll(async () => {
  fleet = await startFleet();
}, 60_000);

afterAll(async () => {
  await fleet.end();
}, 30_000);

function targetOf(over: Fleet, parts: Partial<Target> = {}): Target {
  const { urls, appKey, databaseUrl, redisUrl } = over;
  return { urls, appKey, databaseUrl, redisUrl, restart: () => over.restart(), ...parts };
}

/** Fails with all that the check found, and with what the servers had to say. */
async function passes(check: Check, over: Fleet, parts: Partial<Target> = {}): Promise<void> {
  const failures = await check(targetOf(over, parts)).catch((error: unknown) => [String(error)]);
  if (failures.length > 0) console.log(over.logs());
  expect(failures).toEqual([]);
}

test("k1: nothing is answered before it is committed", () => passes(k1, fleet), 30_000);

test(
  "k3: an emptied Redis costs nothing that was answered",
  () => passes(k3, fleet, { scale: 0.25 }),
  90_000,
);

test("k4: sent twice is sent once", () => passes(k4, fleet, { scale: 0.1 }), 60_000);

test("k5: numbers go on after expiry and restarts", () => passes(k5, fleet), 60_000);

test(
  "k6: every log is whole while clients come and go",
  () => passes(k6, fleet, { scale: 0.1 }),
  120_000,
);

test("k7: a writer that is cut again and again", () => passes(k7, fleet, { scale: 0.25 }), 90_000);

test("k8: a lost push is noticed", () => passes(k8, fleet, { scale: 0.25 }), 120_000);

test("k9: a frame written for another server works", () => passes(k9, fleet), 30_000);

test("http: who may call what", () => passes(runHttp, fleet), 60_000);

test("away: Postgres and Redis stand still", () => passes(away, fleet), 90_000);

test("bad input is answered and nothing else", async () => {
  // "Too fast" is about the limits that a server has when nobody sets them.
  const env = { LINNET_MESSAGES_PER_SECOND: "", LINNET_MESSAGES_BURST: "" };
  const alone = await startFleet({ roles: ["gateway,worker,api"], env });
  try {
    await passes(runBadInput, alone);
  } finally {
    await alone.end();
  }
}, 120_000);

test("k2: what was answered survives the end of Postgres", async () => {
  const postgres = await startPostgres({ durable: true });
  const own = await startFleet({ postgres });
  try {
    await passes(k2, own, { times: 5, killPostgres: () => killAndStart(postgres) });
  } finally {
    await own.end();
    await postgres.kill9();
  }
}, 120_000);

/** The check goes on as soon as Postgres is dead, and waits itself until it is back. */
async function killAndStart(postgres: TestService): Promise<void> {
  await postgres.kill9();
  postgres.restart().catch((error: unknown) => console.log(String(error)));
}
