// Each check of the doctor, shown failing, beside the same check content.
import { expect, test } from "bun:test";
import { judgeClock } from "../../../src/app/doctor/clock.ts";
import { type Finding, shown } from "../../../src/app/doctor/finding.ts";
import { judgeLimits } from "../../../src/app/doctor/limits.ts";
import { judgePostgres, type PostgresFacts } from "../../../src/app/doctor/postgres.ts";
import { judgeRedis } from "../../../src/app/doctor/redis.ts";

const RIGHT: PostgresFacts = {
  versionNumber: 180_004,
  synchronousCommit: "on",
  fsync: "on",
  fullPageWrites: "on",
  inRecovery: false,
  synchronousStandbys: "",
  replicas: [],
  maxConnections: 100,
  usedConnections: 10,
  idleSessionTimeout: "0",
  sharedSession: false,
};

/** The findings that are not ok, each as "state check". All of them say how to mend it. */
function troubles(findings: readonly Finding[]): string[] {
  const found = findings.filter(({ state }) => state !== "ok");
  for (const finding of found) expect(shown(finding)).toContain("mend: ");
  return found.map(({ state, check }) => `${state} ${check}`);
}

const postgres = (more: Partial<PostgresFacts>) =>
  troubles(judgePostgres({ ...RIGHT, ...more }, 8));
const async1 = { name: "replica", state: "async" };
const sync1 = { name: "replica", state: "quorum" };

test("Postgres: each check fails for its own cause, and none otherwise", () => {
  expect(postgres({})).toEqual([]);
  expect(postgres({ synchronousCommit: "remote_apply" })).toEqual([]);
  expect(postgres({ versionNumber: 130_011 })).toEqual(["wrong Postgres version"]);
  expect(postgres({ inRecovery: true })).toEqual(["wrong Postgres role"]);
  expect(postgres({ synchronousCommit: "off" })).toEqual(["wrong Postgres synchronous_commit"]);
  expect(postgres({ synchronousCommit: "local" })).toEqual(["wrong Postgres synchronous_commit"]);
  expect(postgres({ fsync: "off" })).toEqual(["wrong Postgres fsync"]);
  expect(postgres({ fullPageWrites: "off" })).toEqual(["wrong Postgres full_page_writes"]);
  expect(postgres({ replicas: [async1] })).toEqual(["warning Postgres replicas"]);
  expect(postgres({ replicas: [async1, sync1], synchronousStandbys: "*" })).toEqual([]);
  expect(postgres({ synchronousStandbys: "*" })).toEqual(["wrong Postgres replicas"]);
  expect(postgres({ replicas: [{ name: "r", state: null }] })).toHaveLength(1);
  expect(postgres({ sharedSession: true })).toEqual(["wrong Postgres pooler"]);
  expect(postgres({ usedConnections: 85 })).toEqual(["warning Postgres connections"]);
  expect(postgres({ usedConnections: 95 })).toEqual(["wrong Postgres connections"]);
  expect(postgres({ idleSessionTimeout: "10min" })).toEqual([
    "warning Postgres idle_session_timeout",
  ]);
});

const REDIS = {
  redis_version: "7.4.1",
  role: "master",
  maxmemory: "0",
  maxmemory_policy: "noeviction",
  total_system_memory: String(8 * 2 ** 30),
  aof_enabled: "1",
  aof_last_write_status: "ok",
  rdb_last_bgsave_status: "ok",
  cluster_enabled: "0",
};

const NEEDS = { streamBytes: 256 << 20, neededBytes: 512 << 20 };

function redis(more: Partial<typeof REDIS>, isCluster = false): string[] {
  const sound = new Map(Object.entries({ ...REDIS, cluster_enabled: isCluster ? "1" : "0" }));
  const info = new Map(Object.entries({ ...REDIS, ...more }));
  // Of a cluster, one node alone is not as it should be.
  return troubles(judgeRedis(isCluster ? [sound, info, sound] : [info], NEEDS, isCluster));
}

test("Redis: each check fails for its own cause, and none otherwise", () => {
  expect(redis({})).toEqual([]);
  expect(redis({ maxmemory: String(2 ** 30) })).toEqual([]);
  expect(redis({ redis_version: "6.2.14" })).toEqual(["wrong Redis version"]);
  expect(redis({ redis_version: "unknown" })).toEqual(["wrong Redis version"]);
  expect(redis({ role: "slave" })).toEqual(["wrong Redis role"]);
  expect(redis({ maxmemory_policy: "allkeys-lru" })).toEqual(["wrong Redis eviction"]);
  expect(redis({ maxmemory: String(100 << 20) })).toEqual(["wrong Redis memory"]);
  expect(redis({ maxmemory: String(400 << 20) })).toEqual(["warning Redis memory"]);
  expect(redis({ total_system_memory: String(400 << 20) })).toEqual(["warning Redis memory"]);
  expect(redis({ aof_enabled: "0" })).toEqual(["warning Redis persistence"]);
  expect(redis({ aof_last_write_status: "err" })).toEqual(["wrong Redis persistence"]);
  expect(redis({ rdb_last_bgsave_status: "err" })).toEqual(["wrong Redis persistence"]);
  expect(redis({ cluster_enabled: "1" })).toEqual(["wrong Redis cluster"]);
  expect(redis({ cluster_enabled: "1" }, true)).toEqual([]);
  expect(redis({ cluster_enabled: "1", maxmemory_policy: "allkeys-lru" }, true)).toEqual([
    "wrong Redis eviction",
  ]);
});

test("clocks: apart by a second is a warning, by more than a ticket's life wrong", () => {
  const judged = (differenceMs: number, uncertainMs = 0) =>
    judgeClock("Redis", differenceMs, uncertainMs).state;
  expect(judged(900)).toBe("ok");
  expect(judged(-900)).toBe("ok");
  expect(judged(5000)).toBe("warning");
  expect(judged(-5000)).toBe("warning");
  expect(judged(1500, 2000)).toBe("ok");
  expect(judged(60_000)).toBe("wrong");
});

test("limits: files for all connections, and a backlog for many connects at once", () => {
  const judged = (openFiles: number | undefined, backlog: number | undefined) =>
    troubles(judgeLimits({ openFiles, backlog }, 20_000));
  expect(judged(65_536, 4096)).toEqual([]);
  expect(judged(20_000, 4096)).toEqual(["wrong Open files"]);
  expect(judged(undefined, undefined)).toEqual(["warning Open files"]);
  expect(judged(65_536, 128)).toEqual(["warning Listen backlog"]);
});
