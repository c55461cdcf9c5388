// What a release does beside its successor, and with a Redis that it must not trust.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import postgres from "postgres";
import { createClient } from "redis";
import { DELIVERY_VERSION } from "../../src/delivery/record.ts";
import {
  deliveryBytesKey,
  deliveryCountKey,
  deliveryKey,
  GATEWAYS,
  presenceBucket,
  presenceKey,
  STREAM,
} from "../../src/redis/keys.ts";
import { RECORD_VERSION } from "../../src/transfer/record.ts";
import { type Fleet, startFleet } from "../support/fleet.ts";
import { until } from "../support/pace.ts";
import { startRedis } from "../support/services.ts";
import { startTalkers } from "../support/talkers.ts";

const PATIENT = 60_000;

let fleet: Fleet;
let redis: ReturnType<typeof createClient>;

beforeAll(async () => {
  fleet = await startFleet({ roles: ["gateway,api", "worker"], env: { LINNET_LEASE_MS: "3000" } });
  redis = createClient({ url: fleet.redisUrl });
  await redis.connect();
}, PATIENT);

afterAll(async () => {
  redis.destroy();
  await fleet.end();
}, PATIENT);

describe("an entry of a later release", () => {
  test(
    "is left alone by a writer that can't read it, which gives the lock back and says so",
    async () => {
      const talkers = await startTalkers({ ...fleet, urls: [fleet.urls[0] as string], count: 2 });
      const payload = Buffer.concat([Buffer.from([RECORD_VERSION + 1]), Buffer.from("later")]);
      const id = await redis.xAdd(STREAM, "*", { s: "", p: payload });
      const worker = fleet.process(1);
      expect(await until(() => worker.log().includes("gives the lock back"), 10_000)).toBe(true);
      const sql = postgres(fleet.databaseUrl, { max: 1 });
      const holders = () =>
        sql`SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND classid = 76`;
      expect(await until(async () => (await holders()).length === 0, 5000)).toBe(true);
      talkers.talk(100);
      expect(await until(() => talkers.sent >= 4, 5000)).toBe(true);
      expect((await holders()).length).toBe(0);
      expect(await redis.xRange(STREAM, id, id)).toHaveLength(1);
      const [aside] = await sql`SELECT count(*)::int AS n FROM poison`;
      expect(aside?.["n"]).toBe(0);
      // A writer of the later release settles it; then this one is good again.
      await redis.xDel(STREAM, id);
      await talkers.hush();
      expect(await until(() => talkers.failures().length === 0, 20_000)).toBe(true);
      expect((await holders()).length).toBe(1);
      await sql.end();
      await talkers.close();
    },
    PATIENT,
  );

  test(
    "for delivery costs a gateway nothing but a comparison with the store",
    async () => {
      const talkers = await startTalkers({
        ...fleet,
        urls: [fleet.urls[0] as string],
        count: 2,
        name: "delivery",
      });
      const [gatewayId] = await redis.zRange(GATEWAYS, 0, -1);
      const number = await redis.incr(deliveryCountKey(gatewayId as string));
      const payload = Buffer.concat([Buffer.from([DELIVERY_VERSION + 1]), Buffer.from("later")]);
      const fields = { n: String(number), p: payload };
      await redis.xAdd(deliveryKey(gatewayId as string), "*", fields);
      const log = () => fleet.process(0).log();
      expect(await until(() => log().includes("a record that can't be read"), 5000)).toBe(true);
      talkers.talk(50);
      await talkers.hush();
      expect(await until(() => talkers.failures().length === 0, 10_000)).toBe(true);
      await talkers.close();
    },
    PATIENT,
  );
});

describe("a gateway that is gone", () => {
  test(
    "is swept out of presence, and those who live stay",
    async () => {
      const users = 3000;
      const [living] = await redis.zRange(GATEWAYS, 0, -1);
      for (let userId = 1_000_000; userId < 1_000_000 + users; userId++) {
        const dead = "im_web=deadbeef0000/17";
        const entry = userId % 2 === 0 ? dead : `${dead},im_pc_mac=${living}/18`;
        void redis.hSet(presenceKey(presenceBucket(userId)), String(userId), entry);
      }
      const entries = async () => {
        const all: string[] = [];
        for (let bucket = 0; bucket < 16; bucket++) {
          all.push(...Object.values(await redis.hGetAll(presenceKey(bucket))));
        }
        return all;
      };
      const swept = async () => !(await entries()).some((entry) => entry.includes("deadbeef"));
      expect(await swept()).toBe(false);
      expect(await until(swept, 40_000, 250)).toBe(true);
      const kept = (await entries()).filter((entry) => entry === `im_pc_mac=${living}/18`);
      expect(kept).toHaveLength(users / 2);
    },
    PATIENT,
  );
});

describe("a delivery stream", () => {
  test(
    "holds nothing that was read, and few bytes of what was not",
    async () => {
      const talkers = await startTalkers({
        ...fleet,
        urls: [fleet.urls[0] as string],
        count: 2,
        name: "stream",
      });
      talkers.talk(5);
      const [gatewayId] = (await redis.zRange(GATEWAYS, 0, -1)) as [string];
      await until(() => talkers.sent > 200, 10_000);
      await talkers.hush();
      const empty = async () => (await redis.xLen(deliveryKey(gatewayId))) === 0;
      expect(await until(empty, 5000)).toBe(true);
      expect(await redis.exists(deliveryBytesKey(gatewayId))).toBe(0);
      await talkers.close();
    },
    PATIENT,
  );

  test(
    "of a gateway that is paused ends with its lease; thawed, it has everything again",
    async () => {
      const gateway = fleet.process(0);
      const talkers = await startTalkers({
        ...fleet,
        urls: [gateway.url],
        count: 2,
        name: "paused",
      });
      talkers.talk(20);
      const [gatewayId] = (await redis.zRange(GATEWAYS, 0, -1)) as [string];
      gateway.freeze();
      const gone = async () => (await redis.exists(deliveryCountKey(gatewayId))) === 0;
      expect(await until(gone, 10_000)).toBe(true);
      expect(await redis.exists(deliveryKey(gatewayId))).toBe(0);
      gateway.thaw();
      await talkers.hush();
      expect(await until(() => talkers.failures().length === 0, 20_000)).toBe(true);
      await talkers.close();
    },
    PATIENT,
  );
});

describe("a Redis that can't be trusted", () => {
  test(
    "one that evicts, or is smaller than the stream, is refused in a sentence",
    async () => {
      const own = await startRedis();
      const admin = createClient({ url: own.url });
      await admin.connect();
      const refusal = async (): Promise<string> => {
        const child = Bun.spawn([process.execPath, "src/main.ts"], {
          env: {
            PATH: process.env["PATH"] ?? "",
            DATABASE_URL: fleet.databaseUrl,
            REDIS_URL: own.url,
            LINNET_APP_KEY: "k",
            LINNET_PORT: "0",
          },
          stderr: "pipe",
          stdout: "ignore",
        });
        const text = await new Response(child.stderr).text();
        expect(await child.exited).toBe(78);
        return text;
      };
      await admin.configSet("maxmemory-policy", "allkeys-lru");
      expect(await refusal()).toContain("maxmemory-policy noeviction");
      await admin.configSet("maxmemory-policy", "noeviction");
      await admin.configSet("maxmemory", "100mb");
      expect(await refusal()).toContain("LINNET_STREAM_BYTES");
      admin.destroy();
      await own.kill9();
    },
    PATIENT,
  );
});
