// The same promises over a Redis Cluster: keys on several nodes, and primaries that are killed and
// failed over while clients talk.
import { afterAll, beforeAll, expect, test } from "bun:test";
import { examine } from "../../src/app/doctor/examine.ts";
import { keyOf } from "../../src/redis/cluster.ts";
import { PRESENCE_BUCKETS, presenceKey, STREAM } from "../../src/redis/keys.ts";
import { startCluster, type TestCluster } from "../support/cluster.ts";
import { type Fleet, startFleet } from "../support/fleet.ts";
import { until } from "../support/pace.ts";
import { startTalkers } from "../support/talkers.ts";

const PATIENT = 120_000;

let cluster: TestCluster;
let fleet: Fleet;

beforeAll(async () => {
  cluster = await startCluster();
  fleet = await startFleet({ redis: cluster.service });
}, PATIENT);

afterAll(async () => {
  await fleet.end();
  await cluster.end();
}, PATIENT);

test("a command goes where its key is", () => {
  expect(keyOf(["GET", "a"])).toBe("a");
  expect(keyOf(["EVALSHA", "sha", "2", "k1", "k2", "x"])).toBe("k1");
  expect(keyOf(["XREAD", "COUNT", "1", "BLOCK", "1", "STREAMS", "s", "0"])).toBe("s");
});

test("the doctor finds it sound, and one node's address of it wrong", async () => {
  const judged = async (redisUrl: string) => {
    const { databaseUrl: DATABASE_URL, appKey: LINNET_APP_KEY } = fleet;
    const findings = await examine({ DATABASE_URL, LINNET_APP_KEY, REDIS_URL: redisUrl });
    return findings.find(({ check }) => check === "Redis cluster")?.state;
  };
  expect(await judged(cluster.url)).toBe("ok");
  expect(await judged(`redis://127.0.0.1:${cluster.service.port}`)).toBe("wrong");
}, 30_000);

test(
  "all hear all, and the keys lie on more than one node",
  async () => {
    const talkers = await startTalkers({ ...fleet, count: 40, name: "calm" });
    talkers.talk(100);
    await until(() => talkers.sent > 400, 10_000);
    const sizes = (await cluster.everyPrimary(["DBSIZE"])).map(Number);
    await talkers.hush();
    const whole = await until(() => talkers.failures().length === 0, 20_000);
    if (!whole) console.log(fleet.logs());
    expect(talkers.failures()).toEqual([]);
    expect(sizes.filter((size) => size > 0).length).toBeGreaterThan(1);
    await talkers.close();
  },
  PATIENT,
);

for (const what of ["the stream", "presence"] as const) {
  test(
    `the primary with ${what} is killed under load: nothing that was answered is lost`,
    async () => {
      const talkers = await startTalkers({ ...fleet, count: 20, name: what.replace(" ", "-") });
      talkers.talk(100);
      await until(() => talkers.sent > 100, 10_000);
      await cluster.failOver(what === "the stream" ? STREAM : await otherKey());
      const sent = talkers.sent;
      await until(() => talkers.sent > sent + 100, 20_000);
      await talkers.hush();
      const whole = await until(() => talkers.failures().length === 0, 70_000);
      if (!whole) console.log(fleet.logs());
      expect(talkers.failures()).toEqual([]);
      await talkers.close();
    },
    PATIENT,
  );
}

/** A part of presence that lies on another node than the stream. */
async function otherKey(): Promise<string> {
  const stream = await cluster.holderOf(STREAM);
  for (let bucket = 0; bucket < PRESENCE_BUCKETS; bucket++) {
    if ((await cluster.holderOf(presenceKey(bucket))) !== stream) return presenceKey(bucket);
  }
  throw new Error("all keys lie on one node");
}
