// Who came and who left, as Redis' scripts keep it: told once, to one gateway, not for those who
// come back, and also for those whose gateway died.
import { afterAll, beforeAll, expect, test } from "bun:test";
import { systemClock } from "../../../src/base/clock.ts";
import { createLog } from "../../../src/base/log.ts";
import {
  joinPresence,
  leavePresence,
  lookupDevices,
  scanPresence,
  takeGone,
} from "../../../src/delivery/presence.ts";
import { PresenceSweep } from "../../../src/delivery/presence-sweep.ts";
import { openRedis, type RedisConnection } from "../../../src/redis/client.ts";
import { PRESENCE_BUCKETS } from "../../../src/redis/keys.ts";
import { until } from "../../support/pace.ts";
import { startRedis, type TestService } from "../../support/services.ts";

let service: TestService;
let redis: RedisConnection;

beforeAll(async () => {
  service = await startRedis();
  redis = openRedis(service.url, "leaving-test", createLog("silent", "test"));
  expect(await until(() => redis.ready, 5000, 10)).toBe(true);
});

afterAll(async () => {
  redis.close();
  await service.kill9();
});

test("only the first device comes, and only the last one leaves", async () => {
  const web = await joinPresence(redis, "g1", 1, "im_web", 0);
  const phone = await joinPresence(redis, "g2", 1, "im_app_ios", 0);
  expect([web.came, phone.came]).toEqual([true, false]);
  await leavePresence(redis, "g1", 1, "im_web", web.generation);
  expect(await takeGone(redis, 0, 10)).toEqual(new Map());
  await leavePresence(redis, "g2", 1, "im_app_ios", phone.generation);
  expect([...(await takeGone(redis, 0, 10)).keys()]).toEqual([1]);
  expect(await takeGone(redis, 0, 10)).toEqual(new Map());
});

test("who comes back before he was told of is no news, of coming or of leaving", async () => {
  const first = await joinPresence(redis, "g1", 2, "im_web", 0);
  await leavePresence(redis, "g1", 2, "im_web", first.generation);
  expect(await takeGone(redis, 60_000, 10)).toEqual(new Map());
  const again = await joinPresence(redis, "g2", 2, "im_web", 0);
  expect(again.came).toBe(false);
  expect(await takeGone(redis, 0, 10)).toEqual(new Map());
  await leavePresence(redis, "g2", 2, "im_web", again.generation);
  expect([...(await takeGone(redis, 0, 10)).keys()]).toEqual([2]);
  expect((await joinPresence(redis, "g1", 2, "im_web", 0)).came).toBe(true);
});

test("a renewal after Redis was emptied is no coming", async () => {
  const { generation } = await joinPresence(redis, "g1", 3, "im_web", 0);
  await redis.command(["FLUSHALL"]);
  expect((await joinPresence(redis, "g1", 3, "im_web", generation)).came).toBe(false);
});

test("a device's state is kept by its renewal, and gone with the connection", async () => {
  const { generation } = await joinPresence(redis, "g1", 4, "im_web", 0);
  await joinPresence(redis, "g1", 4, "im_web", generation, true);
  await joinPresence(redis, "g2", 4, "im_app_ios", 0);
  const devices = (await lookupDevices(redis, [4])).get(4);
  expect(devices).toEqual([
    { name: "im_web", gatewayId: "g1", background: true },
    { name: "im_app_ios", gatewayId: "g2", background: false },
  ]);
  await leavePresence(redis, "g1", 4, "im_web", generation);
  expect((await lookupDevices(redis, [4])).get(4)?.map(({ name }) => name)).toEqual(["im_app_ios"]);
});

test("who dies with his gateway leaves when the sweep finds it dead", async () => {
  const userId = 400;
  await joinPresence(redis, "dead", userId, "im_web", 0);
  const sweep = new PresenceSweep({ redis, clock: systemClock, leaseMs: 3000 });
  for (let step = 0; step < PRESENCE_BUCKETS; step++) await sweep.step(1000);
  expect((await takeGone(redis, 0, 10)).has(userId)).toBe(false);
  for (let step = 0; step < PRESENCE_BUCKETS; step++) await sweep.step(4000);
  expect((await takeGone(redis, 0, 10)).has(userId)).toBe(true);
});

test("all who are online are found, part by part", async () => {
  await redis.command(["FLUSHALL"]);
  const userIds = Array.from({ length: 4000 }, (_, index) => index + 1);
  await Promise.all(userIds.map((userId) => joinPresence(redis, "g1", userId, "im_web", 0)));
  const found = new Set<number>();
  let parts = 0;
  for (let cursor = ""; ; parts += 1) {
    const page = await scanPresence(redis, cursor, 100);
    for (const userId of page?.users.keys() ?? []) found.add(userId);
    cursor = page?.cursor ?? "";
    if (cursor === "") break;
  }
  expect(found.size).toBe(userIds.length);
  expect(parts).toBeGreaterThan(PRESENCE_BUCKETS);
  expect(await scanPresence(redis, "9-0", 100)).toBeUndefined();
});
